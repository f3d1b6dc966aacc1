import { moveCounts } from './move-time.js';
import { afterRow, type RowStage } from './fault-row.js';
import { type StageFault, isIn } from './stage-fault.js';

/** When the second row of a double trigger comes, in ns. */
const doubleNs = { min: 50, max: 500 };

/** A share of the hits and trigger rows comes twice, the second one right behind the first. */
export function duplicateRows(before: RowStage, fault: StageFault, share: number): RowStage {
  const { window, record, random } = fault;
  return afterRow(before, (row) => {
    if (row.wire < 0 || !isIn(window, row.at)) return undefined;
    return random.chance(share) ? row.copy(record) : undefined;
  });
}

/** A share of the trigger rows has a second one a little later, as when the scintillator's pulse has an echo. */
export function doubleTriggers(before: RowStage, fault: StageFault, triggers: Uint8Array, share: number): RowStage {
  const { window, record, random, clock } = fault;
  const countNs = clock.bxNs / clock.bxTdcCounts;
  return afterRow(before, (row) => {
    if (row.wire < 0 || triggers[row.wire] === 0 || !isIn(window, row.at)) return undefined;
    if (!random.chance(share)) return undefined;
    const second = row.copy(record);
    const ns = doubleNs.min + (doubleNs.max - doubleNs.min) * random.uniform();
    moveCounts(second, Math.round(ns / countNs), clock);
    return second;
  });
}
