import { AsyncEvent } from '../../async-event.js';
import type { ComputePool } from '../../compute/pool.js';
import type { DecodeResult } from '../../compute/tasks.js';
import { headerNames, type LogReader, type RecordBatch } from '../../transport/transport.js';
import { FreeLists } from '../buffers/free-lists.js';
import { ChunkBuffers } from '../buffers/chunk-buffers.js';
import type { DecodedChunk } from '../order/placed-chunk.js';
import { ChunkAssembler, type RecordChunk } from './chunk-assembler.js';
import { type CutRow, keptBytesFor, rejectedRecords, type RejectedRecord } from './rejected-records.js';

/** A decoded chunk with its rejected rows, taken out while its bytes were at hand. */
export interface LaneChunk extends DecodedChunk {
  readonly rejected: readonly RejectedRecord[];
  readonly isHole: boolean;
  /** When its first record came, ms. */
  readonly arrivedMs: number;
}

export interface LaneReaderOptions {
  /** Where reading begins, by partition. */
  readonly starts: ReadonlyMap<number, number>;
  /** Offsets below are read again after a restart, by partition. */
  readonly replayUntil: ReadonlyMap<number, number>;
  /** Where reading ends, by partition; undefined = never. */
  readonly ends: ReadonlyMap<number, number> | undefined;
  readonly now: () => number;
  /** Called for records that are not keyed by orbit. */
  readonly onUnkeyed?: (() => void) | undefined;
  /** Called for records that were deleted before they were read. */
  readonly onLost?: ((hole: LostRecords) => void) | undefined;
  /** Bytes of a record that the topic of rejected rows takes, where that is known. */
  readonly rejectedBytesMax?: number | undefined;
  /** Called for rejected rows that are too long to be kept whole. */
  readonly onCutRow?: ((row: CutRow) => void) | undefined;
}

/** Offsets of a partition, half open, that were deleted before they were read. */
export interface LostRecords {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

interface ChunkUnderWay {
  /** Undefined until it is decoded. */
  chunk: LaneChunk | undefined;
  readonly replayed: boolean;
  readonly arrivedMs: number;
}

/** A chunk for the pool, and where it goes from there. */
interface Gathered {
  readonly chunk: RecordChunk;
  readonly slot: ChunkUnderWay;
}

/** Bytes of chunks that make a task, and chunks of a task at most: with many partitions they are small. */
const taskBytes = 256 << 10;
const taskChunksMax = 32;
/** Bytes of values that one read asks for. */
const readBytes = 1 << 20;
const readWaitMs = 500;

/**
 * Reads a lane's partitions ahead of the batches: records into chunks, chunks through the pool, decoded chunks in the
 * order of reading. Bounded by its chunk buffers: when all are in use, reading waits.
 *
 * ```
 *  LogReader.read ─► ChunkAssembler ─► pool.decodeAll (several under way) ─► take(), in order
 * ```
 */
export class LaneReader {
  readonly #reader: LogReader;
  readonly #pool: ComputePool;
  readonly #options: LaneReaderOptions;
  readonly #buffers: ChunkBuffers;
  readonly #assembler: ChunkAssembler;
  readonly #freeLists: FreeLists;
  /** Chunks handed to the pool, oldest first. */
  readonly #underWay: ChunkUnderWay[] = [];
  readonly #newestMs = new Map<number, number>();
  #failure: { readonly error: unknown } | undefined;
  readonly #changed = new AsyncEvent();
  readonly #taken = new AsyncEvent();
  readonly #aheadMax: number;
  readonly #taskChunks: number;
  /** Chunks that go to the pool together with those that come next. */
  #gathered: Gathered[] = [];
  #gatheredBytes = 0;
  /** Chunks in the pool. */
  #decodings = 0;
  readonly #settled = new AsyncEvent();
  #hasEnded = false;

  constructor(reader: LogReader, pool: ComputePool, options: LaneReaderOptions) {
    this.#reader = reader;
    this.#pool = pool;
    this.#options = options;
    this.#freeLists = new FreeLists(pool.setup.chunkBytes);
    const partitions = options.starts.size;
    const { chunkBytes } = pool.setup;
    this.#taskChunks = Math.min(taskChunksMax, Math.ceil(taskBytes / chunkBytes));
    // Each partition may have one open chunk, each thread two tasks. If all buffers are in use, a task is under way,
    // because there are fewer open or gathered chunks than buffers: a wait for a buffer always ends.
    this.#aheadMax = partitions + 2 * pool.threads * this.#taskChunks;
    this.#buffers = new ChunkBuffers({ count: this.#aheadMax + 1, chunkBytes });
    this.#assembler = new ChunkAssembler(this.#buffers, options.starts, (chunk) => this.#gather(chunk));
  }

  /** When the first record came that is neither taken nor read again, ms; undefined when there is none. */
  get arrivedMs(): number | undefined {
    let arrivedMs = this.#assembler.arrivedMs;
    for (const slot of this.#underWay) if (!slot.replayed) arrivedMs = Math.min(arrivedMs, slot.arrivedMs);
    return arrivedMs === Infinity ? undefined : arrivedMs;
  }

  /** Whether everything up to the ends is read. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** When a partition last gave something new, ms. */
  newestMs(partition: number): number | undefined {
    return this.#newestMs.get(partition);
  }

  /** Reads until the ends are reached or the signal aborts. Never rejects: {@link take} throws what went wrong. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted && !this.#reachedEnds()) {
        await this.#caughtUp(signal);
        const batches = await this.#reader.read({ bytesMax: readBytes, waitMs: readWaitMs, signal, lent: true });
        for (const batch of batches) {
          const { partition } = batch;
          const to = this.#options.ends?.get(partition) ?? Infinity;
          const replayUntil = this.#options.replayUntil.get(partition) ?? 0;
          const nowMs = this.#options.now();
          this.#newestMs.set(partition, nowMs);
          if (batch.isHole === true) this.#tellHole(batch, { to, replayUntil });
          if (batch.valueEnds.length > 0 && !(headerNames.orbitBlock in batch.headers)) this.#options.onUnkeyed?.();
          await this.#assembler.append(batch, { to, replayUntil, nowMs });
        }
        this.#send();
        if (batches.length > 0) this.#changed.notify();
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#hasEnded = true;
    this.seal();
    this.#changed.notify();
  }

  /** Hands on the rows in open chunks, however few. */
  seal(): void {
    this.#assembler.seal();
    this.#send();
  }

  /** Chunks handed on and not yet taken. */
  get pending(): number {
    return this.#underWay.length;
  }

  /** The next chunk in order if it is decoded. */
  take(): LaneChunk | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    const chunk = this.#underWay[0]?.chunk;
    if (chunk !== undefined) {
      this.#underWay.shift();
      this.#taken.notify();
    }
    return chunk;
  }

  /** Gives the lists of a chunk back that no batch needs any more. */
  release(chunk: DecodedChunk): void {
    this.#freeLists.release(chunk.lists);
  }

  /** Wakes the waiters of {@link changed}. */
  awaken(): void {
    this.#changed.notify();
  }

  /** Resolves when the consumer of chunks should look again, or after `waitMs`. */
  changed(waitMs: number): Promise<void> {
    return this.#changed.wait({ waitMs });
  }

  /** Resolves when no chunk is in the pool any more, so that the pool may be closed. */
  async settled(): Promise<void> {
    while (this.#decodings > 0) await this.#settled.wait();
  }

  /** Waits while the consumer of the chunks is behind. */
  async #caughtUp(signal: AbortSignal): Promise<void> {
    while (this.#underWay.length > this.#aheadMax && !signal.aborted) await this.#taken.wait({ signal });
  }

  /** What was counted before it was deleted is not lost. */
  #tellHole(
    { partition, firstOffset, nextOffset }: RecordBatch,
    range: { readonly to: number; readonly replayUntil: number },
  ): void {
    const from = Math.max(firstOffset, range.replayUntil);
    const to = Math.min(nextOffset, range.to);
    if (to > from) this.#options.onLost?.({ partition, from, to });
  }

  #reachedEnds(): boolean {
    const { ends } = this.#options;
    if (ends === undefined) return false;
    const positions = this.#reader.positions();
    return [...ends].every(([partition, end]) => (positions.get(partition) ?? 0) >= end);
  }

  #gather(chunk: RecordChunk): void {
    const { replayed, arrivedMs } = chunk;
    const slot: ChunkUnderWay = { chunk: undefined, replayed, arrivedMs };
    this.#underWay.push(slot);
    this.#gathered.push({ chunk, slot });
    this.#gatheredBytes += chunk.length;
    if (this.#gatheredBytes >= taskBytes || this.#gathered.length === this.#taskChunks) this.#send();
  }

  /** Hands on the chunks that were gathered. */
  #send(): void {
    if (this.#gathered.length === 0) return;
    void this.#decode(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  /** Never rejects. */
  async #decode(gathered: readonly Gathered[]): Promise<void> {
    this.#decodings++;
    const tasks = gathered.map(({ chunk: { buffer, firstFormat: format, length, records } }) => {
      const lists = this.#freeLists.acquire(records.turns.length > 0 ? 'words' : format, length);
      return { format, bytes: buffer.shared, length, records, lists };
    });
    try {
      const results = await this.#pool.decodeAll(tasks);
      gathered.forEach(({ chunk, slot }, index) => {
        slot.chunk = decodedChunk(chunk, results[index], this.#options.rejectedBytesMax);
        for (const { cut } of slot.chunk.rejected) if (cut !== undefined) this.#options.onCutRow?.(cut);
      });
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      for (const { chunk } of gathered) this.#buffers.release(chunk.buffer);
      this.#changed.notify();
      if (--this.#decodings === 0) this.#settled.notify();
    }
  }
}

function decodedChunk(chunk: RecordChunk, decoded: DecodeResult, rejectedBytesMax: number | undefined): LaneChunk {
  const { partition, firstOffset, nextOffset, recordOffsets, replayed, isHole, mark, arrivedMs } = chunk;
  const rejected = replayed ? [] : rejectedRecords(chunk, decoded, keptBytesFor(rejectedBytesMax));
  return {
    ...{ partition, firstOffset, nextOffset, recordOffsets, replayed, isHole, mark, arrivedMs },
    ...{ decoded, lists: decoded.lists, rejected },
  };
}
