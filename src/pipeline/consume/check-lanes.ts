import { geometryName } from './geometry-hash.js';
import { DtstreamError } from '../../errors.js';
import { type CommittedOffset, topicMadeAnew } from '../../transport/transport.js';
import { type LaneMark, laneMarkOf } from './lane-checkpoint.js';

/**
 * Open hits belong to the lane that carries them: another number of lanes would distribute them differently, so they
 * must be published first.
 *
 * @param committed what the group has committed, or the part of it that one lane takes
 * @throws DtstreamError `usage` when hits are open from another number of lanes
 */
export function checkLanes(
  { group, lanes }: { readonly group: string; readonly lanes: number },
  committed: ReadonlyMap<number, CommittedOffset>,
): void {
  for (const [partition, offset] of committed) {
    const before = laneMarkOf(partition, offset);
    if (before.lanes === undefined || before.lanes === lanes || before.carried === 0) continue;
    throw new DtstreamError(
      'usage',
      `cannot continue with group ${group} with --lanes ${lanes}: it has hits open from --lanes ${before.lanes}, which must ` +
        `be published first: process --until-end --lanes ${before.lanes} (or start over with --reset)`,
    );
  }
}

/**
 * Hits that were counted with another geometry would be added up with those of this one.
 *
 * @param geometry hash of the one that is used now
 * @param committed what the group has committed, or the part of it that one lane takes
 * @throws DtstreamError `usage` when the group counts with another geometry
 */
export function checkGeometry(
  { group, geometry }: { readonly group: string; readonly geometry: string },
  committed: ReadonlyMap<number, CommittedOffset>,
): void {
  const before = otherGeometry(geometry, committed);
  if (before === undefined) return;
  throw new DtstreamError(
    'usage',
    `cannot continue with group ${group} with ${geometryName(geometry)}: it counts with ${geometryName(before)}; ` +
      'use its configuration or another --group, or start over with --reset',
  );
}

/**
 * A group that has counted with `--lateness all` has counted each of its orbits for good, by its raw counter: later rows
 * would belong to orbits that are published, and rows before it to another time line.
 *
 * @param lateness orbits; Infinity = all, in any order
 * @param committed what the group has committed, or the part of it that one lane takes
 * @throws DtstreamError `usage` when the group counts in the other way
 */
export function checkLateness(
  { group, lateness }: { readonly group: string; readonly lateness: number },
  committed: ReadonlyMap<number, CommittedOffset>,
): void {
  for (const [partition, offset] of committed) {
    const { isWhole } = laneMarkOf(partition, offset);
    if (isWhole === (lateness === Infinity)) continue;
    const what = isWhole
      ? 'without --lateness all: it has counted its rows with it, once and for all'
      : 'with --lateness all: it has counted rows in the order of time before';
    throw new DtstreamError(
      'usage',
      `cannot continue with group ${group} ${what}; use another --group, or start over with --reset`,
    );
  }
}

/** The hash of a geometry other than this one that a group has counted with. */
export function otherGeometry(geometry: string, committed: ReadonlyMap<number, CommittedOffset>): string | undefined {
  return [...committed]
    .map(([partition, offset]) => laneMarkOf(partition, offset).geometry)
    .find((before) => before !== undefined && before !== geometry);
}

/**
 * The commits of a lane are made together, for one topic: if some of them were missing, or were from another topic of the
 * same name, rows would be read twice or never.
 *
 * @param topic as it is now, with all its partitions or those that one lane takes
 * @param committed what the group has committed of them
 * @throws DtstreamError `transport` when the topic was recreated, or a commit of a partition is gone
 */
export function checkWhole(
  { group, lanes, topic: name }: { readonly group: string; readonly lanes: number; readonly topic: string },
  topic: { readonly id?: string; readonly partitions: readonly number[] },
  committed: ReadonlyMap<number, CommittedOffset>,
): void {
  const marks = [...committed].map(([partition, offset]) => ({ partition, ...laneMarkOf(partition, offset) }));
  if (topic.id !== undefined && marks.some(({ topicId }) => topicId !== undefined && topicId !== topic.id)) {
    throw new DtstreamError('transport', `cannot continue with group ${group}: ${topicMadeAnew(name)}`);
  }
  const gone = missingCommit(marks, { lanes, partitions: topic.partitions });
  if (gone === undefined) return;
  throw new DtstreamError(
    'transport',
    `cannot continue with group ${group}: ${commitGone(gone)} (--reset starts over)`,
  );
}

/**
 * A store or a topic that was put back to an earlier state would be read from the wrong place for good.
 *
 * @param read offset up to which the group has read, by partition
 * @throws DtstreamError `transport` when a partition ends before
 */
export function checkHeld(
  group: string,
  read: ReadonlyMap<number, number>,
  partitions: readonly { readonly partition: number; readonly end: number }[],
): void {
  for (const { partition, end } of partitions) {
    const until = read.get(partition) ?? 0;
    if (until <= end) continue;
    throw new DtstreamError(
      'transport',
      `cannot continue with group ${group}: it has read partition ${partition} up to offset ${until}, ` +
        `which must not be beyond its end, got ${end} (--reset starts over)`,
    );
  }
}

/** Why the commits of a group are not whole. */
export function commitGone(partition: number): string {
  return (
    `a lane must have a commit for each of its partitions, that of partition ${partition} is gone: ` +
    'another program has deleted it'
  );
}

/**
 * A partition whose commit is gone: one that a lane had when it committed the others. Those that were added since have
 * none yet, and a lane that has published nothing has none at all.
 */
export function missingCommit(
  marks: readonly (LaneMark & { readonly partition: number })[],
  now: { readonly lanes: number; readonly partitions: readonly number[] },
): number | undefined {
  const committed = new Set(marks.map(({ partition }) => partition));
  const highest = Math.max(-1, ...committed);
  for (const partition of now.partitions) {
    if (committed.has(partition)) continue;
    const isOfLane = ({
      partition: other,
      lanes = now.lanes,
      partitions = highest + 1,
    }: (typeof marks)[number]): boolean => partition < partitions && other % lanes === partition % lanes;
    if (marks.some(isOfLane)) return partition;
  }
  return undefined;
}
