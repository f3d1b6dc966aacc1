import type { DecodeResult } from '../../compute/tasks.js';

/** Records of one partition that follow each other in a chunk. */
export interface ChunkPart {
  readonly partition: number;
  /** Where it begins: the offset of its first record or of a gap before it; where it has no records, of its first row. */
  readonly firstOffset: number;
  /** Next offset to read after it. */
  readonly nextOffset: number;
  /** Number of its first record in the chunk. */
  readonly firstRecord: number;
  /** Offsets of its records; absent where they are consecutive from `firstOffset`. */
  readonly recordOffsets?: Float64Array | undefined;
  /** Its first record opens the run of this mark (`produce --new-run`). */
  readonly mark?: string | undefined;
}

/** Offset in its partition of a row of a part. */
export function offsetOfRow({ recordRows }: Pick<DecodeResult, 'recordRows'>, part: ChunkPart, row: number): number {
  return offsetOfRecord(part, recordOfRow(recordRows, row));
}

/** Offset of a record of a part, by its number in the chunk. */
export function offsetOfRecord({ recordOffsets, firstOffset, firstRecord }: ChunkPart, record: number): number {
  return recordOffsets === undefined ? firstOffset + record - firstRecord : recordOffsets[record - firstRecord];
}

/** The part that holds a record. */
export function partOfRecord(parts: readonly ChunkPart[], record: number): ChunkPart {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (parts[middle].firstRecord <= record) low = middle;
    else high = middle - 1;
  }
  return parts[low];
}

/** Rows before a record; without the rows before the end of each every row is a record. */
function rowOfRecord({ recordRows }: Pick<DecodeResult, 'recordRows'>, record: number): number {
  return recordRows.length === 0 || record === 0 ? record : recordRows[record - 1];
}

/** The rows of one of the parts of a chunk, half open. */
export function rowsOfPart(
  { parts, decoded }: { readonly parts: readonly ChunkPart[]; readonly decoded: DecodeResult },
  index: number,
): readonly [number, number] {
  const next = parts.at(index + 1);
  const end = next === undefined ? decoded.rows : rowOfRecord(decoded, next.firstRecord);
  return [rowOfRecord(decoded, parts[index].firstRecord), end];
}

/** Index of the record that holds a row, by the rows before the end of each; without these every row is a record. */
export function recordOfRow(recordRows: Uint32Array, row: number): number {
  if (recordRows.length === 0) return row;
  let low = 0;
  let high = recordRows.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (recordRows[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}
