import { hitLimits } from '../../domain/hit.js';
import { eachRow, type FaultRow, type RowStage } from './fault-row.js';
import type { StageFault } from './stage-fault.js';

/** Orbits by which the counter falls back when it begins again: far more than any disorder, 25 minutes. */
export const restartOrbits = 2 ** 24;

/** A step of the orbit counter. */
export interface CounterStep {
  /** Orbits by which it is ahead afterwards; negative: behind. */
  readonly orbits: number;
  /** Rows that come before the first row after the step. */
  readonly between?: RowStage;
}

/** What a stage at the border between two times needs to know. */
export interface BorderOptions {
  /** No row leaves so many orbits after it was measured. */
  readonly disorderOrbits: number;
  /** Whether the input has ended, so that no row is waited for. */
  readonly isAtEnd: () => boolean;
}

/**
 * Faults at a moment: orbit-gap, restart, stale-buffer. All rows of before come before those of after, as the read-out is
 * emptied before it goes on: rows of after wait until no row of before can come, `disorderOrbits` later.
 */
export function stepCounter(
  before: RowStage,
  { window, record }: StageFault,
  { orbits, between }: CounterStep,
  { disorderOrbits, isAtEnd }: BorderOptions,
): RowStage {
  /** Rows of after that wait; undefined = none waits any more. */
  let waiting: FaultRow[] | undefined = [];
  /** Waiting rows that may go. */
  let leaving: FaultRow[] = [];
  let left = 0;
  let isBetweenOver = between === undefined;
  let isSeen = false;

  const after = (row: FaultRow): FaultRow => {
    row.orbit += orbits;
    if (orbits !== 0) row.isChanged = true;
    if (!isSeen && between === undefined) row.touch(record);
    isSeen = true;
    return row;
  };
  const insert = (): FaultRow | undefined => {
    const row = between?.next();
    if (row === undefined) isBetweenOver = true;
    else row.touch(record);
    return row;
  };
  return {
    next: () => {
      for (;;) {
        if (waiting === undefined) {
          if (!isBetweenOver) {
            const row = insert();
            if (row !== undefined) return row;
          }
          if (left < leaving.length) return after(leaving[left++]);
          leaving = [];
          left = 0;
          const row = before.next();
          return row === undefined || row.at < window.from ? row : after(row);
        }
        const row = before.next();
        if (row === undefined && !isAtEnd()) return undefined;
        if (row !== undefined && row.at < window.from) return row;
        if (row !== undefined) waiting.push(row);
        if (row !== undefined && row.leavesAt < window.from + disorderOrbits + 1) continue;
        leaving = waiting;
        waiting = undefined;
        // An input that ended before the moment has nothing after it.
        if (leaving.length === 0) isBetweenOver = true;
      }
    },
  };
}

/** Fills in the counter of every row, of lost ones too, the same one that a read-out would show: 32 bits that wrap; `baseOf` is asked at the first row. */
export function fillCounter(before: RowStage, baseOf: () => number): RowStage {
  let base: number | undefined;
  return {
    next: () => {
      const row = before.next();
      if (row === undefined) return undefined;
      base ??= baseOf();
      row.orbitCnt = counterAt(base + row.orbit + row.orbitError);
      return row;
    },
  };
}

/** Notes the first row whose counter has wrapped. */
export function noteWrap(before: RowStage, { window, record }: StageFault): RowStage {
  let isSeen = false;
  return eachRow(before, (row) => {
    row.isChanged = true;
    if (isSeen || row.wire < 0 || row.at < window.from) return;
    isSeen = true;
    row.touch(record);
  });
}

/** The raw counter of any whole number of orbits, negative ones as well. */
export function counterAt(orbits: number): number {
  if (orbits >= 0 && orbits < hitLimits.ORBIT_CNT) return orbits;
  const counter = orbits % hitLimits.ORBIT_CNT;
  return counter < 0 ? counter + hitLimits.ORBIT_CNT : counter;
}
