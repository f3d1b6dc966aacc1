import { hitLimits } from '../../domain/hit.js';
import type { SourceFormat } from '../hit-source.js';
import type { Random } from './random.js';

/** Word types other than a hit's. */
const ancillaryHeads = [0, 1, 3, 4, 5, 6, 7] as const;
/** Largest BX_COUNTER that ancillary rows of real data carry. */
const ancillaryBxMax = 18_504;

/** A row as the simulator passes it on; the fields of domain's `Hit`, filled in again for every row. */
export interface RowFields {
  head: number;
  fpga: number;
  tdcChannel: number;
  orbitCnt: number;
  bxCounter: number;
  tdcMeas: number;
}

/**
 * Fills in everything of an ancillary row but its orbit: BX_COUNTER beyond the orbit's length, TDC_MEAS negative or with
 * decimals, as in real data.
 *
 * @param format in `words` the same row is cut to the ranges that a word can hold
 */
export function drawAncillary(row: RowFields, random: Random, format: SourceFormat): void {
  row.head = ancillaryHeads[random.below(ancillaryHeads.length)];
  row.fpga = random.below(2);
  row.tdcChannel = random.below(hitLimits.TDC_CHANNEL);
  row.bxCounter = random.below(random.chance(0.5) ? hitLimits.BX_COUNTER : ancillaryBxMax + 1);
  // Half counts from -9 to 31.5.
  row.tdcMeas = random.below(82) / 2 - 9;
  if (format === 'csv') return;
  row.bxCounter %= hitLimits.BX_COUNTER;
  row.tdcMeas = Math.floor(Math.abs(row.tdcMeas));
}

/** How many orbits ahead of the hits an ancillary row is: mostly near, at most `leadOrbits`. */
export function drawLeadOrbits(leadOrbits: number, random: Random): number {
  const far = random.uniform();
  return Math.floor((leadOrbits + 1) * far * far * far);
}
