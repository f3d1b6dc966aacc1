import { chamberChannels } from '../domain/geometry.js';
import type { PhysicsPlan } from '../domain/physics-plan.js';
import { triggersMax } from '../domain/row-code.js';

/**
 * Counts of physics in one array of whole numbers, as the kernel has them (src/compute/kernel/plan.ts): those of the
 * detector, then a block for each chamber. Blocks of parts add up place by place.
 *
 * ```
 *  rows by trigger │ orbits multiple border · │ chamber 0: by channel … │ chamber 1 …
 * ```
 */
export const detectorAt = { rows: 0, orbits: triggersMax, multiple: triggersMax + 1, border: triggersMax + 2 } as const;
const detectorLength = triggersMax + 4;

/** Places in the block of a chamber. */
export const chamberAt = {
  activeOrbits: 0,
  single: chamberChannels,
  activeSlots: 2 * chamberChannels,
  gatedChannels: 3 * chamberChannels,
  gatedActive: 4 * chamberChannels,
  bursts: 5 * chamberChannels + 1,
  duplicates: 5 * chamberChannels + 2,
  untimed: 5 * chamberChannels + 3,
  gatedOrbits: 5 * chamberChannels + 4,
  matched: 5 * chamberChannels + 5,
  inTime: 5 * chamberChannels + 6,
  gatedHits: 5 * chamberChannels + 7,
  /** `under`, the bins, `over`. */
  drift: 5 * chamberChannels + 8,
} as const;

/** Numbers of a chamber's block. */
function chamberLength({ bins }: Pick<PhysicsPlan, 'bins'>): number {
  return chamberAt.drift + bins + 2;
}

/** Numbers of all. */
export function blockLength(plan: Pick<PhysicsPlan, 'bins' | 'chambers'>): number {
  return detectorLength + plan.chambers.length * chamberLength(plan);
}

/** The block of a chamber. */
export function chamberBlock(sums: Uint32Array, plan: Pick<PhysicsPlan, 'bins'>, chamber: number): Uint32Array {
  const start = detectorLength + chamber * chamberLength(plan);
  return sums.subarray(start, start + chamberLength(plan));
}
