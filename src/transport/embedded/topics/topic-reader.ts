import { DtstreamError } from '../../../errors.js';
import {
  holeBatch,
  type LogReader,
  type PartitionState,
  type ReadFrom,
  type ReadOptions,
  type RecordBatch,
} from '../../transport.js';
import { blockBytesMax } from '../store/block-codec.js';
import { Yielder } from '../yielder.js';
import { Arena } from '../store/arena.js';
import type { ReadView, StoreEnv } from '../store/store-env.js';
import { findBlock, offsetAtTime, partitionStates, readHeads, type TopicHeads, type TopicRecord } from './topic-log.js';
import type { CommitNotifier } from '../commit-notifier.js';

interface Position {
  readonly partition: number;
  offset: number;
  /** Append time of the block that was read last: partitions are read in the order of these times. */
  timestampMs: number;
  paused: boolean;
}

/** Blocks of 1 MiB of values, the ends of their records, and the block that passes it. */
const lentBytes = 12 * blockBytesMax;

/** Reads partitions of a topic from given offsets, and waits for more. */
export class TopicReader implements LogReader {
  readonly #env: StoreEnv;
  readonly #topic: TopicRecord;
  readonly #notifier: CommitNotifier;
  readonly #wakeName: string;
  readonly #positions: readonly Position[];
  readonly #release: () => void;
  readonly #yielder = new Yielder();
  readonly #arena = new Arena(4 * blockBytesMax);
  /** Memory for lent records: it holds one read. */
  readonly #lent = new Arena(lentBytes);
  #lostRecords = 0;
  #closed = false;

  /** @param release gives `env` back when the reader is closed */
  constructor(source: {
    env: StoreEnv;
    topic: TopicRecord;
    notifier: CommitNotifier;
    wakeName: string;
    partitions: readonly number[];
    from: ReadFrom;
    release: () => void;
  }) {
    this.#env = source.env;
    this.#topic = source.topic;
    this.#notifier = source.notifier;
    this.#wakeName = source.wakeName;
    this.#release = source.release;
    this.#positions = this.#env.read((view) => {
      const states = partitionStates(readHeads(view, source.topic));
      return source.partitions.map((partition) => ({
        partition,
        offset: startOf(view, source.topic, states[partition], source.from),
        timestampMs: 0,
        paused: false,
      }));
    });
  }

  get lostRecords(): number {
    return this.#lostRecords;
  }

  async read({ bytesMax, waitMs, signal, lent = false }: ReadOptions): Promise<readonly RecordBatch[]> {
    const deadline = performance.now() + waitMs;
    await this.#yielder.yieldIfDue();
    if (lent) this.#lent.reuse();
    const arena = lent ? this.#lent : this.#arena;
    for (;;) {
      if (this.#closed || signal?.aborted) return [];
      const batches = this.#env.read((view) => this.#take(view, bytesMax, arena));
      const leftMs = deadline - performance.now();
      if (batches.length > 0 || leftMs <= 0) return batches;
      await this.#notifier.wait(this.#wakeName, leftMs, signal);
    }
  }

  pause(partitions: readonly number[]): void {
    for (const position of this.#positions) if (partitions.includes(position.partition)) position.paused = true;
  }

  resume(partitions: readonly number[]): void {
    for (const position of this.#positions) if (partitions.includes(position.partition)) position.paused = false;
    this.#notifier.awaken(this.#wakeName);
  }

  positions(): ReadonlyMap<number, number> {
    return new Map(this.#positions.map(({ partition, offset }) => [partition, offset]));
  }

  bounds(): Promise<readonly PartitionState[]> {
    return Promise.resolve().then(() => {
      const states = this.#env.read((view) => partitionStates(readHeads(view, this.#topic)));
      return this.#positions.map(({ partition }) => states[partition]);
    });
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#notifier.awaken(this.#wakeName);
      this.#release();
    }
    return Promise.resolve();
  }

  /** Takes blocks, always of the partition whose last one is the oldest, until `bytesMax`. */
  #take(view: ReadView, bytesMax: number, arena: Arena): RecordBatch[] {
    const heads = readHeads(view, this.#topic);
    const batches: RecordBatch[] = [];
    for (let bytes = 0; batches.length === 0 || bytes < bytesMax;) {
      const position = this.#oldestUnread(heads);
      if (!position) break;
      const lost = heads.first[position.partition] - position.offset;
      if (lost > 0) {
        batches.push(holeBatch(position.partition, position.offset, position.offset + lost));
        this.#lostRecords += lost;
        position.offset += lost;
        continue;
      }
      const batch = this.#batchAt(view, position, arena);
      bytes += batch.values.length;
      batches.push(batch);
      position.offset = batch.nextOffset;
      position.timestampMs = batch.timestampMs;
    }
    return batches;
  }

  #oldestUnread(heads: TopicHeads): Position | undefined {
    let oldest: Position | undefined;
    for (const position of this.#positions) {
      if (position.paused || position.offset >= heads.end[position.partition]) continue;
      if (!oldest || position.timestampMs < oldest.timestampMs) oldest = position;
    }
    return oldest;
  }

  #batchAt(view: ReadView, { partition, offset }: Position, arena: Arena): RecordBatch {
    const found = findBlock(view, this.#topic, { partition, offset }, arena);
    const skipped = offset - found.firstOffset;
    const { headers, values, valueEnds, keys, timestampMs } = found.block;
    const place = {
      partition,
      headers,
      firstOffset: offset,
      nextOffset: found.endOffset,
      timestampMs,
      values,
      valueEnds,
    };
    if (skipped === 0) return keys === undefined ? place : { ...place, keys };
    const valuesFrom = valueEnds[skipped - 1];
    return {
      ...place,
      values: values.subarray(valuesFrom),
      valueEnds: valueEnds.subarray(skipped).map((end) => end - valuesFrom),
      ...(keys && { keys: keys.slice(skipped) }),
    };
  }
}

function startOf(view: ReadView, topic: TopicRecord, range: PartitionState, from: ReadFrom): number {
  if (from === 'earliest') return range.first;
  if (from === 'latest') return range.end;
  if ('timeMs' in from) return offsetAtTime(view, topic, range, from.timeMs);
  const offset = from.get(range.partition) ?? range.first;
  if (offset > range.end) {
    throw new DtstreamError(
      'transport',
      `cannot read ${topic.topic}/${range.partition} from offset ${offset}: it must not be beyond the end, got end ${range.end}`,
    );
  }
  return offset;
}
