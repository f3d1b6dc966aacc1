import { setTimeout as sleep } from 'node:timers/promises';
import Cluster, { type Broker, type Connection, type ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import { createLogger } from 'kafkajs/src/loggers/index.js';
import { addressText, brokerAddressOf, encodeSeed } from './broker-address.js';
import { BrokerSockets, type SocketTarget } from './broker-sockets.js';
import { brokerText, type ClusterNode, failedNode, failedNodeText, readableAddress } from './failed-node.js';
import {
  connectionTrouble,
  errorType,
  failedAddress,
  isRetryable,
  kafkaError,
  protocolError,
  refusal,
  throwOnCode,
} from './kafka-error.js';
import type { ResolvedKafkaOptions } from './kafka-options.js';
import type { KnownBroker } from './outage-watch.js';
import { isAnswering, wantOf } from './probe-broker.js';
import { saslExchange } from './sasl-exchange.js';
import { type FailedSeed, seedsFailure } from './seeds-failed.js';
import { readTopicSettings, type TopicSettings } from '../topics/topic-settings.js';
import { within } from './within.js';
import { findCoordinatorRequest } from '../protocol/inspection-requests.js';

/** Which broker leads something that is not a partition. */
export type Coordinated = 'group' | 'transaction';

/** How long something is tried. */
export interface RetryLimits {
  /** ms from the first try in which another one may begin; default: an outage. */
  readonly limitMs?: number;
  /** How long the try under way then may still take, ms; default: a request. Infinity = as long as it likes. */
  readonly graceMs?: number;
  /** How long a topic may be unknown, ms: a broker hears of a new one after a moment. Default: 1,000. */
  readonly unknownTopicMs?: number;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
}

/** Something that is tried until it works. */
interface Wait {
  /** What is being done, for messages. */
  readonly tried: string;
  readonly limits: { readonly limitMs: number; readonly unknownTopicMs: number | undefined };
  /** Each ends it at once. */
  readonly ends: readonly AbortSignal[];
  /** When it began, or something last worked, on the clock of outages. */
  fromMs: number;
  /** The last failure, and the last one that says which broker. */
  failure?: { readonly error: unknown };
  named?: { readonly error: unknown };
}

/** Waits between tries, ms: a transaction that is just being decided takes a few. */
const firstWaitMs = 5;
const longestWaitMs = 1000;
const requestTimeoutMs = 30_000;
/** How long an address may take to say what it understands, ms. */
const greetingMs = 3000;
const unknownTopicMsDefault = 1000;
/** Error codes of the protocol. */
const unknownTopic = 3;
const leaderNotAvailable = 5;
const coordinatorNotAvailable = 15;

/**
 * Connections to the brokers for one component: a connection answers its requests one after the other, so a component
 * with long waits needs its own client. Connects at the first use.
 */
export class BrokerClient {
  readonly #options: ResolvedKafkaOptions;
  readonly #cluster: Cluster;
  readonly #sockets: BrokerSockets;
  readonly #coordinators = new Map<string, number>();
  readonly #topicSettings = new Map<string, TopicSettings>();
  readonly #closing = new AbortController();
  #connecting: Promise<void> | undefined;

  constructor(options: ResolvedKafkaOptions) {
    const { brokers, security, outages } = options;
    // An address that has answered before comes first: one that is silent costs seconds.
    const seeds = [...brokers].sort((a, b) => Number(outages.wasReached(b)) - Number(outages.wasReached(a)));
    this.#options = options;
    this.#sockets = new BrokerSockets(options, () => this.#connections);
    outages.acquire();
    this.#cluster = new Cluster({
      logger: createLogger({ level: 0, logCreator: () => () => undefined }),
      brokers: seeds.map(encodeSeed),
      clientId: 'dtstream',
      ssl: security.tls,
      sasl: security.sasl && saslExchange(security.sasl),
      socketFactory: (target: SocketTarget) => {
        if (this.closed.aborted) throw new Error('Closed connection');
        return this.#sockets.open(target);
      },
      // Sockets have a limit of their own, which says what was too long.
      connectionTimeout: 2 * greetingMs,
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
   * Runs `attempt`, and repeats it while the brokers are unreachable or busy. Only the running time of this process
   * counts, and a stop by the user ends it soon.
   *
   * @param tried name of the operation, for the message
   * @param attempt one try; a long one calls `works` after every success within it
   * @throws DtstreamError `transport` when the brokers refuse, or are unreachable for longer than an outage may last
   */
  async retrying<T>(
    tried: string,
    attempt: (client: this, works: () => void) => Promise<T>,
    limits: RetryLimits = {},
  ): Promise<T> {
    const { limitMs = this.#options.outageMs, graceMs = requestTimeoutMs, unknownTopicMs, signal } = limits;
    const { outages } = this.#options;
    const ends = [this.closed, ...(signal ? [signal] : [])];
    const wait: Wait = { tried, limits: { limitMs, unknownTopicMs }, ends, fromMs: outages.clock.now() };
    const works = (): void => {
      outages.worked(wait);
      wait.fromMs = outages.clock.now();
    };
    for (let waitMs = firstWaitMs; ; waitMs = Math.min(2 * waitMs, longestWaitMs)) {
      try {
        const result = await within(
          this.#tryOnce(wait, () => attempt(this, works)),
          {
            leftMs: () => outages.leftMs(wait.fromMs, limitMs + graceMs),
            onOver: () => (wait.failure === undefined ? silence() : wait.failure.error),
            stop: outages.stop,
            signals: ends,
          },
        );
        works();
        return result;
      } catch (error) {
        const leftMs = this.#noteFailure(error, wait, waitMs);
        this.#tellOutages(error, wait, leftMs);
        await this.#pause(wait, waitMs);
      }
    }
  }

  async #tryOnce<T>({ failure }: Wait, attempt: () => Promise<T>): Promise<T> {
    if (failure !== undefined) await this.#forget(failure.error);
    await this.#connect();
    try {
      return await attempt();
    } catch (error) {
      throw (await this.#wanted(error, readableAddress(failedAddress(error) ?? ''))) ?? error;
    }
  }

  /** Notes a failure: how long it may be tried again after the next pause, ms. @throws DtstreamError when it is over */
  #noteFailure(error: unknown, wait: Wait, pauseMs: number): number {
    const { outages } = this.#options;
    wait.failure = { error };
    if (failedNode(this.#nodes, error) !== undefined) wait.named = { error };
    const leftMs = outages.leftMs(wait.fromMs, this.#limitFor(error, wait.limits)) - pauseMs;
    const isEnded = wait.ends.some(({ aborted }) => aborted);
    if (!isEnded && leftMs > 0 && isRetryable(error)) return leftMs;
    outages.gaveUp(wait, { isOutage: !isEnded && isRetryable(error) });
    const isNameless = wait.named !== undefined && connectionTrouble(error) !== undefined;
    throw kafkaError(wait.tried, error, failedNodeText(this.#nodes, isNameless ? wait.named?.error : error, outages));
  }

  #tellOutages(error: unknown, wait: Wait, leftMs: number): void {
    const broker = this.#knownBroker(error);
    const reason = failedNodeText(this.#nodes, error, this.#options.outages);
    this.#options.outages.failed(wait, {
      fromMs: wait.fromMs,
      leftMs,
      ...(broker === undefined || reason === undefined
        ? { reason: kafkaError(wait.tried, error, reason).message }
        : { reason, broker }),
    });
  }

  /** Waits before the next try, unless something ends or the user wants to end. */
  async #pause({ ends }: Wait, ms: number): Promise<void> {
    const wakers = [...ends, this.#options.outages.stop].filter(({ aborted }) => !aborted);
    await sleep(ms, undefined, { signal: AbortSignal.any(wakers) }).catch(() => undefined);
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

  /** How a topic is configured, looked up once. */
  async topicSettings(topic: string): Promise<TopicSettings> {
    const settings = this.#topicSettings.get(topic) ?? (await readTopicSettings(await this.anyBroker(), topic));
    this.#topicSettings.set(topic, settings);
    return settings;
  }

  /** Forgets the metadata of deleted topics, so that they are looked up again. */
  forgetTopics(topics: readonly string[]): void {
    for (const topic of topics) {
      this.#cluster.targetTopics.delete(topic);
      this.#topicSettings.delete(topic);
    }
  }

  /** Copies of a topic that {@link leaders} was asked for. */
  replicationFactor(topic: string): number {
    return this.#cluster.findTopicPartitionMetadata(topic)[0]?.replicas.length ?? 0;
  }

  broker(nodeId: number): Promise<Broker> {
    return this.#cluster.findBroker({ nodeId });
  }

  /** Any broker that answers. */
  async anyBroker(): Promise<Broker> {
    if (this.#cluster.brokerPool.metadata === null) await this.#cluster.refreshMetadata();
    return this.#cluster.brokerPool.findConnectedBroker();
  }

  /** The broker to which changes of topics go. */
  async controller(): Promise<Broker> {
    await this.#cluster.refreshMetadata();
    return this.#cluster.findControllerBroker();
  }

  /** Ids of all brokers that there are now. */
  async brokerIds(): Promise<number[]> {
    await this.#cluster.refreshMetadata();
    return this.#nodes.map(({ nodeId }) => nodeId);
  }

  /** Of a broker, for messages: `broker 2 (10.0.0.2:9092)`. */
  brokerName(nodeId: number): string {
    const node = this.#nodes.find((candidate) => candidate.nodeId === nodeId);
    return node === undefined ? `broker ${nodeId}` : brokerText(node);
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

  /** Ends all connections at once; what waits for an answer fails. */
  async close(): Promise<void> {
    if (this.closed.aborted) return;
    this.#closing.abort();
    this.#options.outages.release();
    this.#sockets.close();
    await this.#cluster.disconnect().catch(() => undefined);
  }

  get #connections(): Connection[] {
    const { seedBroker, brokers } = this.#cluster.brokerPool;
    const all = new Set([...(seedBroker === undefined ? [] : [seedBroker]), ...Object.values(brokers)]);
    return [...all].flatMap(({ connectionPool }) => connectionPool.pool);
  }

  get #nodes(): readonly ClusterNode[] {
    return this.#cluster.brokerPool.metadata?.brokers ?? [];
  }

  /** Asks one broker after the other: any that is there knows. Not by kafkajs, which does not tell a refusal from an outage. */
  async #findCoordinator(kind: Coordinated, id: string): Promise<number> {
    let failure: unknown = protocolError(coordinatorNotAvailable);
    for (const { nodeId } of this.#nodes) {
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

  /** Connects if there is no connection; concurrent callers share one try. */
  #connect(): Promise<void> {
    this.#connecting ??= this.#connectToSeed().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  /** Tries one address of the list after the other, regardless of earlier failures. */
  async #connectToSeed(): Promise<void> {
    const pool = this.#cluster.brokerPool;
    const failed: FailedSeed[] = [];
    while (!pool.hasConnectedBrokers() && failed.length < this.#options.brokers.length) {
      if (pool.seedBroker === undefined) await pool.createSeedBroker();
      const seed = pool.seedBroker;
      const late = setTimeout(() => this.#sockets.destroyUnheard(), greetingMs);
      try {
        await this.#cluster.connect();
      } catch (error) {
        if (this.closed.aborted) throw error;
        const address = readableAddress(seed?.brokerAddress ?? failedAddress(error) ?? '');
        failed.push({ address, error: (await this.#wanted(error, address)) ?? error });
        // kafkajs itself moves to the next address only after several failures.
        if (pool.seedBroker === seed) await pool.createSeedBroker();
      } finally {
        clearTimeout(late);
      }
    }
    if (!pool.hasConnectedBrokers()) throw seedsFailure(failed, this.#options.outages.hasWorked);
  }

  /** What a listener wants that closes its connections before any has worked, as an error. */
  async #wanted(error: unknown, address: string): Promise<Error | undefined> {
    const { outages, security } = this.#options;
    if (outages.hasWorked || connectionTrouble(error) !== 'closed' || address === '') return undefined;
    const want = await wantOf(brokerAddressOf(address), security);
    return want === undefined ? undefined : refusal(want);
  }

  /** After a failure: leader and coordinator may have changed. */
  async #forget(error: unknown): Promise<void> {
    const type = errorType(error) ?? '';
    if (type === 'CONCURRENT_TRANSACTIONS' || type === 'UNSTABLE_OFFSET_COMMIT') return;
    this.#coordinators.clear();
    await this.#cluster.refreshMetadata().catch(() => undefined);
  }

  /** How long a failure may be tried again, ms. */
  #limitFor(error: unknown, { limitMs, unknownTopicMs = unknownTopicMsDefault }: Wait['limits']): number {
    if (errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') return Math.min(limitMs, unknownTopicMs);
    const node = failedNode(this.#nodes, error);
    const isReached = node === undefined || this.#options.outages.wasReached(addressText(node));
    return isReached ? limitMs : Math.min(limitMs, this.#options.connectWaitMs);
  }

  #knownBroker(error: unknown): KnownBroker | undefined {
    const node = failedNode(this.#nodes, error);
    if (node === undefined || !this.#options.outages.wasReached(addressText(node))) return undefined;
    return { name: brokerText(node), isAnswering: () => isAnswering(node, this.#options.security) };
  }
}

function silence(): Error {
  return Object.assign(new Error('no answer in time'), { name: 'KafkaJSRequestTimeoutError' });
}
