import type { Hit } from '../../domain/hit.js';
import type { FaultRecord } from './record.js';

/** A row on its way through the faults; they change it in place. */
export class FaultRow implements Hit {
  head = 0;
  fpga = 0;
  tdcChannel = 0;
  /** Filled in behind the faults of the counter, from {@link orbit}. */
  orbitCnt = 0;
  bxCounter = 0;
  tdcMeas = 0;
  /** Orbits since the first row, whole; the counter of the read-out is this and its value at the start. */
  orbit = 0;
  /** What a corrupt ORBIT_CNT is ahead of {@link orbit}, modulo 2^32. */
  orbitError = 0;
  /**
   * When it was measured, in orbits since the first row: what the times of faults are compared with. Of a row without a
   * time of its own, the largest of the rows before.
   */
  at = 0;
  /** When it leaves the read-out, in orbits since the first row: never falls from row to row. */
  leavesAt = 0;
  /** `fpga * 512 + channel` of a well-formed row with HEAD 2, else -1. */
  wire = -1;
  /** It stays among the others, so that what follows knows where it would have been, and is not written. */
  isLost = false;
  /** The row in its place: text without a line end, or the 8 bytes of a word. */
  bytes: Uint8Array | undefined;
  /** Why `bytes` are malformed, by the position of the kind; -1 = they are not. */
  malformedKind = -1;
  /** The row is no longer as it was read. */
  isChanged = false;
  /** Faults that made, changed or took it. */
  touchedBy: readonly FaultRecord[] = untouched;

  touch(record: FaultRecord): void {
    this.touchedBy = this.touchedBy === untouched ? [record] : [...this.touchedBy, record];
    this.isChanged = true;
  }

  /** Makes it as good as new, to be used again; all other fields are filled in for every row. */
  clear(): void {
    this.orbitError = 0;
    this.wire = -1;
    this.isLost = false;
    this.bytes = undefined;
    this.malformedKind = -1;
    this.isChanged = false;
    this.touchedBy = untouched;
  }

  /** A second row like this one, made by `record`. */
  copy(record: FaultRecord): FaultRow {
    const row = Object.assign(new FaultRow(), this);
    row.touchedBy = untouched;
    row.touch(record);
    return row;
  }
}

const untouched: readonly FaultRecord[] = [];
/** More rows are never on their way, but while a step of the counter holds them back. */
const pooledMax = 64;

/** Rows that are done with, to be used again: a new one costs as much as simulating it. */
export class RowPool {
  readonly #rows: FaultRow[] = [];

  acquire(): FaultRow {
    const row = this.#rows.pop();
    row?.clear();
    return row ?? new FaultRow();
  }

  release(row: FaultRow): void {
    if (this.#rows.length < pooledMax) this.#rows.push(row);
  }
}

/** Gives rows one after the other. */
export interface RowStage {
  /** The next row; undefined = none now, and none any more when the input has ended. */
  next(): FaultRow | undefined;
}

/** Makes a stage of a function that sees every row once, in order. */
export function eachRow(before: RowStage, change: (row: FaultRow) => void): RowStage {
  return {
    next: () => {
      const row = before.next();
      if (row !== undefined && !row.isLost) change(row);
      return row;
    },
  };
}

/** Makes a stage of a function that may give a second row behind each. */
export function afterRow(before: RowStage, second: (row: FaultRow) => FaultRow | undefined): RowStage {
  let waiting: FaultRow | undefined;
  return {
    next: () => {
      const row = waiting ?? before.next();
      waiting = row === undefined || row === waiting || row.isLost ? undefined : second(row);
      return row;
    },
  };
}
