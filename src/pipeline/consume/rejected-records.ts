import { createHash } from 'node:crypto';
import { nextWordPlace } from '../../compute/decode-words.js';
import { lowerBound } from '../../compute/hit-lists.js';
import { rejectedStride } from '../../compute/row-block.js';
import type { DecodeResult } from '../../compute/tasks.js';
import { rejectReasonOf } from '../../domain/row-code.js';
import { wordBytes } from '../../domain/word.js';
import type { OutgoingBatch } from '../../transport/transport.js';
import { offsetOfRecord, partOfRecord, recordOfRow } from '../order/chunk-parts.js';
import type { RecordChunk } from './chunk-assembler.js';

/** Where a row is from that is too long to be kept whole. */
export interface CutRow {
  readonly partition: number;
  readonly offset: number;
  /** From 1, within the message. */
  readonly line: number;
  /** How long it is, and how much of it is kept. */
  readonly bytes: number;
  readonly keptBytes: number;
}

/** A rejected row of a chunk as a record of `data_rejected`. */
export interface RejectedRecord {
  /** Row of the chunk. */
  readonly row: number;
  readonly record: OutgoingBatch;
  /** Present when only the beginning of the row is kept. */
  readonly cut?: CutRow;
}

const lf = 0x0a;
/**
 * Bytes of a row that are kept, at most: half of what brokers take by default. `data_raw` may take larger messages than
 * `data_rejected`, and a packed message of any size is one row: no row may block the rows after it.
 */
const keptBytesDefault = 524_288;
/** Room for the headers beside the value, and for the frame of both. */
const besideValueBytes = 1024;

/** @param recordBytesMax what `data_rejected` takes, where that is known */
export function keptBytesFor(recordBytesMax: number | undefined): number {
  return Math.max(0, Math.min(keptBytesDefault, (recordBytesMax ?? Infinity) - besideValueBytes));
}

/**
 * Copies the rejected rows out of a decoded chunk: the original bytes as value, without line end; `reason`,
 * `partition`, `offset` and `line` (from 1, within the message) as headers. Of a row above
 * `keptBytesMax` these first bytes, with its length (`bytes`) and `sha256` as headers.
 */
export function rejectedRecords(
  chunk: RecordChunk,
  { rejected, recordRows }: DecodeResult,
  keptBytesMax: number,
): RejectedRecord[] {
  const records: RejectedRecord[] = [];
  for (let at = 0; at < rejected.length; at += rejectedStride) {
    const [row, , start, end, code] = rejected.subarray(at, at + rejectedStride);
    const index = recordOfRow(recordRows, row);
    const length = chunk.emptyRecords.has(index) ? 0 : end - start;
    const values = chunk.buffer.bytes.slice(start, start + Math.min(length, keptBytesMax));
    const part = partOfRecord(chunk.parts, index);
    const { partition } = part;
    const offset = offsetOfRecord(part, index);
    const line = lineInRecord(chunk, index, start);
    const whole = chunk.buffer.bytes.subarray(start, start + length);
    const headers = {
      reason: rejectReasonOf(code),
      partition: String(partition),
      offset: String(offset),
      line: String(line),
      ...(values.length < length && { bytes: String(length), sha256: sha256Of(whole) }),
    };
    records.push({
      row,
      record: { partition: 0, headers, values, valueEnds: Uint32Array.of(values.length) },
      ...(values.length < length && { cut: { partition, offset, line, bytes: length, keptBytes: values.length } }),
    });
  }
  return records;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function lineInRecord(chunk: RecordChunk, index: number, start: number): number {
  const { isWords, from } = placeOfRecord(chunk, index);
  if (isWords) return (start - from) / wordBytes + 1;
  let line = 1;
  for (let at = from; at < start; at++) if (chunk.buffer.bytes[at] === lf) line++;
  return line;
}

/** The format of a record and where its bytes begin. */
function placeOfRecord(
  { firstFormat, records: { ends, turns, turnStarts }, emptyRecords }: RecordChunk,
  index: number,
): { readonly isWords: boolean; readonly from: number } {
  const turnsBefore = lowerBound(turns, 0, turns.length, index + 1);
  const isWords = (firstFormat === 'words') === (turnsBefore % 2 === 0);
  if (turns[turnsBefore - 1] === index) return { isWords, from: turnStarts[turnsBefore - 1] };
  const before = index === 0 ? 0 : ends[index - 1];
  if (!isWords || index === 0) return { isWords, from: before };
  const isAfterEmpty = emptyRecords.has(index - 1);
  return { isWords, from: isAfterEmpty ? before + wordBytes : nextWordPlace(before) };
}
