import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import Cluster, { type Broker, type ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import { errorType, isRetryable, kafkaError, protocolError, throwOnCode } from './kafka-error.js';
import type { ResolvedKafkaOptions, ResolvedKafkaSecurity } from './kafka-options.js';
import { findCoordinatorRequest } from './wire/inspection-requests.js';

/** Which broker leads something that is not a partition. */
export type Coordinated = 'group' | 'transaction';

/** Waits between tries, ms: a transaction that is just being decided takes a few. */
const firstWaitMs = 5;
const longestWaitMs = 1000;
const requestTimeoutMs = 30_000;
const connectionTimeoutMs = 3000;
const keepAliveMs = 60_000;
/** A topic that was just made may be unknown to a broker for a moment. */
const newTopicMs = 1000;
/** Error codes of the protocol. */
const unknownTopic = 3;
const leaderNotAvailable = 5;
const coordinatorNotAvailable = 15;
/** What a configuration is of, as the protocol counts: 2 is a topic. */
const topicResource = 2;
/** After so long without an answer the user hears of it, if it may take longer than a short wait, which only fails. */
const shortWaitMs = 10_000;
const outageSaidMs = 2000;

/**
 * Connections of one user of the brokers: requests on a connection are answered one after the other, so whoever waits
 * for long has a link of its own. Connects when it is first used.
 */
export class KafkaLink {
  readonly #options: ResolvedKafkaOptions;
  readonly #cluster: Cluster;
  readonly #sockets = new Set<Socket>();
  readonly #coordinators = new Map<string, number>();
  readonly #batchBytesMax = new Map<string, number | undefined>();
  readonly #closing = new AbortController();

  constructor(options: ResolvedKafkaOptions) {
    const { brokers, security } = options;
    this.#options = options;
    this.#cluster = new Cluster({
      logger: createLogger({ level: 0, logCreator: () => () => undefined }),
      brokers,
      clientId: 'dtstream',
      ssl: security.tls,
      sasl: security.sasl,
      socketFactory: (target: SocketTarget) => this.#openSocket(target),
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      enforceRequestTimeout: true,
      authenticationTimeout: 5000,
      reauthenticationThreshold: 10_000,
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      isolationLevel: 1,
      // Tries are counted by this class, not by kafkajs.
      retry: { retries: 0, initialRetryTime: 10 },
    });
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Does something with the brokers, again and again while they are away or busy.
   *
   * @param tried what is being done, for the message
   * @throws DtstreamError `transport` when they refuse, or stay away for longer than an outage may take
   */
  async retrying<T>(
    tried: string,
    attempt: (link: this) => Promise<T>,
    { limitMs = this.#options.outageMs, signal }: { limitMs?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    const startMs = performance.now();
    let isSaid = false;
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      try {
        await this.#cluster.connect();
        return await attempt(this);
      } catch (error) {
        const passedMs = performance.now() - startMs;
        const limit = errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ? Math.min(limitMs, newTopicMs) : limitMs;
        const isOver = this.closed.aborted || signal?.aborted === true || passedMs + waitMs > limit;
        if (isOver || !isRetryable(error)) throw kafkaError(tried, error);
        if (!isSaid && passedMs > outageSaidMs && limitMs > shortWaitMs) {
          isSaid = true;
          const leftS = Math.round((limitMs - passedMs) / 1000);
          this.#options.onOutage(`${kafkaError(tried, error).message}; trying again for ${leftS} s`);
        }
        await sleep(waitMs, undefined, { signal: AbortSignal.any([this.closed, ...(signal ? [signal] : [])]) }).catch(
          () => undefined,
        );
        await this.#forget(error);
      }
    }
  }

  /** Sends a request of ours. */
  async send<T>(broker: Broker, request: ProtocolRequest<T>): Promise<T> {
    return broker.connectionPool.send(request);
  }

  /** Leader of each partition of a topic. @throws DtstreamError `transport` when there is no such topic */
  async leaders(topic: string): Promise<ReadonlyMap<number, number>> {
    await this.#cluster.addMultipleTargetTopics([topic]);
    let partitions = this.#cluster.findTopicPartitionMetadata(topic);
    if (partitions.length === 0) {
      // kafkajs may have joined a look at the cluster that was already under way, without this topic.
      await this.#cluster.refreshMetadata();
      partitions = this.#cluster.findTopicPartitionMetadata(topic);
    }
    if (partitions.length === 0) throw protocolError(unknownTopic);
    if (partitions.some(({ leader }) => leader < 0)) throw protocolError(leaderNotAvailable);
    return new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader]));
  }

  /** Whether there is a topic of that name. @throws when we may not see it */
  async hasTopic(topic: string): Promise<boolean> {
    try {
      await this.#cluster.addMultipleTargetTopics([topic]);
      return true;
    } catch (error) {
      if (errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
      throw error;
    }
  }

  /** Bytes of a record batch that a topic takes, at most; undefined where we may not ask. */
  async batchBytesMax(topic: string): Promise<number | undefined> {
    if (!this.#batchBytesMax.has(topic)) {
      const [broker] = await this.brokers();
      const resource = { type: topicResource, name: topic, configNames: ['max.message.bytes'] };
      const bytes = await broker.describeConfigs({ resources: [resource] }).then(
        ({ resources }) => Number(resources[0].configEntries[0]?.configValue),
        (error: unknown) => {
          if (isRetryable(error)) throw error;
          return NaN;
        },
      );
      this.#batchBytesMax.set(topic, bytes > 0 ? bytes : undefined);
    }
    return this.#batchBytesMax.get(topic);
  }

  /** Lets topics be looked up anew that were deleted. */
  forgetTopics(topics: readonly string[]): void {
    for (const topic of topics) this.#cluster.targetTopics.delete(topic);
  }

  /** Copies of a topic that {@link leaders} was asked for. */
  replicationFactor(topic: string): number {
    return this.#cluster.findTopicPartitionMetadata(topic)[0]?.replicas.length ?? 0;
  }

  broker(nodeId: number): Promise<Broker> {
    return this.#cluster.findBroker({ nodeId });
  }

  /** All brokers. */
  async brokers(): Promise<Broker[]> {
    await this.#cluster.refreshMetadata();
    const nodes = this.#cluster.brokerPool.metadata?.brokers ?? [];
    return Promise.all(nodes.map(({ nodeId }) => this.broker(nodeId)));
  }

  async coordinator(kind: Coordinated, id: string): Promise<Broker> {
    const key = `${kind} ${id}`;
    let nodeId = this.#coordinators.get(key);
    if (nodeId === undefined) {
      if (this.#cluster.brokerPool.metadata === null) await this.#cluster.refreshMetadata();
      nodeId = await this.#findCoordinator(kind, id);
      this.#coordinators.set(key, nodeId);
    }
    return this.broker(nodeId);
  }

  /** Asks one broker after the other: any that is there knows. Not by kafkajs, which does not tell a refusal from an outage. */
  async #findCoordinator(kind: Coordinated, id: string): Promise<number> {
    let failure: unknown = protocolError(coordinatorNotAvailable);
    for (const { nodeId } of this.#cluster.brokerPool.metadata?.brokers ?? []) {
      try {
        const found = await this.send(await this.broker(nodeId), findCoordinatorRequest(kind, id));
        throwOnCode(found.errorCode);
        return found.nodeId;
      } catch (error) {
        if (!isRetryable(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Ends all connections at once; what waits for an answer fails. */
  async close(): Promise<void> {
    if (this.closed.aborted) return;
    this.#closing.abort();
    for (const socket of this.#sockets) socket.destroy(new Error('Closed connection'));
    await this.#cluster.disconnect().catch(() => undefined);
  }

  /** After a failure: whoever led or coordinated may be another one now. */
  async #forget(error: unknown): Promise<void> {
    const type = errorType(error) ?? '';
    if (type === 'CONCURRENT_TRANSACTIONS' || type === 'UNSTABLE_OFFSET_COMMIT') return;
    this.#coordinators.clear();
    await this.#cluster.refreshMetadata().catch(() => undefined);
  }

  #openSocket({ host, port, ssl, onConnect }: SocketTarget): Socket {
    if (this.closed.aborted) throw new Error('Closed connection');
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
      : connectPlain({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    socket.setNoDelay(true);
    // kafkajs waits for a connection with a listener for each request that comes meanwhile.
    socket.setMaxListeners(0);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

interface SocketTarget {
  readonly host: string;
  readonly port: number;
  readonly ssl?: NonNullable<ResolvedKafkaSecurity['tls']>;
  readonly onConnect: () => void;
}
