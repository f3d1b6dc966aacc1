import type { PhysicsPlan } from '../../domain/physics-plan.js';

/** A recounted histogram of drift times. */
export interface RecountedDrift {
  under: number;
  over: number;
  readonly counts: number[];
}

export function emptyDrift({ bins }: PhysicsPlan): RecountedDrift {
  return { under: 0, over: 0, counts: zeros(bins) };
}

/** Counts a drift time of a chamber. @param ticks after the reference; undefined = without a time */
export function addDrift(
  drift: RecountedDrift,
  ticks: number | undefined,
  { chambers, ticksBin, bins }: PhysicsPlan,
  chamber: number,
): void {
  const bin = ticks === undefined ? bins : Math.floor((ticks - chambers[chamber].tickFirst) / ticksBin);
  if (bin < 0) drift.under++;
  else if (bin >= bins) drift.over++;
  else drift.counts[bin]++;
}

export function zeros(length: number): number[] {
  return new Array<number>(length).fill(0);
}
