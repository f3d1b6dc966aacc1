import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, logLevel } from 'kafkajs';
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
import { isRetryable } from './kafka-error.js';
import { committedOffsets, fenceLane } from './kafka-lane.js';
import { KafkaLink } from './kafka-link.js';
import { KafkaMember } from './kafka-member.js';
import {
  type KafkaLogOptions,
  type ResolvedKafkaOptions,
  type ResolvedKafkaSecurity,
  resolveKafkaOptions,
} from './kafka-options.js';
import { KafkaReader, partitionStates } from './kafka-reader.js';
import { lookAtTopic } from './look-at-topic.js';
import { KafkaWriter, resumeGroupPrefix } from './kafka-writer.js';
import { subscribedTopics } from './member-protocol.js';
import { SharedConnection } from './shared-connection.js';
import { describeLogDirsRequest } from './wire/requests.js';

/** How long a broker that was reached at the last moment may take to answer. */
const answerMs = 2000;

/** The brokers delete in the background. */
const deletedPollMs = 50;

/**
 * Opens a log in Apache Kafka 2.5 or later.
 *
 * @throws DtstreamError `transport` when the brokers stay away for longer than `connectWaitMs`, or refuse us
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Transport> {
  const resolved = resolveKafkaOptions(options);
  const link = new KafkaLink(resolved);
  const where = resolved.brokers.join(',');
  try {
    await reach(link, where, resolved.connectWaitMs);
  } catch (error) {
    await link.close();
    throw error;
  }
  return new KafkaLog(link, resolved);
}

/** Waits for the brokers; also for one that takes the connection and then says nothing. */
async function reach(link: KafkaLink, where: string, limitMs: number): Promise<void> {
  const silence = new AbortController();
  const isSilent = sleep(limitMs + answerMs, undefined, { signal: silence.signal }).then(() => {
    throw new DtstreamError('transport', `cannot reach Kafka at ${where}: no broker answers in time`);
  });
  try {
    await Promise.race([link.retrying(`reach Kafka at ${where}`, () => link.brokers(), { limitMs }), isSilent]);
  } finally {
    silence.abort();
    await isSilent.catch(() => undefined);
  }
}

class KafkaLog implements Transport {
  readonly name: string;
  readonly #link: KafkaLink;
  readonly #options: ResolvedKafkaOptions;
  readonly #open = new Set<{ close(): Promise<void> }>();
  readonly #admin = new SharedConnection(() => this.#connectAdmin());

  constructor(link: KafkaLink, options: ResolvedKafkaOptions) {
    this.name = `Kafka ${options.brokers.join(',')}`;
    this.#link = link;
    this.#options = options;
  }

  async createTopics(specs: readonly TopicSpec[]): Promise<readonly TopicState[]> {
    const names = specs.map(({ topic }) => topic);
    await this.#administer(`create topics ${names.join(', ')}`, async (admin) => {
      const existing = new Set(await admin.listTopics());
      const missing = specs.filter(({ topic }) => !existing.has(topic));
      // Two programs that start together may both find a topic missing: then the call returns false.
      if (missing.length > 0) await admin.createTopics({ waitForLeaders: true, topics: missing.map(topicConfig) });
    });
    return this.#states(names);
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    const tried = `delete ${names.join(', ')}`;
    await this.#administer(tried, (admin) => admin.deleteTopics({ topics: [...names] }));
    for (const signal = AbortSignal.timeout(this.#options.outageMs); ;) {
      const left = new Set(await this.#administer(tried, (admin) => admin.listTopics()));
      if (!names.some((name) => left.has(name))) break;
      await sleep(deletedPollMs, undefined, { signal });
    }
    this.#link.forgetTopics(names);
  }

  async topics(asked?: readonly string[]): Promise<readonly TopicState[]> {
    if (asked !== undefined) return this.#states(await this.#existing(asked));
    const names = await this.#administer('list topics', (admin) => admin.listTopics());
    return this.#states(names.filter((name) => !name.startsWith('__')).sort());
  }

  async groups(names?: readonly string[]): Promise<readonly GroupState[]> {
    const found = await this.#administer('look at groups', async (admin) => {
      const ids = names ?? (await groupIds(admin));
      return ids.length === 0 ? [] : (await admin.describeGroups([...ids])).groups;
    });
    const states: GroupState[] = [];
    for (const { groupId, members } of found) {
      const offsets = await committedOffsets(this.#link, groupId);
      const topics = new Set([
        ...offsets.map(({ topic }) => topic),
        ...members.flatMap(({ memberMetadata }) => subscribedTopics(memberMetadata)),
      ]);
      for (const topic of topics) {
        const own = offsets.filter((offset) => offset.topic === topic);
        const committed = new Map(own.map(({ partition, offset, metadata }) => [partition, { offset, metadata }]));
        states.push({ group: groupId, topic, committed, alive: members.length > 0 });
      }
    }
    return states;
  }

  async openWriter(topic: string): Promise<LogWriter> {
    return this.#keep(async (onClose) =>
      KafkaWriter.open({ link: new KafkaLink(this.#options), options: this.#options, onClose }, topic),
    );
  }

  async openReader(topic: string, from: ReadFrom, partitions?: readonly number[]): Promise<LogReader> {
    return this.#keep((onClose) =>
      KafkaReader.open({ link: this.#link, options: this.#options, onClose }, topic, from, partitions),
    );
  }

  async joinGroup(group: GroupOptions): Promise<GroupMember> {
    if (new Set([group.topic, group.results, group.rejected]).size < 3) {
      const names = `${group.topic}, ${group.results} and ${group.rejected}`;
      throw new DtstreamError('usage', `topics of a group must differ, got ${names}`);
    }
    if (group.reset) await this.#reset(group);
    const leaders = await this.#link.retrying(`join group ${group.group}`, (link) => link.leaders(group.topic));
    return this.#keep((onClose) =>
      Promise.resolve(
        new KafkaMember({
          link: this.#link,
          options: this.#options,
          group,
          partitions: [...leaders.keys()].sort((a, b) => a - b),
          openReader: (from) => this.openReader(group.topic, from, [...from.keys()]),
          onGrown: () => this.#link.forgetTopics([group.topic]),
          onClose,
        }),
      ),
    );
  }

  async close(): Promise<void> {
    try {
      for (const resource of [...this.#open]) await resource.close();
    } finally {
      await this.#admin.close();
      await this.#link.close();
    }
  }

  async #reset({ group, lanes }: GroupOptions): Promise<void> {
    const members = await this.#administer(`reset group ${group}`, async (admin) => {
      const { groups } = await admin.describeGroups([group]);
      return groups.flatMap((found) => found.members);
    });
    if (members.length > 0) {
      const rule = `it must have no member, but ${members.length} is alive`;
      throw new DtstreamError('transport', `cannot reset group ${group}: ${rule}`);
    }
    // What an owner left open must be undone first: its offsets would come back.
    for (let lane = 0; lane < lanes; lane++) await fenceLane(this.#link, group, lane);
    const committed = await committedOffsets(this.#link, group);
    if (committed.length > 0) {
      await this.#administer(`reset group ${group}`, (admin) => admin.deleteGroups([group]));
    }
  }

  async #existing(names: readonly string[]): Promise<string[]> {
    const existing: string[] = [];
    for (const topic of names) {
      const found = await this.#link.retrying(`look at topic ${topic}`, (link) => link.hasTopic(topic));
      if (found) existing.push(topic);
    }
    return existing;
  }

  async #states(names: readonly string[]): Promise<TopicState[]> {
    const bytes = await this.#topicBytes();
    return Promise.all(
      names.map((topic) =>
        this.#link.retrying(`look at topic ${topic}`, async (link) => {
          let leaders = await link.leaders(topic);
          const [leader] = leaders.values();
          const known = await lookAtTopic(link, await link.broker(leader), topic);
          if (known !== undefined && known.partitions !== leaders.size) {
            link.forgetTopics([topic]);
            leaders = await link.leaders(topic);
          }
          const replicationFactor = link.replicationFactor(topic);
          const partitions = await partitionStates(
            link,
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
  async #topicBytes(): Promise<ReadonlyMap<string, number>> {
    const bytes = new Map<string, number>();
    await this.#link.retrying('look at the sizes of topics', async (link) => {
      bytes.clear();
      for (const broker of await link.brokers()) {
        for (const dir of await link.send(broker, describeLogDirsRequest())) {
          bytes.set(dir.topic, (bytes.get(dir.topic) ?? 0) + dir.bytes);
        }
      }
    });
    return bytes;
  }

  #administer<T>(tried: string, ask: (admin: Admin) => Promise<T>): Promise<T> {
    return this.#link.retrying(tried, () => this.#admin.use(ask, isRetryable));
  }

  async #connectAdmin(): Promise<Admin> {
    const { brokers, security } = this.#options;
    const kafka = new Kafka({
      brokers: [...brokers],
      clientId: 'dtstream',
      ...kafkaJsSecurity(security),
      logLevel: logLevel.NOTHING,
      retry: { retries: 5, initialRetryTime: 50 },
    });
    const admin = kafka.admin();
    await admin.connect();
    return admin;
  }

  /** Makes something that lives until it is closed, or this log is. */
  async #keep<T extends { close(): Promise<void> }>(make: (onClose: () => void) => Promise<T>): Promise<T> {
    const resource: T = await make(() => this.#open.delete(resource));
    this.#open.add(resource);
    return resource;
  }
}

/** Groups of consumers, ours and others. */
async function groupIds(admin: Admin): Promise<string[]> {
  const { groups } = await admin.listGroups();
  return groups
    .filter(({ groupId, protocolType }) => protocolType !== 'connect' && !groupId.startsWith(resumeGroupPrefix))
    .map(({ groupId }) => groupId);
}

function kafkaJsSecurity({ tls, sasl }: ResolvedKafkaSecurity): Partial<ConstructorParameters<typeof Kafka>[0]> {
  const ssl = tls === undefined ? {} : { ssl: tls };
  if (sasl === undefined) return ssl;
  const { mechanism, username, password } = sasl;
  switch (mechanism) {
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      return {
        ...ssl,
        sasl: { mechanism, username, password } as NonNullable<ConstructorParameters<typeof Kafka>[0]['sasl']>,
      };
  }
}

function topicConfig({ topic, partitions, replicationFactor, retentionBytes }: TopicSpec): {
  topic: string;
  numPartitions: number;
  replicationFactor: number;
  configEntries: { name: string; value: string }[];
} {
  // Kafka counts the bytes of a partition.
  const ownBytes = retentionBytes === undefined ? undefined : Math.ceil(retentionBytes / partitions);
  const configEntries = ownBytes === undefined ? [] : [{ name: 'retention.bytes', value: String(ownBytes) }];
  return { topic, numPartitions: partitions, replicationFactor, configEntries };
}
