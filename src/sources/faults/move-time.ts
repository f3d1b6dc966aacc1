import type { ClockUnits } from '../../domain/geometry.js';
import { eachRow, type FaultRow, type RowStage } from './fault-row.js';
import { type StageFault, isIn } from './stage-fault.js';

/** Rows whose times are wrong by the same amount. */
export interface TimeShift {
  /** Entry 1 for each wire that is late, 4096 entries. */
  readonly wires: Uint8Array;
  /** How much later, in TDC counts; a fraction is the share of the rows that are a count later still. */
  readonly counts: number;
  /** How much later in whole orbits, besides. */
  readonly orbits: number;
}

/**
 * Faults that move rows in time: t0, trigger-late, clock-slip, orbit-slip. The order of the rows stays.
 *
 * A time of whole counts stands for any time of its count. So a shift by 14.4 counts is one by 15 for 40 % of the rows,
 * at random, exactly as if the time had been moved before it was counted.
 */
export function moveTime(before: RowStage, fault: StageFault, shift: TimeShift): RowStage {
  const { window, record, random, clock } = fault;
  const whole = Math.floor(shift.counts);
  const part = shift.counts - whole;
  return eachRow(before, (row) => {
    if (row.wire < 0 || shift.wires[row.wire] === 0 || !isIn(window, row.at)) return;
    row.orbit += shift.orbits;
    moveCounts(row, whole + (part > 0 && random.chance(part) ? 1 : 0), clock);
    row.touch(record);
  });
}

/** Moves a row by whole TDC counts, across the ends of its orbit as well. One past the end of an orbit has no time. */
export function moveCounts(row: FaultRow, counts: number, { orbitBx, bxTdcCounts }: ClockUnits): void {
  if (counts === 0 || row.bxCounter >= orbitBx) return;
  const moved = row.bxCounter * bxTdcCounts + row.tdcMeas + counts;
  const orbits = Math.floor(moved / (orbitBx * bxTdcCounts));
  const inOrbit = moved - orbits * orbitBx * bxTdcCounts;
  row.orbit += orbits;
  row.bxCounter = Math.floor(inOrbit / bxTdcCounts);
  row.tdcMeas = inOrbit - row.bxCounter * bxTdcCounts;
}
