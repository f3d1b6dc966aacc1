import { hitLimits } from '../../domain/hit.js';
import { eachRow, type RowStage } from './fault-row.js';
import { type StageFault, isIn } from './stage-fault.js';

/** Where a wire goes that goes nowhere. */
export const noWire = -1;

/**
 * Faults of the cables: swap, shift. Rows are read out on other channels.
 *
 * @param wires the wire that each one becomes, itself where nothing is wrong, 4096 entries
 */
export function rewire(before: RowStage, { window, record }: StageFault, wires: Int16Array): RowStage {
  return eachRow(before, (row) => {
    if (row.wire < 0 || wires[row.wire] === row.wire || !isIn(window, row.at)) return;
    const wire = wires[row.wire];
    row.touch(record);
    if (wire === noWire) {
      row.isLost = true;
      return;
    }
    row.wire = wire;
    row.fpga = Math.floor(wire / hitLimits.TDC_CHANNEL);
    row.tdcChannel = wire % hitLimits.TDC_CHANNEL;
  });
}

/** Every wire is itself. */
export function straightWires(): Int16Array {
  return Int16Array.from({ length: hitLimits.FPGA * hitLimits.TDC_CHANNEL }, (_, wire) => wire);
}
