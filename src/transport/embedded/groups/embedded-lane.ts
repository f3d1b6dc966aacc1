import { DtstreamError, isGone } from '../../../errors.js';
import type { CommittedOffset, GroupOptions, LaneLease, LaneTransaction, LogReader } from '../../transport.js';
import { recordBytesMax } from '../store/block-codec.js';
import { Arena } from '../store/arena.js';
import type { RetentionBackpressure } from '../topics/retention-backpressure.js';
import { readLease, writeCommitted, writeLease } from './group-store.js';
import { makeRoom, type Held, type Hold } from '../topics/retention.js';
import type { ReadView, StoreEnv } from '../store/store-env.js';
import { appendBlocks, readHeads, writeHeads, type TopicRecord } from '../topics/topic-log.js';
import { arenaBytes, bytesOf, encodeBatches } from '../topics/topic-writer.js';
import type { CommitNotifier } from '../commit-notifier.js';

/** What lanes of a group need of the log they are part of. */
export interface LaneContext {
  /** The environment of the groups, with `results` and `rejected` in it. */
  readonly env: StoreEnv;
  readonly notifier: CommitNotifier;
  readonly wakeName: string;
  readonly membersDir: string;
  /** Partitions of the group's topic, which never change, and its id. */
  readonly partitions: readonly number[];
  readonly topicId: string | undefined;
  readonly results: TopicRecord;
  readonly rejected: TopicRecord;
  readonly holds: (topic: string) => (view: ReadView) => readonly Hold[];
  readonly backpressure: RetentionBackpressure;
  readonly openReader: (partitions: readonly number[], from: ReadonlyMap<number, number>) => LogReader;
  /** Gives `env` back. */
  readonly release: () => void;
}

/** A lane that this process owns until another one takes it with a higher epoch. */
export class EmbeddedLane implements LaneLease {
  readonly lane: number;
  readonly partitions: readonly number[];
  readonly committed: ReadonlyMap<number, CommittedOffset>;
  readonly topic: LaneLease['topic'];
  readonly grown: AbortSignal = new AbortController().signal;
  readonly rejectedBytesMax = recordBytesMax;
  readonly #context: LaneContext;
  readonly #arena = new Arena(arenaBytes);
  readonly #options: GroupOptions;
  readonly #epoch: number;
  readonly #onEnd: () => void;
  readonly #lost = new AbortController();
  readonly #ended = new AbortController();

  constructor(
    context: LaneContext,
    options: GroupOptions,
    taken: {
      lane: number;
      epoch: number;
      partitions: readonly number[];
      committed: ReadonlyMap<number, CommittedOffset>;
      onEnd: () => void;
    },
  ) {
    this.#context = context;
    this.#options = options;
    this.lane = taken.lane;
    this.partitions = taken.partitions;
    this.committed = taken.committed;
    const { topicId: id, partitions } = context;
    this.topic = { ...(id !== undefined && { id }), partitions: partitions.length };
    this.#epoch = taken.epoch;
    this.#onEnd = taken.onEnd;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  openReader(from: ReadonlyMap<number, number>): Promise<LogReader> {
    return Promise.resolve().then(() => this.#context.openReader(this.partitions, from));
  }

  async commit({ results, rejected, offsets }: LaneTransaction): Promise<void> {
    const { env, notifier, wakeName, backpressure } = this.#context;
    // Commits follow each other, and a block is copied by the transaction it is put in.
    this.#arena.reuse();
    const appends = [
      { topic: this.#context.results, blocks: encodeBatches(this.#context.results, results, this.#arena) },
      { topic: this.#context.rejected, blocks: encodeBatches(this.#context.rejected, rejected, this.#arena) },
    ];
    await backpressure.until(
      () =>
        env.write((view) => {
          this.#checkEpoch(view);
          const targets = appends.map((append) => ({ ...append, heads: readHeads(view, append.topic) }));
          let held: Held | undefined;
          for (const { topic, blocks, heads } of targets) {
            held ??= makeRoom(view, topic, heads, bytesOf(blocks), this.#context.holds(topic.topic)).held;
          }
          for (const { topic, blocks, heads } of targets) {
            if (!held) appendBlocks(view, topic.id, heads, blocks);
            writeHeads(view, topic.id, heads);
          }
          if (!held) writeCommitted(view, this.#options, offsets);
          return held;
        }),
      this.#ended.signal,
    );
    notifier.notify(wakeName);
  }

  release(): Promise<void> {
    if (this.#ended.signal.aborted) return Promise.resolve();
    const { env, notifier, wakeName } = this.#context;
    const { group } = this.#options;
    try {
      env.write((view) => {
        const lease = readLease(view, group, this.lane);
        if (lease?.epoch === this.#epoch) writeLease(view, group, this.lane, { ...lease, owner: null });
      });
    } catch (error) {
      // If the store is gone, no process waits for the lane.
      if (!isGone(error)) throw error;
    }
    this.#end();
    notifier.notify(wakeName);
    return Promise.resolve();
  }

  /** Looks whether the lane is still this process's; one that cannot be looked at is lost, and why is the reason. */
  check(): void {
    try {
      const lease = this.#context.env.read((view) => readLease(view, this.#options.group, this.lane));
      if (lease?.epoch !== this.#epoch) this.#lose();
    } catch (error) {
      this.#lose(error);
    }
  }

  /** Inside the committing transaction: no process can take the lane between this and the commit. */
  #checkEpoch(view: ReadView): void {
    const lease = readLease(view, this.#options.group, this.lane);
    if (!this.#ended.signal.aborted && lease?.epoch === this.#epoch) return;
    this.#lose();
    throw new DtstreamError(
      'fenced',
      `cannot commit lane ${this.lane} of group ${this.#options.group}: its epoch must be ${this.#epoch}, got ` +
        `${lease?.epoch ?? 'none'}; another member has taken it`,
    );
  }

  #lose(reason?: unknown): void {
    this.#end();
    this.#lost.abort(reason);
  }

  #end(): void {
    this.#ended.abort();
    this.#onEnd();
  }
}
