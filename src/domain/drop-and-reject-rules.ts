import { type Decimals, isWholeBelow } from './decimal.js';
import { type HitField, hitFields, hitHead, hitLimits } from './hit.js';
import { isSignedOrbit } from './text-reading.js';

/** Whether the six numbers of a row, in the order of `hitFields`, are those of a hit: rule 3 of docs/semantics.md. */
export function isHitHead(fields: Decimals): boolean {
  return isWholeBelow(fields, 0, hitHead + 1) && fields.whole[0] === hitHead;
}

/** The first field of a hit that breaks rule 4 of docs/semantics.md, as its place in `hitFields`; -1 when none does. */
export function fieldOutOfRange(fields: Decimals): number {
  if (!isWholeBelow(fields, 1, hitLimits.FPGA)) return 1;
  if (!isWholeBelow(fields, 2, hitLimits.TDC_CHANNEL)) return 2;
  if (!isWholeBelow(fields, 3, hitLimits.ORBIT_CNT)) return 3;
  if (!isWholeBelow(fields, 4, hitLimits.BX_COUNTER)) return 4;
  return fields.negative[5] === 1 || fields.whole[5] >= hitLimits.TDC_MEAS ? 5 : -1;
}

/**
 * Whether a row would be a hit if its orbit, printed as a signed 32-bit number, were read as what it stands for. Not where
 * it is -1, which most often stands for a value that is missing: a counter shows it once in 2^32 orbits.
 */
export function lacksOnlySignedOrbit(fields: Decimals): boolean {
  return (
    isHitHead(fields) &&
    isSignedOrbit(fields, 3) &&
    fields.whole[3] > 1 &&
    isWholeBelow(fields, 1, hitLimits.FPGA) &&
    isWholeBelow(fields, 2, hitLimits.TDC_CHANNEL) &&
    isWholeBelow(fields, 4, hitLimits.BX_COUNTER) &&
    fields.negative[5] === 0 &&
    fields.whole[5] < hitLimits.TDC_MEAS
  );
}

/** Rule 4 for a field, in words. */
export function rangeRule(field: HitField): string {
  if (field === 'HEAD') return 'must be a whole number';
  if (field === 'TDC_MEAS') return `must be at least 0 and below ${hitLimits.TDC_MEAS}`;
  return `must be a whole number from 0 to ${hitLimits[field] - 1}`;
}

/** Name of the field at a place in `hitFields`. */
export function fieldName(place: number): HitField {
  return hitFields[place] ?? hitFields[0];
}
