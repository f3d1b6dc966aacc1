import { nextWordPlace, nextWordRecord } from '../../compute/decode-words.js';
import type { RowFormat } from '../../compute/tasks.js';
import { wordBytes } from '../../domain/word.js';
import { offsetOf, valueStart } from '../../transport/records-of.js';
import type { RecordBatch } from '../../transport/transport.js';
import type { ChunkBuffer } from '../buffers/chunk-buffers.js';

/** A chunk that records are still added to. */
export interface OpenChunk {
  readonly firstFormat: RowFormat;
  lastFormat: RowFormat;
  readonly buffer: ChunkBuffer;
  readonly replayed: boolean;
  readonly isHole: boolean;
  readonly arrivedMs: number;
  readonly parts: OpenPart[];
  length: number;
  records: number;
  readonly empty: Set<number>;
  /** See `RecordPlaces`. */
  readonly turns: number[];
  readonly turnStarts: number[];
}

/** A part of an open chunk, see `ChunkPart`. */
export interface OpenPart {
  readonly partition: number;
  readonly firstOffset: number;
  nextOffset: number;
  readonly firstRecord: number;
  /** Undefined as long as they are consecutive from `firstOffset`. */
  offsets: number[] | undefined;
  readonly mark: string | undefined;
}

/** A chunk without records. */
export function openChunk(
  head: Pick<OpenChunk, 'firstFormat' | 'buffer' | 'replayed' | 'isHole' | 'arrivedMs'>,
): OpenChunk {
  const nothing = { parts: [], length: 0, records: 0, empty: new Set<number>(), turns: [], turnStarts: [] };
  return { ...head, ...nothing, lastFormat: head.firstFormat };
}

/** Bytes that a record may take beside its value: a line end, or padding up to the next word. */
export const recordMarginBytes = wordBytes;
const lf = 0x0a;
/** Values below this are copied byte by byte: quicker than a call. */
const shortBytes = 64;

/** Where the next record begins if it is of that format: the first of words at a multiple of 8, as all of them. */
export function startOfNext(open: OpenChunk, format: RowFormat): number {
  return format === open.lastFormat ? open.length : nextWordPlace(open.length);
}

/**
 * Adds records [from, to) of a batch to a chunk, as many as it has room for. A plain function over local numbers: a
 * field that is written for each record would cost an object each.
 *
 * @param part the chunk's last one, of the batch's partition
 * @param format of the batch; the chunk has room for its first record
 * @returns the first record that was not added
 */
export function fillChunk(
  open: OpenChunk,
  part: OpenPart,
  batch: RecordBatch,
  format: RowFormat,
  from: number,
  to: number,
): number {
  const { values, valueEnds } = batch;
  const { bytes } = open.buffer;
  const recordEnds = roomForEnds(open, to - from);
  const isCsv = format === 'csv';
  let start = valueStart(batch, from);
  let at = startOfNext(open, format);
  let records = open.records;
  if (format !== open.lastFormat) {
    open.turns.push(records);
    open.turnStarts.push(at);
    open.lastFormat = format;
  }
  let record = from;
  for (; record < to; record++) {
    const end = valueEnds[record];
    const recordAt = at;
    if (at + end - start + recordMarginBytes > bytes.length) break;
    if (end - start < shortBytes) {
      for (let byte = start; byte < end; byte++) bytes[at++] = values[byte];
    } else {
      bytes.set(values.subarray(start, end), at);
      at += end - start;
    }
    if (end === start) open.empty.add(records);
    if (isCsv) {
      if (end === start) bytes[at++] = 0;
      if (bytes[at - 1] !== lf) bytes[at++] = lf;
      recordEnds[records++] = at;
    } else {
      recordEnds[records++] = at;
      at = nextWordRecord(recordAt, at);
    }
    start = end;
  }
  if (record > from) noteOffsets(part, open.records - part.firstRecord, batch, from, record);
  open.length = at;
  open.records = records;
  return record;
}

/** First record of a batch, from one on, whose offset is not below a bound. */
export function recordAtOffset(batch: RecordBatch, bound: number, from: number): number {
  const { offsets, firstOffset, valueEnds } = batch;
  if (offsets === undefined) return Math.max(from, Math.min(valueEnds.length, bound - firstOffset));
  let record = from;
  while (record < valueEnds.length && offsets[record] < bound) record++;
  return record;
}

/** Notes the offsets of records [from, to) of a batch, where they do not follow from the `records` of the part before. */
function noteOffsets(part: OpenPart, records: number, batch: RecordBatch, from: number, to: number): void {
  const { firstOffset } = part;
  const follows = batch.offsets === undefined && batch.firstOffset + from === firstOffset + records;
  if (part.offsets === undefined && !follows) {
    part.offsets = Array.from({ length: records }, (_, record) => firstOffset + record);
  }
  if (part.offsets !== undefined) {
    for (let record = from; record < to; record++) part.offsets.push(offsetOf(batch, record));
  }
  part.nextOffset = offsetOf(batch, to - 1) + 1;
}

/** The ends of a chunk's records, with room for so many more: a record takes a byte at least. */
function roomForEnds({ buffer, length, records }: OpenChunk, more: number): Uint32Array {
  const { recordEnds, bytes } = buffer;
  const needed = records + Math.min(more, bytes.length - length);
  if (needed > recordEnds.length) {
    const room = 2 ** Math.ceil(Math.log2(needed));
    buffer.recordEnds = new Uint32Array(new SharedArrayBuffer(room * Uint32Array.BYTES_PER_ELEMENT));
    buffer.recordEnds.set(recordEnds);
  }
  return buffer.recordEnds;
}
