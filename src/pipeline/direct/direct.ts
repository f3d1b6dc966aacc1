import type { ComputePool } from '../../compute/pool.js';
import type { Geometry } from '../../domain/geometry.js';
import { DtstreamError } from '../../errors.js';
import { isAbortOf } from '../../abort.js';
import { BatchComputer } from '../batch/batch-computer.js';
import { HeldHits, HeldRows, lastOrbitOfAll } from '../batch/held-hits.js';
import { MessageAssembler, type OrbitDetailMode, openHitsMax, tooManyOpen } from '../batch/message-assembler.js';
import type { PublishedMessage } from '../batch/published-message.js';
import { ChunkBuffers } from '../buffers/chunk-buffers.js';
import type { BatchInput } from '../order/batch-input.js';
import { decodeInOrder } from './decode-in-order.js';
import type { DecodedRaw, RejectedRow } from './decode-raw.js';
import { FreeLists } from '../buffers/free-lists.js';
import { LaneOrder, type LaneRows } from '../order/lane-order.js';
import { WholeInput } from '../order/whole-input.js';
import type { ByteSource } from './loaded-chunks.js';
import { packChunks } from './pack-chunks.js';
import { readChunks } from './read-chunks.js';
import { SourceTallies, type SourceTally } from './source-tally.js';

export interface DirectOptions {
  readonly geometry: Geometry;
  /** Orbits; Infinity = rows in any order, all closed at the end, with one batch of any size. */
  readonly lateness: number;
  /** See {@link HeldRows}; default: the real bound. */
  readonly heldRows?: HeldRows;
  /** See `PartitionClock`; default: the real bound. */
  readonly waitRowsMax?: number;
  /** Rows per batch. */
  readonly batchRows: number;
  readonly detail: OrbitDetailMode;
  readonly producer: string;
  /** Reads the wall clock, ms since 1970. */
  readonly now: () => number;
  /** Ends reading as if the input ended after the last whole row. */
  readonly signal?: AbortSignal;
  /** See `loadedChunks`; default: the real one. */
  readonly quietMs?: number;
  readonly onRejected?: (rows: readonly RejectedRow[]) => Promise<void>;
  /** Called with the row counts of each source, in order, when all its rows are placed or reading has ended. */
  readonly onSourceEnd?: (tally: SourceTally) => void;
  readonly onProgress?: (progress: {
    readonly rows: number;
    readonly source: ByteSource;
    readonly bytesDone: number;
  }) => void;
}

/** Batches computed in one go: bounds what a task has to do and to tell. */
const batchesAtOnceMax = 16;
/** Rows that are placed while batches are computed: bounds the lists that wait, 14 bytes per row. A batch always fits. */
const rowsAheadMax = 500_000;

/** Bytes of JSON of a message of a whole input: its lists may be longer than a text can be. */
const wholeMessageBytesMax = 100_000_000;

/**
 * Direct mode: aggregates sources from their first row to their last and yields the messages in order. The messages
 * depend on nothing but the rows and `batchRows`; their sum does not depend on that either. What it holds does not grow
 * with time: rows that no batch has yet, at most a million open hits, and a batch more of each.
 *
 * ```
 *  sources ─► readChunks ─► decode (pool, ahead, in order) ─► LaneOrder.cut ─► MessageAssembler (pool) ─► messages
 * ```
 *
 * With rows in any order `WholeInput` takes the place of `LaneOrder`, and the messages come at the end.
 *
 * @throws DtstreamError `input` once the rows before the failure are published; `limit` after the first message whose
 *   `carried_out` is above a million, in which case the rows that it carries are not published, or without any message when
 *   more is held than may be
 */
export async function* processDirect(
  sources: AsyncIterable<ByteSource>,
  pool: ComputePool,
  options: DirectOptions,
): AsyncGenerator<PublishedMessage, void, undefined> {
  const { chunkBytes } = pool.setup;
  const freeLists = new FreeLists(chunkBytes);
  const isWhole = options.lateness === Infinity;
  const batchRows = isWhole ? Infinity : options.batchRows;
  const { lane, publisher } = isWhole ? wholeWork(pool, options) : orderedWork(pool, freeLists, options);
  // Two chunks per thread under way, one being read, one to be placed.
  const ahead = 2 * pool.threads;
  const buffers = new ChunkBuffers({ count: ahead + 2, chunkBytes });
  const decoding = { pool, freeLists, keepRejected: options.onRejected !== undefined };

  let openedMs = options.now();
  const publish = async (cuts: readonly BatchInput[]): Promise<PublishedMessage[]> => {
    const messages = await publisher.publishAll(cuts, lane.timeline.runs, openedMs, options.now);
    for (const cut of cuts) for (const { lists } of cut.finished) freeLists.release(lists);
    openedMs = options.now();
    return messages;
  };
  /**
   * All batches that are complete. Each has rows, and so a message that its watermark comes with. Of several, none but
   * the last can leave too many hits open: no message is computed that would come after that.
   */
  const cutBatches = (): BatchInput[] => {
    const { carried } = publisher.state;
    if (carried > openHitsMax) throw tooManyOpen(options.lateness);
    const batchesMax = Math.min(batchesAtOnceMax, Math.max(1, Math.floor((openHitsMax - carried) / batchRows)));
    const cuts: BatchInput[] = [];
    while (lane.rowsReady >= batchRows && cuts.length < batchesMax) {
      const cut = lane.cut(batchRows);
      lane.commitWatermark(cut.watermark);
      cuts.push(cut);
    }
    return cuts;
  };

  const tallies = new SourceTallies((tally) => options.onSourceEnd?.(tally));
  let offset = 0;
  const place = async (chunk: DecodedRaw): Promise<void> => {
    const { raw, decoded, rejected, failure } = chunk;
    const line = tallies.add(chunk);
    const firstOffset = offset;
    offset += decoded.rows;
    const { lists } = decoded;
    const parts = [{ partition: 0, firstOffset, nextOffset: offset, firstRecord: 0 }];
    lane.add({ parts, decoded, lists, replayed: false });
    if (isWhole) freeLists.release(lists);
    if (rejected.length > 0) await options.onRejected?.(rejected.map((row) => ({ ...row, line: row.line + line })));
    options.onProgress?.({ rows: offset, source: raw.source, bytesDone: raw.bytesDone });
    if (failure !== undefined) throw failure;
  };

  let failure: { readonly error: unknown } | undefined;
  let publishing: Promise<PublishedMessage[]> | undefined;
  const published = (): Promise<PublishedMessage[]> => {
    const messages = publishing ?? Promise.resolve([]);
    publishing = undefined;
    return messages;
  };
  const startPublishing = (): void => {
    const cuts = cutBatches();
    if (cuts.length === 0) return;
    publishing = publish(cuts);
    // The consumer sees the failure; until then it must not count as unhandled.
    publishing.catch(() => undefined);
  };
  const raws = readChunks(tallies.watch(sources), buffers, options);
  const chunks = decodeInOrder(raws, ahead, decoding);
  let coming: Promise<IteratorResult<DecodedRaw, void>> | undefined;
  try {
    for (;;) {
      if (coming === undefined) {
        coming = chunks.next();
        // The consumer sees the failure, perhaps only after the messages before it.
        coming.catch(() => undefined);
      }
      if (publishing !== undefined) {
        // While batches are computed chunks are placed, so that the next ones are computed together.
        const isFull = lane.rowsReady >= Math.max(batchRows, rowsAheadMax);
        const isComputed = isFull || (await Promise.race([publishing.then(() => true), coming.then(() => false)]));
        if (isComputed) {
          const messages = await published();
          // The threads go on while the messages are taken; those before a failure are taken first.
          try {
            startPublishing();
          } finally {
            yield* messages;
          }
          continue;
        }
      }
      const { done, value } = await coming;
      coming = undefined;
      if (done === true) {
        if (options.signal?.aborted !== true) tallies.endAll();
        break;
      }
      await place(value);
      if (publishing === undefined) startPublishing();
    }
  } catch (error) {
    if (!isAbortOf(options.signal, error)) {
      if (!(error instanceof DtstreamError)) throw error;
      failure = { error };
    }
  } finally {
    await chunks.return();
    // Where no more messages are taken, nothing may be under way when the threads are ended.
    await publishing?.catch(() => undefined);
  }
  tallies.endLast();
  // What was read before a failure is published before it is reported.
  yield* await published();
  for (let cuts = cutBatches(); cuts.length > 0; cuts = cutBatches()) yield* await publish(cuts);
  yield* await publisher.publish(lane.flush(), lane.timeline.runs, openedMs, options.now);
  if (failure !== undefined) throw failure.error;
}

interface DirectWork {
  readonly lane: LaneRows;
  readonly publisher: MessageAssembler;
}

function orderedWork(pool: ComputePool, freeLists: FreeLists, options: DirectOptions): DirectWork {
  const { shards, chambers } = pool.setup;
  const lane = new LaneOrder({
    ...options,
    shards,
    restarts: false,
    pack: (first, second) => {
      const packed = packChunks(first, second);
      if (packed !== undefined) for (const { chunk } of [first, second]) freeLists.release(chunk.lists);
      return packed;
    },
  });
  const computer = new BatchComputer(pool, { shards, chambers });
  return {
    lane,
    publisher: new MessageAssembler(computer, {
      ...options,
      plan: pool.setup.plan,
      lanes: 1,
      messageBytesMax: Infinity,
    }),
  };
}

/** For rows in any order. */
function wholeWork(pool: ComputePool, options: DirectOptions): DirectWork {
  const held = new HeldHits(pool, pool.setup, options.heldRows ?? new HeldRows());
  return {
    lane: new WholeInput(held, lastOrbitOfAll),
    publisher: new MessageAssembler(held, {
      ...options,
      plan: pool.setup.plan,
      lanes: 1,
      messageBytesMax: wholeMessageBytesMax,
    }),
  };
}
