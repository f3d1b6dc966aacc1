import { setTimeout as sleep } from 'node:timers/promises';
import { DtstreamError } from '../../errors.js';
import type {
  GroupMember,
  GroupOptions,
  GroupState,
  LogReader,
  LogWriter,
  ReadFrom,
  TopicSpec,
  TopicState,
  Transport,
} from '../transport.js';
import { checkGroupAccess, checkTopicAccess } from './rights/access.js';
import * as admin from './topics/kafka-admin.js';
import { committedOffsets, fenceLane } from './groups/kafka-lane.js';
import { BrokerClient } from './client/broker-client.js';
import { KafkaMember } from './groups/kafka-member.js';
import { type KafkaLogOptions, type ResolvedKafkaOptions, resolveKafkaOptions } from './client/kafka-options.js';
import { KafkaReader, partitionStates } from './reading/kafka-reader.js';
import { KafkaWriter } from './writing/kafka-writer.js';
import { lookAtTopic } from './topics/look-at-topic.js';
import { subscribedTopics } from './groups/member-protocol.js';
import { checkNotCompacted } from './topics/topic-settings.js';
import { describeClusterRequest, type DescribedGroup } from './protocol/inspection-requests.js';
import { describeLogDirsRequest } from './protocol/requests.js';

/** How long a broker that was reached at the last moment may take to answer. */
const answerMs = 2000;

/** How long it may take until all brokers know a topic that was made, ms. */
const madeKnownMs = 15_000;

/** The brokers delete in the background. */
const deletedPollMs = 50;

/**
 * Opens a log in Apache Kafka 2.5 or later.
 *
 * @throws DtstreamError `transport` when the brokers stay away for longer than `connectWaitMs`, or refuse us
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Transport> {
  const resolved = resolveKafkaOptions(options);
  const client = new BrokerClient(resolved);
  const where = resolved.brokers.join(',');
  try {
    const limits = { limitMs: resolved.connectWaitMs, graceMs: answerMs, signal: resolved.stop };
    await client.retrying(`reach Kafka at ${where}`, () => client.anyBroker(), limits);
  } catch (error) {
    await client.close();
    throw error;
  }
  return new KafkaLog(client, resolved);
}

class KafkaLog implements Transport {
  readonly name: string;
  readonly #client: BrokerClient;
  readonly #options: ResolvedKafkaOptions;
  readonly #open = new Set<{ close(): Promise<void> }>();
  readonly #namedAway = new Set<string>();

  constructor(client: BrokerClient, options: ResolvedKafkaOptions) {
    this.name = `Kafka ${options.brokers.join(',')}`;
    this.#client = client;
    this.#options = options;
  }

  async clusterId(): Promise<string | undefined> {
    const described = await this.#client.retrying('ask for the cluster', async (client) =>
      client.send(await client.anyBroker(), describeClusterRequest([])),
    );
    return described.clusterId ?? undefined;
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<readonly TopicState[]> {
    const names = specs.map(({ topic }) => topic);
    const existing = await this.#existing(names);
    const missing = specs.filter(({ topic }) => !existing.includes(topic));
    if (missing.length > 0) {
      const tried = `create topics ${missing.map(({ topic }) => topic).join(', ')}`;
      const signal = this.#options.stop;
      await this.#client.retrying(tried, (client) => admin.createTopics(client, missing), { signal });
      for (const { topic } of missing) {
        await this.#client.retrying(tried, (client) => client.leaders(topic), { signal, unknownTopicMs: madeKnownMs });
      }
    }
    return this.#states(names);
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    const tried = `delete ${names.join(', ')}`;
    await this.#client.retrying(tried, (client) => admin.deleteTopics(client, names));
    const deadlineMs = performance.now() + this.#options.outageMs;
    for (;;) {
      const left = new Set(await this.#client.retrying(tried, (client) => admin.listTopics(client)));
      if (!names.some((name) => left.has(name))) break;
      if (performance.now() > deadlineMs || this.#options.stop.aborted) {
        throw new DtstreamError('transport', `cannot ${tried}: the brokers still have them`, { retryable: true });
      }
      await sleep(deletedPollMs);
    }
    this.#client.forgetTopics(names);
  }

  async deleteNamed(prefix: string): Promise<void> {
    const tried = `delete ${prefix}*`;
    const topics = await this.#client.retrying(tried, (client) => admin.listTopics(client));
    const names = topics.filter((topic) => topic.startsWith(prefix));
    if (names.length > 0) await this.deleteTopics(names);
    await this.#client.retrying(tried, (client) => admin.deleteGroups(client, prefix, this.#leftOut));
  }

  async topics(asked?: readonly string[]): Promise<readonly TopicState[]> {
    if (asked !== undefined) return this.#states(await this.#existing(asked));
    const names = await this.#client.retrying('list topics', (client) => admin.listTopics(client));
    return this.#states(names.sort(), this.#leftOut);
  }

  async groups(
    names?: readonly string[],
    { settled = false }: { readonly settled?: boolean } = {},
  ): Promise<readonly GroupState[]> {
    const ids =
      names ?? (await this.#client.retrying('list groups', (client) => admin.listGroups(client, this.#leftOut)));
    const states: GroupState[] = [];
    for (const group of ids) {
      const { members } = await this.#describeGroup(group);
      const offsets = await committedOffsets(this.#client, group, { settled });
      const topics = new Set([
        ...offsets.map(({ topic }) => topic),
        ...members.flatMap(({ metadata }) => subscribedTopics(metadata)),
      ]);
      for (const topic of topics) {
        const own = offsets.filter((offset) => offset.topic === topic);
        const committed = new Map(own.map(({ partition, offset, metadata }) => [partition, { offset, metadata }]));
        states.push({ group, topic, committed, alive: members.length > 0 });
      }
    }
    return states;
  }

  async openWriter(topic: string): Promise<LogWriter> {
    return this.#keep((onClose) => KafkaWriter.open({ options: this.#options, onClose }, topic));
  }

  async openReader(topic: string, from: ReadFrom, partitions?: readonly number[]): Promise<LogReader> {
    return this.#keep((onClose) =>
      KafkaReader.open({ client: this.#client, options: this.#options, onClose }, topic, from, partitions),
    );
  }

  async joinGroup(group: GroupOptions): Promise<GroupMember> {
    if (new Set([group.topic, group.results, group.rejected]).size < 3) {
      const names = `${group.topic}, ${group.results} and ${group.rejected}`;
      throw new DtstreamError('usage', `topics of a group must differ, got ${names}`);
    }
    if (group.reset) await this.#reset(group);
    const leaders = await this.#client.retrying(
      `join group ${group.group}`,
      (client) => checkedLeaders(client, group),
      {
        signal: this.#options.stop,
      },
    );
    return this.#keep((onClose) =>
      Promise.resolve(
        new KafkaMember({
          client: this.#client,
          options: this.#options,
          group,
          partitions: [...leaders.keys()].sort((a, b) => a - b),
          openReader: (from) => this.openReader(group.topic, from, [...from.keys()]),
          onGrown: () => this.#client.forgetTopics([group.topic]),
          onClose,
        }),
      ),
    );
  }

  async close(): Promise<void> {
    try {
      for (const resource of [...this.#open]) await resource.close();
    } finally {
      await this.#client.close();
    }
  }

  /** Reports, once per broker, that a list lacks the topics and groups known only to it. */
  readonly #leftOut = (broker: string): void => {
    if (this.#namedAway.has(broker)) return;
    this.#namedAway.add(broker);
    this.#options.onOutage(`${broker} does not answer: topics and groups known only to it are missing`);
  };

  async #reset({ group, lanes }: GroupOptions): Promise<void> {
    const { members } = await this.#describeGroup(group);
    if (members.length > 0) {
      const rule = `it must have no member, but ${members.length} is alive`;
      throw new DtstreamError('transport', `cannot reset group ${group}: ${rule}`);
    }
    // What an owner left open must be undone first: its offsets would come back.
    for (let lane = 0; lane < lanes; lane++) await fenceLane(this.#client, group, lane);
    const committed = await committedOffsets(this.#client, group, { settled: true });
    if (committed.length > 0) {
      await this.#client.retrying(`reset group ${group}`, async (client) => {
        await checkGroupAccess(client, group, ['delete']);
        await admin.deleteGroup(client, group);
      });
    }
  }

  async #existing(names: readonly string[]): Promise<string[]> {
    const existing: string[] = [];
    for (const topic of names) {
      const found = await this.#client.retrying(`look at topic ${topic}`, (client) => client.hasTopic(topic));
      if (found) existing.push(topic);
    }
    return existing;
  }

  /** @param onAway called for brokers whose sizes are unknown; without it, as for topics by name, sizes are not needed */
  async #states(names: readonly string[], onAway: (broker: string) => void = () => undefined): Promise<TopicState[]> {
    const bytes = await this.#topicBytes(onAway);
    return Promise.all(
      names.map((topic) =>
        this.#client.retrying(`look at topic ${topic}`, async (client) => {
          let leaders = await client.leaders(topic);
          const [leader] = leaders.values();
          const known = await lookAtTopic(client, await client.broker(leader), topic);
          if (known !== undefined && known.partitions !== leaders.size) {
            client.forgetTopics([topic]);
            leaders = await client.leaders(topic);
          }
          const replicationFactor = client.replicationFactor(topic);
          const partitions = await partitionStates(
            client,
            topic,
            [...leaders.keys()].sort((a, b) => a - b),
          );
          const id = known?.id === undefined ? {} : { id: known.id };
          return { topic, ...id, partitions, replicationFactor, bytes: bytes.get(topic) ?? 0 };
        }),
      ),
    );
  }

  /** Bytes of each topic on the disks of all brokers; none where we may not ask. */
  async #topicBytes(onAway: (broker: string) => void): Promise<ReadonlyMap<string, number>> {
    return this.#client.retrying('look at the sizes of topics', async (client) => {
      const bytes = new Map<string, number>();
      const ask = async (nodeId: number) => client.send(await client.broker(nodeId), describeLogDirsRequest());
      for (const dir of (await admin.askAll(client, ask, onAway)).flat()) {
        bytes.set(dir.topic, (bytes.get(dir.topic) ?? 0) + dir.bytes);
      }
      return bytes;
    });
  }

  #describeGroup(group: string): Promise<DescribedGroup> {
    return this.#client.retrying(`look at group ${group}`, (client) => admin.describeGroup(client, group));
  }

  /** Makes something that lives until it is closed, or this log is. */
  async #keep<T extends { close(): Promise<void> }>(make: (onClose: () => void) => Promise<T>): Promise<T> {
    const resource: T = await make(() => this.#open.delete(resource));
    this.#open.add(resource);
    return resource;
  }
}

/**
 * Leaders of the partitions of a group's topic, once it is known that a member may do all that it has to.
 *
 * @throws naming what the user may not do, and topics that lose messages
 */
async function checkedLeaders(
  client: BrokerClient,
  { group, topic, results, rejected }: GroupOptions,
): Promise<ReadonlyMap<number, number>> {
  const leaders = await client.leaders(topic);
  await checkTopicAccess(
    client,
    new Map([
      [topic, ['read']],
      [results, ['write']],
      [rejected, ['write']],
    ]),
  );
  await checkGroupAccess(client, group, ['read']);
  for (const name of [topic, results, rejected]) checkNotCompacted(name, await client.topicSettings(name));
  return leaders;
}
