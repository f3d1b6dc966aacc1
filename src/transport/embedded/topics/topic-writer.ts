import { DtstreamError } from '../../../errors.js';
import type { LogWriter, OutgoingBatch, ResumePoint } from '../../transport.js';
import { Yielder } from '../yielder.js';
import { encodeBlock, recordBytesMax, splitIntoBlocks } from '../store/block-codec.js';
import type { RetentionBackpressure } from './retention-backpressure.js';
import { ResumeStore } from './resume-store.js';
import { makeRoom, type Hold } from './retention.js';
import { Arena } from '../store/arena.js';
import type { ReadView, StoreEnv } from '../store/store-env.js';
import { appendBlocks, readHeads, storedBytes, writeHeads, type EncodedBlock, type TopicRecord } from './topic-log.js';
import type { CommitNotifier } from '../commit-notifier.js';

/** An append of some rows for each of many partitions fits. */
export const arenaBytes = 2 * 1024 * 1024;

/** Appends to one topic; appends of one writer become visible in the order of their calls. */
export class TopicWriter implements LogWriter {
  readonly #env: StoreEnv;
  readonly #topic: TopicRecord;
  readonly #notifier: CommitNotifier;
  readonly #wakeName: string;
  readonly #holds: (view: ReadView) => readonly Hold[];
  readonly #backpressure: RetentionBackpressure;
  readonly #release: () => void;
  #last: Promise<unknown> = Promise.resolve();
  readonly #yielder = new Yielder();
  readonly #arena = new Arena(arenaBytes);
  readonly #closing = new AbortController();
  readonly #holdsBack: boolean;
  readonly #resumes: ResumeStore;
  #deletedUnread = 0;

  constructor(target: {
    env: StoreEnv;
    topic: TopicRecord;
    notifier: CommitNotifier;
    wakeName: string;
    holds: (view: ReadView) => readonly Hold[];
    /** Whether the policy is to keep what groups need: with the other one deleting is what was asked for. */
    holdsBack: boolean;
    backpressure: RetentionBackpressure;
    release: () => void;
  }) {
    this.#env = target.env;
    this.#topic = target.topic;
    this.#resumes = new ResumeStore(target.topic);
    this.#notifier = target.notifier;
    this.#wakeName = target.wakeName;
    this.#holds = target.holds;
    this.#holdsBack = target.holdsBack;
    this.#backpressure = target.backpressure;
    this.#release = target.release;
  }

  get deletedUnread(): number {
    return this.#deletedUnread;
  }

  async append(batches: readonly OutgoingBatch[], ...points: readonly ResumePoint[]): Promise<void> {
    if (this.#closing.signal.aborted) throw new Error(`the writer of ${this.#topic.topic} is closed`);
    const appended = this.#last.then(() => this.#append(batches, points));
    this.#last = appended.catch(() => undefined);
    await appended;
  }

  resumePoint(input: string): Promise<ResumePoint | undefined> {
    return Promise.resolve().then(() => this.#env.read((view) => this.#resumes.read(view, input)));
  }

  peekResumePoint(input: string): Promise<ResumePoint | undefined> {
    return Promise.resolve().then(() => this.#env.read((view) => this.#resumes.peek(view, input)));
  }

  /** Ends what waits for room, with its error. */
  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#last;
    this.#release();
  }

  async #append(batches: readonly OutgoingBatch[], points: readonly ResumePoint[]): Promise<void> {
    await this.#yielder.yieldIfDue();
    // Appends follow each other, and a block is copied by the transaction it is put in.
    this.#arena.reuse();
    const blocks = encodeBatches(this.#topic, batches, this.#arena);
    await this.#backpressure.until(
      () =>
        this.#env.write((view) => {
          const heads = readHeads(view, this.#topic);
          const { held, unread } = makeRoom(view, this.#topic, heads, bytesOf(blocks), this.#holds);
          if (!held) {
            appendBlocks(view, this.#topic.id, heads, blocks);
            for (const point of points) this.#resumes.write(view, point);
          }
          writeHeads(view, this.#topic.id, heads);
          if (this.#holdsBack) this.#deletedUnread += unread;
          return held;
        }),
      this.#closing.signal,
    );
    this.#resumes.committed();
    this.#notifier.notify(this.#wakeName);
  }
}

/** All blocks of an append, in order; a partition's records keep theirs. */
export function encodeBatches(topic: TopicRecord, batches: readonly OutgoingBatch[], arena: Arena): EncodedBlock[] {
  const timestampMs = Date.now();
  const blocks: EncodedBlock[] = [];
  for (const batch of batches) {
    checkBatch(topic, batch);
    for (const range of splitIntoBlocks(batch)) {
      blocks.push({
        partition: batch.partition,
        count: range.to - range.from,
        bytes: encodeBlock(batch, range, timestampMs, (size) => arena.take(size)),
      });
    }
  }
  const bytes = bytesOf(blocks);
  if (bytes > topic.retentionBytes) {
    throw new DtstreamError(
      'limit',
      `cannot append to ${topic.topic}: one append must fit its ${topic.retentionBytes} bytes, got ${bytes}`,
    );
  }
  return blocks;
}

export function bytesOf(blocks: readonly EncodedBlock[]): number {
  return blocks.reduce((sum, { bytes }) => sum + storedBytes(bytes), 0);
}

function checkBatch(topic: TopicRecord, { partition, valueEnds, values, keys }: OutgoingBatch): void {
  if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) {
    throw new RangeError(`partition of ${topic.topic} must be 0 to ${topic.partitions - 1}, got ${partition}`);
  }
  if (keys && keys.length !== valueEnds.length) {
    throw new RangeError(`a batch must have a key for each of its ${valueEnds.length} records, got ${keys.length}`);
  }
  let from = 0;
  for (let i = 0; i < valueEnds.length; i++) {
    const end = valueEnds[i];
    if (end < from || end > values.length)
      throw new RangeError(`value ends must ascend to ${values.length}, got ${end}`);
    if (end - from > recordBytesMax) {
      throw new DtstreamError(
        'limit',
        `cannot append to ${topic.topic}: a record must have at most ${recordBytesMax} bytes, got ${end - from}`,
      );
    }
    from = end;
  }
}
