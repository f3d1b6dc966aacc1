import type { ComputePool } from '../../compute/pool.js';
import { rejectedStride } from '../../compute/row-block.js';
import type { DecodeResult, RangeFailure } from '../../compute/tasks.js';
import type { CsvLayout } from '../../domain/csv-layout.js';
import { type RejectReason, rejectReasonOf } from '../../domain/row-code.js';
import type { DtstreamError } from '../../errors.js';
import { inputError, systemProblem } from '../../sources/input-error.js';
import type { FreeLists } from '../buffers/free-lists.js';
import type { RawChunk } from './read-chunks.js';

/** A row that broke a rule, as it stood in its source. */
export interface RejectedRow {
  readonly source: string;
  /** Line of the source, from 1; the number of the word where there are no lines. */
  readonly line: number;
  readonly reason: RejectReason;
  readonly bytes: Uint8Array;
}

/** A chunk after decoding. */
export interface DecodedRaw {
  readonly raw: RawChunk;
  readonly decoded: DecodeResult;
  /** Lines counted from the chunk's first. */
  readonly rejected: readonly RejectedRow[];
  /** Why its source cannot be read further. */
  readonly failure: DtstreamError | undefined;
}

/** Inputs of decoding other than the chunk. */
export interface RawDecoding {
  readonly pool: Pick<ComputePool, 'decode' | 'decodeFile'>;
  readonly freeLists: FreeLists;
  readonly keepRejected: boolean;
}

/**
 * Decodes a chunk on the pool, which also reads it where it is still in its file.
 *
 * @param layout by which its first line is to be read
 */
export async function decodeRaw(
  raw: RawChunk,
  layout: CsvLayout | undefined,
  { pool, freeLists, keepRejected }: RawDecoding,
): Promise<DecodedRaw> {
  const { format } = raw.source;
  if ('range' in raw) {
    const { from, to } = raw.range;
    const lists = freeLists.acquire(format, to - from);
    const decoded = await pool.decodeFile({ format, file: raw.range, lists, keepRejected, layout });
    const { failure } = decoded;
    let at = 0;
    const rejected = keepRejected
      ? rejectedRows(raw, decoded, (start, end) => decoded.rejectedBytes.subarray(at, (at += end - start)))
      : [];
    return { raw, decoded, rejected, failure: failure && rangeError(raw.source.name, failure) };
  }
  const { buffer, length } = raw;
  const lists = freeLists.acquire(format, length);
  const decoded = await pool.decode({ format, bytes: buffer.shared, length, lists, layout });
  const rejected = keepRejected ? rejectedRows(raw, decoded, (start, end) => buffer.bytes.slice(start, end)) : [];
  return { raw, decoded, rejected, failure: undefined };
}

function rejectedRows(
  { source }: RawChunk,
  { rejected }: DecodeResult,
  bytesAt: (start: number, end: number) => Uint8Array,
): RejectedRow[] {
  const rows: RejectedRow[] = [];
  for (let at = 0; at < rejected.length; at += rejectedStride) {
    const [, line, start, end, code] = rejected.subarray(at, at + rejectedStride);
    rows.push({ source: source.name, line: line + 1, reason: rejectReasonOf(code), bytes: bytesAt(start, end) });
  }
  return rows;
}

function rangeError(name: string, { offset, errno, message }: RangeFailure): DtstreamError {
  const problem = errno === undefined ? message : systemProblem(Object.assign(new Error(message), { errno }));
  return inputError(name, `at offset ${offset}: ${problem}`);
}
