import { nextWordPlace } from '../../compute/decode-words.js';
import { lowerBound } from '../../compute/hit-lists.js';
import { rejectedStride } from '../../compute/row-block.js';
import type { DecodeResult } from '../../compute/tasks.js';
import { rejectReasonOf } from '../../domain/row-code.js';
import { wordBytes } from '../../domain/word.js';
import type { OutgoingBatch } from '../../transport/transport.js';
import { offsetOfRecord, recordOfRow } from '../placed-chunk.js';
import type { RecordChunk } from './chunk-assembler.js';

/** A rejected row of a chunk as a record of `data_rejected`. */
export interface RejectedRecord {
  /** Row of the chunk. */
  readonly row: number;
  readonly record: OutgoingBatch;
}

const lf = 0x0a;

/**
 * Copies the rejected rows out of a decoded chunk: the original bytes as value, without line end; `reason`,
 * `partition`, `offset` and `line` (from 1, within the message) as headers.
 */
export function rejectedRecords(chunk: RecordChunk, { rejected, recordRows }: DecodeResult): RejectedRecord[] {
  const records: RejectedRecord[] = [];
  for (let at = 0; at < rejected.length; at += rejectedStride) {
    const [row, , start, end, code] = rejected.subarray(at, at + rejectedStride);
    const index = recordOfRow(recordRows, row);
    const values = chunk.emptyRecords.has(index) ? new Uint8Array(0) : chunk.buffer.bytes.slice(start, end);
    const headers = {
      reason: rejectReasonOf(code),
      partition: String(chunk.partition),
      offset: String(offsetOfRecord(chunk, index)),
      line: String(lineInRecord(chunk, index, start)),
    };
    records.push({ row, record: { partition: 0, headers, values, valueEnds: Uint32Array.of(values.length) } });
  }
  return records;
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
