import type { Random } from '../simulator/random.js';
import { eachRow, type RowStage } from './fault-row.js';
import { type StageFault, isIn } from './stage-fault.js';

/** Rows that are lost: those of wires, all of them or a share. */
export interface Loss {
  /** Entry 1 for each wire that loses rows, 4096 entries. */
  readonly wires: Uint8Array;
  /** Share of the rows that is left. */
  readonly share: number;
  /** A board that loses its ancillary rows as well. */
  readonly board?: number;
}

/** Faults that take rows away: dead, weak, lost-chamber, lost-fpga, trigger-lost. */
export function loseRows(before: RowStage, { window, record, random }: StageFault, loss: Loss): RowStage {
  const { wires, share, board = -1 } = loss;
  return eachRow(before, (row) => {
    if (!isIn(window, row.at)) return;
    const isMeant = row.wire >= 0 ? wires[row.wire] === 1 : row.bytes === undefined && row.fpga === board;
    if (!isMeant || isLeft(share, random)) return;
    row.isLost = true;
    row.touch(record);
  });
}

function isLeft(share: number, random: Random): boolean {
  return share > 0 && random.chance(share);
}
