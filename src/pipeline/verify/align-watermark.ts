import { counterSpan, type Run, type Timeline } from '../../domain/timeline.js';
import type { LaneState } from '../order/lane-order.js';

/** Where a recount stands. */
export interface RecountClocks {
  readonly timeline: Timeline;
  /** Largest orbit accepted, by partition; -Infinity without one. */
  readonly orbitMax: ReadonlyMap<number, number>;
}

/**
 * The watermark of a lane on the time line of a recount. Both count the same orbits from another origin where the
 * recount began in the middle, or where partitions came to a new run in another order: runs then lie apart by a
 * multiple of 2^32, which the largest orbit of any partition of the run tells.
 */
export function alignWatermark(lane: LaneState, recount: RecountClocks): number {
  const { watermark, runs } = lane;
  const run = runOf(runs, watermark + 1);
  if (watermark === 0 || run === undefined) return watermark;
  const pairs = [...lane.partitions]
    .map(([partition, { orbitMax }]) => ({ theirs: orbitMax, ours: recount.orbitMax.get(partition) ?? -Infinity }))
    .filter(({ theirs, ours }) => Number.isFinite(theirs) && Number.isFinite(ours));
  const inRun = pairs.find(({ theirs }) => runOf(runs, theirs) === run);
  // Rounded, because the recount may have begun after the largest orbit.
  if (inRun !== undefined) return watermark - Math.round((inRun.theirs - inRun.ours) / counterSpan) * counterSpan;
  // No partition has stopped in the run of the watermark: its beginning tells, counted in runs from another partition's.
  const [other] = pairs;
  if (other === undefined) return watermark;
  const theirIndex = runOf(runs, other.theirs)?.index ?? run.index;
  const ourIndex = runOf(recount.timeline.runs, other.ours)?.index ?? theirIndex;
  const ours = recount.timeline.run(run.index - theirIndex + ourIndex);
  return watermark - run.baseOrbit + (ours ?? run).baseOrbit;
}

function runOf(runs: readonly Run[], orbit: number): Run | undefined {
  return runs.findLast(({ baseOrbit }) => baseOrbit <= orbit);
}
