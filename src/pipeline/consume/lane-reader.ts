import { AsyncEvent } from '../../async-event.js';
import type { ComputePool } from '../../compute/pool.js';
import type { DecodeResult } from '../../compute/tasks.js';
import { slotOrbits } from '../../domain/slot.js';
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
  /** Called for records that are not keyed by slots of orbits. */
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

/** Bytes of values that one read asks for. */
const readBytes = 1 << 20;
const readWaitMs = 500;

/**
 * Reads a lane's partitions ahead of the batches: records into chunks, chunks through the pool, decoded chunks in the
 * order of reading. Bounded by its chunk buffers: when all are in use, reading waits.
 *
 * ```
 *  LogReader.read ─► ChunkAssembler ─► pool.decode (several under way) ─► take(), in order
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
  /** Chunks in the pool. */
  #decodings = 0;
  readonly #settled = new AsyncEvent();
  #hasEnded = false;

  constructor(reader: LogReader, pool: ComputePool, options: LaneReaderOptions) {
    this.#reader = reader;
    this.#pool = pool;
    this.#options = options;
    this.#freeLists = new FreeLists(pool.setup.chunkBytes);
    // Each thread may have two chunks. If all buffers are in use, a chunk is in the pool, because there is one buffer for
    // the open chunk beside those: a wait for a buffer always ends.
    this.#aheadMax = 2 * pool.threads;
    this.#buffers = new ChunkBuffers({ count: this.#aheadMax + 1, chunkBytes: pool.setup.chunkBytes });
    this.#assembler = new ChunkAssembler(this.#buffers, options.starts, (chunk) => void this.#decode(chunk));
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
          if (batch.valueEnds.length > 0 && !isKeyed(batch)) this.#options.onUnkeyed?.();
          await this.#assembler.append(batch, { to, replayUntil, nowMs });
        }
        if (batches.length > 0) this.#changed.notify();
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#hasEnded = true;
    this.seal();
    this.#changed.notify();
  }

  /** Hands on the rows in the open chunk, however few. */
  seal(): void {
    this.#assembler.seal();
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

  /** Hands a chunk on. Never rejects. */
  async #decode(chunk: RecordChunk): Promise<void> {
    const { buffer, firstFormat: format, length, records, replayed, arrivedMs } = chunk;
    const slot: ChunkUnderWay = { chunk: undefined, replayed, arrivedMs };
    this.#underWay.push(slot);
    this.#decodings++;
    const lists = this.#freeLists.acquire(records.turns.length > 0 ? 'words' : format, length);
    const parts = Uint32Array.from(chunk.parts, ({ firstRecord }) => firstRecord);
    try {
      const decoded = await this.#pool.decode({ format, bytes: buffer.shared, length, records, parts, lists });
      slot.chunk = decodedChunk(chunk, decoded, this.#options.rejectedBytesMax);
      for (const { cut } of slot.chunk.rejected) if (cut !== undefined) this.#options.onCutRow?.(cut);
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#buffers.release(buffer);
      this.#changed.notify();
      if (--this.#decodings === 0) this.#settled.notify();
    }
  }
}

function decodedChunk(chunk: RecordChunk, decoded: DecodeResult, rejectedBytesMax: number | undefined): LaneChunk {
  const { parts, replayed, isHole, arrivedMs } = chunk;
  const rejected = replayed ? [] : rejectedRecords(chunk, decoded, keptBytesFor(rejectedBytesMax));
  return { parts, replayed, isHole, arrivedMs, decoded, lists: decoded.lists, rejected };
}

/** Whether a slot is whole in one partition: its block of orbits is one slot or several. */
function isKeyed({ headers }: RecordBatch): boolean {
  const block = Number(headers[headerNames.orbitBlock] ?? 0);
  return block > 0 && block % slotOrbits === 0;
}
