import type { RecordPlaces, RowFormat } from '../../compute/tasks.js';
import { valueStart } from '../../transport/records-of.js';
import { contentTypes, headerNames, type RecordBatch } from '../../transport/transport.js';
import type { ChunkBuffer, ChunkBuffers } from '../buffers/chunk-buffers.js';
import { fillChunk, type OpenChunk, recordAtOffset, recordMarginBytes, startOfNext } from './open-chunk.js';

/** Records of one partition as one chunk of rows. */
export interface RecordChunk {
  readonly partition: number;
  readonly firstFormat: RowFormat;
  readonly buffer: ChunkBuffer;
  readonly length: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  /** Offset of each record; undefined where they are consecutive from `firstOffset`. */
  readonly recordOffsets: Float64Array | undefined;
  /** Where they are; `ends` are good as long as the buffer is. */
  readonly records: RecordPlaces;
  /** Records of no bytes at all: among lines a NUL byte stands for them. */
  readonly emptyRecords: ReadonlySet<number>;
  /** Read again after a restart. */
  readonly replayed: boolean;
  /** Nothing but records that were deleted before they were read. */
  readonly isHole: boolean;
  /** See `DecodedChunk`. */
  readonly mark: string | undefined;
  /** When its first record came, ms. */
  readonly arrivedMs: number;
}

/** The open chunk of a partition, and where its next chunk begins: chunks leave no gap. */
interface Place {
  readonly partition: number;
  next: number;
  open: OpenChunk | undefined;
  /** The newest mark. */
  mark: string | undefined;
}

/**
 * Packs records into chunks, one open chunk per partition, so that small messages are decoded by the thousand.
 *
 * ```
 *  csv    2,0,1,7,0,5␊2,0,2,7,1,5␊ …      a line end after each record that lacks one
 *  words  ########################## …     each record from a multiple of 8 bytes
 *  both   #########2,0,1,7,0,5␊··### …     where lines and words come in turns
 * ```
 */
export class ChunkAssembler {
  readonly #buffers: ChunkBuffers;
  readonly #emit: (chunk: RecordChunk) => void;
  /** Every partition has a permanent place: a table that changes with each chunk would be rebuilt all the time. */
  readonly #places: ReadonlyMap<number, Place>;

  /** @param starts where reading begins, by partition */
  constructor(buffers: ChunkBuffers, starts: ReadonlyMap<number, number>, emit: (chunk: RecordChunk) => void) {
    this.#buffers = buffers;
    this.#places = new Map(
      [...starts].map(([partition, next]) => [partition, { partition, next, open: undefined, mark: undefined }]),
    );
    this.#emit = emit;
  }

  /** Bytes in open chunks. */
  get openBytes(): number {
    let bytes = 0;
    for (const { open } of this.#places.values()) bytes += open?.length ?? 0;
    return bytes;
  }

  /** When the first record came that is in an open chunk and not read again, ms; Infinity without one. */
  get arrivedMs(): number {
    let arrivedMs = Infinity;
    for (const { open } of this.#places.values()) {
      if (open?.replayed === false) arrivedMs = Math.min(arrivedMs, open.arrivedMs);
    }
    return arrivedMs;
  }

  /** Adds the records with offsets below `to`; those below `replayUntil` are read again. */
  async append(
    batch: RecordBatch,
    range: { readonly to: number; readonly replayUntil: number; readonly nowMs: number },
  ): Promise<void> {
    const { valueEnds } = batch;
    const place = this.#placeOf(batch.partition);
    if (batch.isHole === true) {
      await this.#appendHole(place, batch, range);
      return;
    }
    const format = batch.headers[headerNames.contentType] === contentTypes.words ? 'words' : 'csv';
    const end = recordAtOffset(batch, range.to, 0);
    const newFrom = recordAtOffset(batch, Math.min(range.replayUntil, range.to), 0);
    let mark = end === 0 ? undefined : this.#newMark(place, batch);
    for (let record = 0; record < end;) {
      const replayed = record < newFrom;
      const needed = valueEnds[record] - valueStart(batch, record) + recordMarginBytes;
      let { open } = place;
      const isFull = open !== undefined && startOfNext(open, format) + needed > open.buffer.bytes.length;
      if (open?.replayed !== replayed || isFull || mark !== undefined) {
        this.#sealOne(place);
        const buffer = await this.#buffers.takeFor(needed);
        // Nothing may come between this and the record: a chunk that is open can be handed out at any time.
        open = begin(place, { firstFormat: format, replayed, buffer, arrivedMs: range.nowMs, mark });
        mark = undefined;
      }
      record = fillChunk(open, batch, format, record, replayed ? newFrom : end);
    }
    if (end < valueEnds.length) return;
    const { open } = place;
    const to = Math.min(batch.nextOffset, range.to, open?.replayed === true ? range.replayUntil : Infinity);
    if (open !== undefined) open.nextOffset = Math.max(open.nextOffset, to);
    // The rows read again end where they ended before, even if only markers are left of them.
    else await this.#skip(place, { ...range, to: Math.min(to, range.replayUntil) });
  }

  /** A mark that the partition's records before do not have: with it begins a chunk. */
  #newMark(place: Place, { headers }: RecordBatch): string | undefined {
    const mark = headers[headerNames.run];
    if (mark === undefined || mark === place.mark) return undefined;
    place.mark = mark;
    return mark;
  }

  /** Hands out every open chunk. */
  seal(): void {
    for (const place of this.#places.values()) this.#sealOne(place);
  }

  /** Records that are gone are chunks of their own: no batch reads on over them. */
  async #appendHole(
    place: Place,
    { firstOffset, nextOffset }: RecordBatch,
    range: { readonly to: number; readonly replayUntil: number; readonly nowMs: number },
  ): Promise<void> {
    this.#sealOne(place);
    await this.#skip(place, { ...range, to: Math.min(firstOffset, range.to) });
    await this.#skip(place, { ...range, to: Math.min(nextOffset, range.to), isHole: true });
  }

  /** Hands out empty chunks up to an offset: one for the range read again, one for the range read first. */
  async #skip(
    place: Place,
    range: { readonly to: number; readonly replayUntil: number; readonly nowMs: number; readonly isHole?: boolean },
  ): Promise<void> {
    const { replayUntil, nowMs: arrivedMs, isHole = false } = range;
    for (const to of [Math.min(range.to, replayUntil), range.to]) {
      if (place.next >= to) continue;
      const buffer = await this.#buffers.takeFor(0);
      const replayed = to <= replayUntil;
      begin(place, { firstFormat: 'csv', replayed, buffer, arrivedMs, isHole }).nextOffset = to;
      this.#sealOne(place);
    }
  }

  #placeOf(partition: number): Place {
    const place = this.#places.get(partition);
    if (place === undefined) throw new RangeError(`partition ${partition} is not read here`);
    return place;
  }

  #sealOne(place: Place): void {
    const { open } = place;
    if (open === undefined) return;
    place.open = undefined;
    place.next = open.nextOffset;
    const { records, offsets, empty, turns, turnStarts, ...rest } = open;
    this.#emit({
      ...rest,
      recordOffsets: offsets && Float64Array.from(offsets),
      records: {
        ends: open.buffer.recordEnds.subarray(0, records),
        turns: Uint32Array.from(turns),
        turnStarts: Uint32Array.from(turnStarts),
      },
      emptyRecords: empty,
    });
  }
}

/** Opens a chunk where the one before it ended. */
function begin(
  place: Place,
  chunk: Pick<OpenChunk, 'firstFormat' | 'replayed' | 'buffer' | 'arrivedMs'> & {
    readonly isHole?: boolean;
    readonly mark?: string | undefined;
  },
): OpenChunk {
  const { partition, next } = place;
  const head = { isHole: false, mark: undefined, ...chunk, partition, firstOffset: next, nextOffset: next };
  const nothing = { length: 0, records: 0, offsets: undefined, empty: new Set<number>(), turns: [], turnStarts: [] };
  const open: OpenChunk = { ...head, ...nothing, lastFormat: chunk.firstFormat };
  place.open = open;
  return open;
}
