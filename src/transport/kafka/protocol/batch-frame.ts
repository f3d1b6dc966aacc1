/** Bytes of a record batch before its records. */
export const batchHeaderBytes = 61;
/** Bytes up to and including the length, which the length does not count. */
const lengthEnd = 12;
/** Up to and including the format's number, which stands where older formats have theirs. */
const formatEnd = 17;

/** Where a record batch stands in what was fetched, and the offsets that it covers. */
export interface BatchFrame {
  readonly start: number;
  /** End of its bytes, at least {@link batchHeaderBytes} after `start`. */
  readonly end: number;
  readonly baseOffset: number;
  /** After its last record, above `baseOffset`. */
  readonly nextOffset: number;
}

/** What cannot be a record batch, and why. */
export interface BatchFault {
  /** First offset as the batch says it. */
  readonly baseOffset: number;
  readonly rule: string;
}

/**
 * The record batch at `start`, drawn in record-batch-reader.ts; undefined where it is cut.
 *
 * @param start where a batch must begin
 * @param offsetMin where the offsets of the batch before it end
 */
export function frameAt(records: Buffer, start: number, offsetMin: number): BatchFrame | BatchFault | undefined {
  const bytesLeft = records.length - start;
  if (bytesLeft < formatEnd) return undefined;
  const baseOffset = Number(records.readBigInt64BE(start));
  const format = records.readInt8(start + 16);
  if (format !== 2) {
    return { baseOffset, rule: `its format must be 2, got ${format}; written by a broker before 0.11, or damaged` };
  }
  const length = records.readInt32BE(start + 8);
  if (length < batchHeaderBytes - lengthEnd) {
    return { baseOffset, rule: `its length must be at least ${batchHeaderBytes - lengthEnd}, got ${length}` };
  }
  if (length > bytesLeft - lengthEnd) return undefined;
  const lastDelta = records.readInt32BE(start + 23);
  const nextOffset = baseOffset + lastDelta + 1;
  if (baseOffset < offsetMin || lastDelta < 0 || !Number.isSafeInteger(nextOffset)) {
    return { baseOffset, rule: `its offsets must rise from ${offsetMin} or more, got ${baseOffset} to ${nextOffset}` };
  }
  return { start, end: start + lengthEnd + length, baseOffset, nextOffset };
}
