/**
 * Rows of one chunk in row order, as decoding leaves them: the raw orbit and the row code of every row. One block a
 * thread, used again for every chunk.
 */
export class RowBlock {
  /** Raw orbits; meaningless for rows that are neither hit nor scintillator. */
  readonly orbits: Uint32Array;
  readonly codes: Uint16Array;
  /** Rows decoded so far. */
  rows = 0;
  /** Lines seen so far, header and blank ones included; words count as lines. */
  lines = 0;
  /** {@link rejectedStride} numbers a rejected row: row, line, first byte, end of its bytes, row code. */
  rejected: number[] = [];

  constructor(rowsMax: number) {
    this.orbits = new Uint32Array(rowsMax);
    this.codes = new Uint16Array(rowsMax);
  }

  clear(): void {
    this.rows = 0;
    this.lines = 0;
    this.rejected = [];
  }
}

/** Numbers that describe one rejected row. */
export const rejectedStride = 5;

/** Most rows that a chunk of that many bytes holds: the shortest is one byte and its line end. */
export function rowsMaxOf(bytes: number): number {
  return Math.ceil(bytes / 2);
}
