import type { RecordPlaces, RowFormat } from '../../compute/tasks.js';
import { valueStart } from '../../transport/records-of.js';
import { contentTypes, headerNames, type RecordBatch } from '../../transport/transport.js';
import { partsMax } from '../../compute/row-block.js';
import type { ChunkBuffer, ChunkBuffers } from '../buffers/chunk-buffers.js';
import type { ChunkPart } from '../order/chunk-parts.js';
import {
  fillChunk,
  openChunk,
  type OpenChunk,
  type OpenPart,
  recordAtOffset,
  recordMarginBytes,
  startOfNext,
} from './open-chunk.js';

/** Records of a lane as one chunk of rows. */
export interface RecordChunk {
  readonly firstFormat: RowFormat;
  readonly buffer: ChunkBuffer;
  readonly length: number;
  /** Whose records they are, in the order of reading. */
  readonly parts: readonly ChunkPart[];
  /** Where they are; `ends` are good as long as the buffer is. */
  readonly records: RecordPlaces;
  /** Records of no bytes at all: among lines a NUL byte stands for them. */
  readonly emptyRecords: ReadonlySet<number>;
  /** Read again after a restart. */
  readonly replayed: boolean;
  /** Nothing but records of one partition that were deleted before they were read. */
  readonly isHole: boolean;
  /** When its first record came, ms. */
  readonly arrivedMs: number;
}

/** Where a partition's records continue: parts leave no gap. */
interface Place {
  readonly partition: number;
  next: number;
  /** Its newest part in the open chunk. */
  part: OpenPart | undefined;
  /** The newest mark. */
  mark: string | undefined;
}

/** Offsets below which records are read at all, and read again. */
interface AppendRange {
  readonly to: number;
  readonly replayUntil: number;
  readonly nowMs: number;
}

/**
 * Packs records into chunks, in the order of reading, whatever their partitions, so that small messages are decoded by the
 * thousand.
 *
 * ```
 *  csv    2,0,1,7,0,5␊2,0,2,7,1,5␊ …      a line end after each record that lacks one
 *  words  ########################## …     each record from a multiple of 8 bytes
 *  both   #########2,0,1,7,0,5␊··### …     where lines and words come in turns
 *  parts  partition 3  │ 0 │ 1 │ 3   …     runs of records of one partition
 * ```
 */
export class ChunkAssembler {
  readonly #buffers: ChunkBuffers;
  readonly #emit: (chunk: RecordChunk) => void;
  /** Every partition has a permanent place: a table that changes with each chunk would be rebuilt all the time. */
  readonly #places: ReadonlyMap<number, Place>;
  #open: OpenChunk | undefined;

  /** @param starts where reading begins, by partition */
  constructor(buffers: ChunkBuffers, starts: ReadonlyMap<number, number>, emit: (chunk: RecordChunk) => void) {
    this.#buffers = buffers;
    this.#places = new Map(
      [...starts].map(([partition, next]) => [partition, { partition, next, part: undefined, mark: undefined }]),
    );
    this.#emit = emit;
  }

  /** When the first record came that is in the open chunk and not read again, ms; Infinity without one. */
  get arrivedMs(): number {
    return this.#open?.replayed === false ? this.#open.arrivedMs : Infinity;
  }

  /** Adds the records with offsets below `to`; those below `replayUntil` are read again. */
  async append(batch: RecordBatch, range: AppendRange): Promise<void> {
    const { valueEnds } = batch;
    const place = this.#placeOf(batch.partition);
    if (batch.isHole === true) {
      await this.#appendHole(place, batch, range);
      return;
    }
    const format: RowFormat = batch.headers[headerNames.contentType] === contentTypes.words ? 'words' : 'csv';
    const end = recordAtOffset(batch, range.to, 0);
    const newFrom = recordAtOffset(batch, Math.min(range.replayUntil, range.to), 0);
    let mark = end === 0 ? undefined : this.#newMark(place, batch);
    for (let record = 0; record < end;) {
      const replayed = record < newFrom;
      const bytes = valueEnds[record] - valueStart(batch, record) + recordMarginBytes;
      const head = { firstFormat: format, replayed, isHole: false, arrivedMs: range.nowMs };
      const open =
        this.#openFor(place, { format, bytes, replayed, isMarked: mark !== undefined }) ??
        this.#begin(head, await this.#buffers.takeFor(bytes));
      // Nothing may come between this and the record: a chunk that is open can be handed out at any time.
      const part = this.#partOf(open, place, mark);
      mark = undefined;
      record = fillChunk(open, part, batch, format, record, replayed ? newFrom : end);
    }
    if (end < valueEnds.length) return;
    const { part } = place;
    const to = Math.min(batch.nextOffset, range.to, this.#open?.replayed === true ? range.replayUntil : Infinity);
    if (part !== undefined) part.nextOffset = Math.max(part.nextOffset, to);
    // The rows read again end where they ended before, even if only markers are left of them.
    else await this.#skip(place, Math.min(to, range.replayUntil), range);
  }

  /** A mark that the partition's records before do not have: with it begins a part. */
  #newMark(place: Place, { headers }: RecordBatch): string | undefined {
    const mark = headers[headerNames.run];
    if (mark === undefined || mark === place.mark) return undefined;
    place.mark = mark;
    return mark;
  }

  /** Hands out the open chunk. */
  seal(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    for (const { partition, nextOffset } of open.parts) {
      const place = this.#placeOf(partition);
      place.next = nextOffset;
      place.part = undefined;
    }
    const { firstFormat, buffer, length, replayed, isHole, arrivedMs } = open;
    this.#emit({
      ...{ firstFormat, buffer, length, replayed, isHole, arrivedMs, emptyRecords: open.empty },
      parts: open.parts.map(({ partition, firstOffset, nextOffset, firstRecord, offsets, mark }) => {
        const recordOffsets = offsets && Float64Array.from(offsets);
        return { partition, firstOffset, nextOffset, firstRecord, recordOffsets, mark };
      }),
      records: {
        ends: buffer.recordEnds.subarray(0, open.records),
        turns: Uint32Array.from(open.turns),
        turnStarts: Uint32Array.from(open.turnStarts),
      },
    });
  }

  /** Records that are gone are chunks of their own: no batch reads on over them. */
  async #appendHole(place: Place, { firstOffset, nextOffset }: RecordBatch, range: AppendRange): Promise<void> {
    await this.#skip(place, Math.min(firstOffset, range.to), range);
    await this.#skip(place, Math.min(nextOffset, range.to), range, true);
  }

  /** Adds empty parts up to an offset: one for the range read again, one for the range read first. */
  async #skip(place: Place, to: number, { replayUntil, nowMs }: AppendRange, isHole = false): Promise<void> {
    for (const end of [Math.min(to, replayUntil), to]) {
      if (nextOf(place) >= end) continue;
      if (isHole) this.seal();
      const replayed = end <= replayUntil;
      const head = { firstFormat: 'csv' as const, replayed, isHole, arrivedMs: nowMs };
      const open = this.#openFor(place, { bytes: 0, replayed }) ?? this.#begin(head, await this.#buffers.takeFor(0));
      this.#partOf(open, place, undefined).nextOffset = end;
      if (isHole) this.seal();
    }
  }

  #placeOf(partition: number): Place {
    const place = this.#places.get(partition);
    if (place === undefined) throw new RangeError(`partition ${partition} is not read here`);
    return place;
  }

  /** The open chunk, if the next record may go there and fits. */
  #openFor(
    place: Place,
    record: {
      readonly bytes: number;
      readonly replayed: boolean;
      readonly format?: RowFormat;
      readonly isMarked?: boolean;
    },
  ): OpenChunk | undefined {
    const open = this.#open;
    if (open === undefined) return undefined;
    const { bytes, replayed, format = open.lastFormat, isMarked = false } = record;
    const fits = startOfNext(open, format) + bytes <= open.buffer.bytes.length;
    const hasPart = open.parts.length < partsMax || (open.parts.at(-1) === place.part && !isMarked);
    if (fits && hasPart && open.replayed === replayed) return open;
    this.seal();
    return undefined;
  }

  #begin(head: Omit<Parameters<typeof openChunk>[0], 'buffer'>, buffer: ChunkBuffer): OpenChunk {
    return (this.#open = openChunk({ ...head, buffer }));
  }

  /** The part of the open chunk that gets the next record of a partition. */
  #partOf(open: OpenChunk, place: Place, mark: string | undefined): OpenPart {
    const last = open.parts.at(-1);
    if (last !== undefined && last === place.part && mark === undefined) return last;
    const next = nextOf(place);
    const { partition } = place;
    const { records: firstRecord } = open;
    const part = { partition, firstOffset: next, nextOffset: next, firstRecord, offsets: undefined, mark };
    open.parts.push(part);
    place.part = part;
    return part;
  }
}

function nextOf({ part, next }: Place): number {
  return part?.nextOffset ?? next;
}
