import type { RowTable } from '../produce/row-table.js';

/** Rows found in bytes, and these bytes. */
export interface FoundRows {
  readonly table: RowTable;
  readonly bytes: Uint8Array;
}

/** Numbers that a column holds. */
export interface ColumnLimits {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

/** A format that rows are written in. */
export interface RowTarget {
  /** For messages: `words`. */
  readonly name: string;
  /** What it holds of each field, in the order of `hitFields`; undefined = numbers of any kind, as their digits say. */
  readonly limits: readonly ColumnLimits[] | undefined;
  /**
   * Writes rows in their order.
   *
   * @param misfit called with the place in the table of each row that the format does not hold, which is left out
   */
  add(rows: FoundRows, misfit: (row: number) => void): Promise<void>;
  /** Writes what is still to be written. */
  finish(): Promise<void>;
}

/** Where a target writes; the bytes may be used again once it resolves. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;
