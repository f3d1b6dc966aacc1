import {
  holeBatch,
  type LogReader,
  type PartitionState,
  type ReadOptions,
  type RecordBatch,
} from '../../../src/transport/transport.js';
import type { MemoryLog } from './memory-log.js';

/** Reads partitions of a log in memory. */
export class MemoryReader implements LogReader {
  lostRecords = 0;
  readonly #log: MemoryLog;
  readonly #topic: string;
  readonly #positions: Map<number, number>;
  readonly #paused = new Set<number>();
  #isClosed = false;

  constructor(log: MemoryLog, topic: string, starts: Map<number, number>) {
    this.#log = log;
    this.#topic = topic;
    this.#positions = starts;
  }

  async read({ bytesMax, waitMs, signal }: ReadOptions): Promise<readonly RecordBatch[]> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      if (this.#isClosed || signal?.aborted === true) return [];
      const batches = this.#take(bytesMax);
      const leftMs = deadlineMs - performance.now();
      if (batches.length > 0 || leftMs <= 0) return batches;
      await this.#log.changed(leftMs, signal);
    }
  }

  pause(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.add(partition);
  }

  resume(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.delete(partition);
    this.#log.wake();
  }

  positions(): ReadonlyMap<number, number> {
    return new Map(this.#positions);
  }

  bounds(): Promise<readonly PartitionState[]> {
    return Promise.resolve(this.#log.boundsOf(this.#topic, [...this.#positions.keys()]));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#log.wake();
    return Promise.resolve();
  }

  #take(bytesMax: number): RecordBatch[] {
    const batches: RecordBatch[] = [];
    let bytes = 0;
    for (const [partition, position] of this.#positions) {
      for (let at = position; !this.#paused.has(partition) && (batches.length === 0 || bytes < bytesMax);) {
        const batch = this.#batchAt(partition, at);
        if (batch === undefined) break;
        bytes += batch.values.length;
        batches.push(batch);
        at = batch.nextOffset;
        this.#positions.set(partition, at);
      }
    }
    return batches;
  }

  #batchAt(partition: number, position: number): RecordBatch | undefined {
    const { first, end, stored } = this.#log.partition(this.#topic, partition);
    if (position < first) {
      this.lostRecords += first - position;
      return holeBatch(partition, position, first);
    }
    const found = stored.find(({ nextOffset }) => nextOffset > position);
    if (position >= end || found === undefined) return undefined;
    const skipped = Math.max(0, Math.min(found.valueEnds.length, position - found.firstOffset));
    const from = skipped === 0 ? 0 : found.valueEnds[skipped - 1];
    const { headers, nextOffset, timestampMs, keys } = found;
    return {
      ...{ partition, headers, nextOffset, timestampMs, firstOffset: Math.max(position, found.firstOffset) },
      values: found.values.slice(from),
      valueEnds: found.valueEnds.subarray(skipped).map((valueEnd) => valueEnd - from),
      ...(keys && { keys: keys.slice(skipped) }),
    };
  }
}
