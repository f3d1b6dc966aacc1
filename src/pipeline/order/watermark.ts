import { slotEnd, slotOf } from '../../domain/slot.js';
import type { Run } from '../../domain/timeline.js';

/** How far a partition lets the watermark of its lane rise. */
export interface PartitionReach {
  /** Whether it holds the watermark back: it has unread rows, or was not idle for long enough. */
  readonly holds: boolean;
  /** Largest orbit among the rows taken, -Infinity before the first. */
  readonly orbitMax: number;
}

/**
 * The orbit up to which all orbits of a lane are closed: the smallest limit of the partitions that hold back; when none
 * does, that of the one furthest ahead. A partition closes what is older than `lateness` orbits before its largest one,
 * and the runs before that of its largest one. Slots are closed whole.
 *
 * @param watermark as it was: it never falls
 * @param lateness orbits that hits may come late by without being late hits
 */
export function nextWatermark(
  watermark: number,
  partitions: Iterable<PartitionReach>,
  { runs, lateness }: { readonly runs: readonly Run[]; readonly lateness: number },
): number {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const { holds, orbitMax } of partitions) {
    const run = runs.findLast(({ baseOrbit }) => baseOrbit <= orbitMax);
    const limit = Math.max(orbitMax - lateness, run === undefined ? -Infinity : run.baseOrbit - 1);
    if (holds) lowest = Math.min(lowest, limit);
    highest = Math.max(highest, limit);
  }
  const limit = lowest === Infinity ? highest : lowest;
  return Math.max(watermark, slotEnd(slotOf(limit + 1) - 1));
}
