import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DtstreamError } from '../../errors.js';
import type {
  GroupMember,
  GroupOptions,
  GroupState,
  LogReader,
  LogWriter,
  PartitionState,
  ReadFrom,
  TopicSpec,
  TopicState,
  Transport,
} from '../transport.js';
import { RetentionBackpressure } from './topics/retention-backpressure.js';
import { registeredGroups } from './groups/group-store.js';
import { isRecentlySeen } from './groups/heartbeat.js';
import type { LaneContext } from './groups/embedded-lane.js';
import { EmbeddedMember } from './groups/embedded-member.js';
import type { Hold, RetentionPolicy } from './topics/retention.js';
import { StoreEnv, type ReadView } from './store/store-env.js';
import { storeError } from './store/store-error.js';
import { createEnv, openStore, type StoreLayout } from './store/store-layout.js';
import { partitionsMax } from './store/store-keys.js';
import {
  addTopic,
  findTopic,
  identifyTopic,
  partitionStates,
  readHeads,
  topicsOf,
  type TopicRecord,
} from './topics/topic-log.js';
import { TopicReader } from './topics/topic-reader.js';
import { TopicWriter } from './topics/topic-writer.js';
import { CommitNotifier } from './commit-notifier.js';

export interface EmbeddedLogOptions {
  /** The store's directory. */
  readonly dir: string;
  /** Make the store when the directory is missing or empty; default true. */
  readonly create?: boolean;
  /** Bytes a new topic keeps unless its spec says; default 4 GiB. */
  readonly retentionBytes?: number;
  /** `hold` (default) never deletes what a group has not finished; `delete` does. */
  readonly retentionPolicy?: RetentionPolicy;
  /** How long an append to a full topic waits before it fails, ms; default 30,000. */
  readonly fullWaitMs?: number;
  /** How long a waiting reader relies on being woken before it looks by itself, ms; default 250. */
  readonly pollMs?: number;
}

/** Where a topic is stored. */
interface Place {
  readonly envDir: string;
  readonly wakeName: string;
}

const outputsName = 'outputs';

/**
 * Opens the log in a directory, shared with other processes of this machine; no server is needed.
 *
 * @throws DtstreamError `store` when the directory is not a store, is damaged, newer or cannot be written
 */
export function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Transport> {
  return Promise.resolve().then(() => {
    const layout = openStore(options.dir, { create: options.create ?? true });
    createEnv(layout, layout.outputs, () => undefined);
    return new EmbeddedLog(layout, options);
  });
}

class EmbeddedLog implements Transport {
  readonly name: string;
  readonly #layout: StoreLayout;
  readonly #options: EmbeddedLogOptions;
  readonly #notifier: CommitNotifier;
  readonly #outputs: StoreEnv;
  readonly #backpressure: RetentionBackpressure;
  readonly #open = new Set<{ close(): Promise<void> }>();
  #closed = false;

  constructor(layout: StoreLayout, options: EmbeddedLogOptions) {
    this.name = `embedded log ${layout.dir}`;
    this.#layout = layout;
    this.#options = options;
    this.#notifier = new CommitNotifier(layout.wake, options.pollMs ?? 250);
    this.#outputs = StoreEnv.open(layout.outputs, { writable: true });
    this.#backpressure = new RetentionBackpressure(this.#notifier, outputsName, options.fullWaitMs ?? 30_000);
  }

  createTopics(specs: readonly TopicSpec[]): Promise<readonly TopicState[]> {
    return Promise.resolve().then(() => {
      for (const spec of specs) this.#createTopic(spec);
      return specs.map(({ topic }) => this.#topicState(topic));
    });
  }

  topics(names?: readonly string[]): Promise<readonly TopicState[]> {
    return Promise.resolve().then(() =>
      this.#topicNames()
        .filter((topic) => names?.includes(topic) ?? true)
        .map((topic) => this.#topicState(topic)),
    );
  }

  deleteTopics(): Promise<void> {
    const rule = 'topics of an embedded log are deleted with its folder';
    return Promise.reject(new DtstreamError('usage', `cannot delete topics of ${this.name}: ${rule}`));
  }

  deleteNamed(): Promise<void> {
    return this.deleteTopics();
  }

  async groups(names?: readonly string[]): Promise<readonly GroupState[]> {
    await Promise.resolve();
    const groups = this.#outputs.read((view) => registeredGroups(view, this.#isRecentlySeen));
    return names === undefined ? groups : groups.filter(({ group }) => names.includes(group));
  }

  openWriter(topic: string): Promise<LogWriter> {
    return Promise.resolve().then(() => {
      const place = this.#place(topic);
      if (place.wakeName === outputsName) {
        throw new DtstreamError('usage', `cannot write to ${topic}: only groups may write to it, with their commits`);
      }
      return this.#withEnv(place.envDir, true, (env, release) => {
        if (env.read((view) => topicIn(view, topic)).uuid === undefined) {
          env.write((view) => identifyTopic(view, topic));
        }
        return new TopicWriter({
          env,
          topic: env.read((view) => topicIn(view, topic)),
          notifier: this.#notifier,
          wakeName: place.wakeName,
          holds: () => this.#outputs.read((view) => this.#holds(view, topic)),
          holdsBack: this.#options.retentionPolicy !== 'delete',
          backpressure: this.#backpressure,
          release,
        });
      });
    });
  }

  openReader(topic: string, from: ReadFrom, partitions?: readonly number[]): Promise<LogReader> {
    return Promise.resolve().then(() => this.#openReader(topic, from, partitions));
  }

  joinGroup(options: GroupOptions): Promise<GroupMember> {
    return Promise.resolve().then(() => {
      const { topic, results, rejected } = options;
      checkName('group', options.group);
      checkCount(`lanes of group ${options.group}`, options.lanes, partitionsMax);
      if (new Set([topic, results, rejected]).size < 3) {
        throw new DtstreamError('usage', `topics of a group must differ, got ${topic}, ${results} and ${rejected}`);
      }
      for (const name of [results, rejected]) {
        this.#createTopic({ topic: name, partitions: 1, replicationFactor: 1, writer: 'group' });
        if (this.#place(name).wakeName !== outputsName) {
          throw new DtstreamError(
            'usage',
            `cannot publish to ${name}: produce writes to that topic; choose another one`,
          );
        }
      }
      const { partitions, id } = this.#topicState(topic);
      return this.#withEnv(this.#layout.outputs, true, (env, release) => {
        const context: LaneContext = {
          env,
          notifier: this.#notifier,
          wakeName: outputsName,
          membersDir: this.#layout.members,
          partitions: partitions.map(({ partition }) => partition),
          topicId: id,
          results: env.read((view) => topicIn(view, results)),
          rejected: env.read((view) => topicIn(view, rejected)),
          holds: (name) => (view) => this.#holds(view, name),
          backpressure: this.#backpressure,
          openReader: (own, offsets) => this.#openReader(topic, offsets, own),
          release,
        };
        return new EmbeddedMember(context, options);
      });
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const resource of this.#open) await resource.close();
    this.#notifier.close();
    this.#outputs.release();
  }

  #openReader(topic: string, from: ReadFrom, partitions: readonly number[] | undefined): LogReader {
    const place = this.#place(topic);
    return this.#withEnv(place.envDir, place.wakeName === outputsName, (env, release) => {
      const record = env.read((view) => topicIn(view, topic));
      return new TopicReader({
        env,
        topic: record,
        notifier: this.#notifier,
        wakeName: place.wakeName,
        partitions: partitions ?? Array.from({ length: record.partitions }, (_, partition) => partition),
        from,
        release,
      });
    });
  }

  #createTopic(spec: TopicSpec): void {
    const { topic, partitions } = spec;
    checkName('topic', topic);
    checkCount(`partitions of ${topic}`, partitions, partitionsMax);
    if (this.#find(topic)) return;
    const retentionBytes = spec.retentionBytes ?? this.#options.retentionBytes ?? 4 * 1024 ** 3;
    if (spec.writer === 'group') {
      this.#outputs.write((view) => addTopic(view, { topic, partitions, retentionBytes }));
    } else {
      createEnv(this.#layout, join(this.#layout.topics, topic), (view) => {
        addTopic(view, { topic, partitions, retentionBytes });
      });
    }
  }

  #topicNames(): string[] {
    const groupTopics = this.#outputs.read((view) => topicsOf(view).map(({ topic }) => topic));
    return [...this.#producedTopics(), ...groupTopics].sort();
  }

  #producedTopics(): string[] {
    const { topics } = this.#layout;
    try {
      return readdirSync(topics);
    } catch (error) {
      throw storeError(`cannot read ${topics}`, error);
    }
  }

  #topicState(topic: string): TopicState {
    const env = StoreEnv.open(this.#place(topic).envDir, { writable: false });
    try {
      return env.read((view) => {
        const record = topicIn(view, topic);
        const heads = readHeads(view, record);
        const partitions: PartitionState[] = partitionStates(heads);
        const id = record.uuid === undefined ? {} : { id: record.uuid };
        return { topic, ...id, partitions, bytes: heads.bytes };
      });
    } finally {
      env.release();
    }
  }

  #find(topic: string): Place | undefined {
    if (this.#outputs.read((view) => findTopic(view, topic))) {
      return { envDir: this.#layout.outputs, wakeName: outputsName };
    }
    const envDir = join(this.#layout.topics, topic);
    return existsSync(envDir) ? { envDir, wakeName: `topic-${topic}` } : undefined;
  }

  #place(topic: string): Place {
    checkName('topic', topic);
    const place = this.#find(topic);
    if (place) return place;
    throw new DtstreamError('transport', `cannot open topic ${topic}: it does not exist in ${this.#layout.dir}`, {
      retryable: true,
    });
  }

  /** Groups that hold records of a topic back. */
  #holds(view: ReadView, topic: string): readonly Hold[] {
    if (this.#options.retentionPolicy === 'delete') return [];
    return registeredGroups(view, this.#isRecentlySeen)
      .filter((group) => group.topic === topic)
      .map(({ group, committed }) => ({ group, offsets: committed }));
  }

  readonly #isRecentlySeen = (member: string): boolean => isRecentlySeen(this.#layout.members, member);

  /** Makes something that uses an environment until it calls `release`, or until this log is closed. */
  #withEnv<T extends { close(): Promise<void> }>(
    envDir: string,
    writable: boolean,
    make: (env: StoreEnv, release: () => void) => T,
  ): T {
    const env = StoreEnv.open(envDir, { writable });
    try {
      const resource = make(env, () => {
        this.#open.delete(resource);
        env.release();
      });
      this.#open.add(resource);
      return resource;
    } catch (error) {
      env.release();
      throw error;
    }
  }
}

function topicIn(view: ReadView, topic: string): TopicRecord {
  const record = findTopic(view, topic);
  if (!record)
    throw new DtstreamError(
      'store',
      `cannot open topic ${topic}: its environment does not know it; the store is damaged`,
    );
  return record;
}

/** The rule Kafka has for topics, which also makes a name a safe part of a path. */
function checkName(what: 'topic' | 'group', name: string): void {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return;
  throw new DtstreamError(
    'usage',
    `name of a ${what} must be 1 to 249 of A-Z a-z 0-9 . _ -, got ${JSON.stringify(name)}`,
  );
}

function checkCount(what: string, count: number, max: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= max) return;
  throw new DtstreamError('usage', `${what} must be 1 to ${max}, got ${count}`);
}
