import { z } from 'zod';
import { DtstreamError } from '../../errors.js';
import type { CommittedOffset } from '../../transport/transport.js';
import type { AssemblerState } from '../batch/message-assembler.js';
import type { LaneState, PartitionOrderState } from '../order/lane-order.js';

/** State that a lane needs to continue exactly where its last transaction left it. */
export interface LaneCheckpoint {
  readonly lane: LaneState;
  readonly publisher: AssemblerState;
  /** History that the lane's messages belong to; undefined in a commit from before there were any. */
  readonly history?: string | undefined;
  /** Whether its rows were counted with `--lateness all`. */
  readonly isWhole: boolean;
  /** Lanes of the group; undefined in older commits. */
  readonly lanes: number | undefined;
}

/** The parts of a commit other than the state of its lane. */
export interface CommitFrame {
  /** Lanes of the group. */
  readonly lanes: number;
  /** See {@link LaneMark}. */
  readonly topic: { readonly id?: string; readonly partitions: number };
  readonly history: string;
  /** See `geometryHash`. */
  readonly geometry: string;
  /** Orbits; Infinity = all, in any order. */
  readonly lateness: number;
}

/** The part of a partition's commit about its lane. */
export interface LaneMark {
  /** Lanes that the group had; undefined in a commit from before that was noted. */
  readonly lanes: number | undefined;
  /** Rows that the lane carried. */
  readonly carried: number;
  /** The topic that was read, and the partitions that it had; undefined where that was not known or noted. */
  readonly topicId: string | undefined;
  readonly partitions: number | undefined;
  /** Hash of the geometry that the group counts with; undefined in a commit from before that was noted. */
  readonly geometry: string | undefined;
  /** Whether the group has counted its rows with `--lateness all`. */
  readonly isWhole: boolean;
}

/** Version of the metadata; another one cannot be read. A key that older readers may ignore needs no new version. */
const version = 1;
/** Newest runs that are written: enough for rows that come from runs before. */
const runsKept = 16;
/** Anchors that are written, from C on; where there are more, rows that are read again find their place by the rules. */
const anchorsKept = 32;

const count = z.int().min(0);
const runSchema = z.tuple([count, z.int(), z.int(), z.int()]);
/** The metadata of one partition's offset C. The lane's part is the same in all partitions of one transaction. */
const metadataSchema = z.object({
  v: z.literal(version),
  /** R: next unread offset. */
  r: count,
  /** W: closed watermark. */
  w: z.int(),
  /** Last `msg_ID`, -1 before the first, and its `carried_out`. */
  id: z.int().min(-1),
  carried: count,
  /** Last slot with a row, on the time line; absent before the first, and in older commits. */
  lit: z.int().optional(),
  /** Lanes of the group; absent in older commits. */
  lanes: z.int().min(1).optional(),
  /** Id and partitions of the topic, and history of the messages; absent in older commits. */
  topic: z.string().optional(),
  parts: z.int().min(1).optional(),
  history: z.string().optional(),
  /** Hash of the geometry; absent in older commits. */
  geometry: z.string().optional(),
  /** Absent = in the order of time. */
  lateness: z.literal('all').optional(),
  /** Clock before the row at C: last accepted orbit (null before the first) and run; largest orbit up to R. */
  last: z.int().nullable(),
  run: count,
  max: z.int().nullable(),
  /** Records before R that were deleted before they were read; absent = none. */
  lost: count.optional(),
  /** Places that depended on where the lane stood: clock row from C, orbit, run. */
  anchors: z.array(z.tuple([count, z.int(), count])),
  /** Newest runs: index, floor, smallest and largest orbit. */
  runs: z.array(runSchema),
  /** Marks of those that one opened, by index; the newest one that the partition has come to; absent = none. */
  marks: z.array(z.tuple([count, z.string()])).optional(),
  mark: z.string().optional(),
});

/** The offsets to commit with a transaction, by partition. */
export function encodeCheckpoint(
  { lane, publisher }: Pick<LaneCheckpoint, 'lane' | 'publisher'>,
  { lanes, topic, history, geometry, lateness }: CommitFrame,
): Map<number, CommittedOffset> {
  const kept = lane.runs.slice(-runsKept);
  const runs = kept.map(({ index, baseOrbit, min, max }) => [index, baseOrbit, min, max]);
  const marks = kept.flatMap(({ index, mark }) => (mark === undefined ? [] : [[index, mark]]));
  const { nextMessageId, carried, lit } = publisher;
  const frame = { lanes, topic: topic.id, parts: topic.partitions, history, geometry };
  const shared = {
    v: version,
    w: lane.watermark,
    id: nextMessageId - 1,
    carried,
    ...(lit !== undefined && { lit }),
    ...frame,
    ...(lateness === Infinity && { lateness: 'all' }),
    runs,
    ...(marks.length > 0 && { marks }),
  };
  // Written once: there may be hundreds of partitions in each transaction.
  const sharedText = JSON.stringify(shared).slice(0, -1);
  return new Map(
    [...lane.partitions].map(([partition, { needed, read, clock, anchors: all, orbitMax, lost }]) => {
      const anchors = all.slice(0, anchorsKept).map(({ clockRow, orbit, run }) => [clockRow, orbit, run]);
      const max = orbitMax === -Infinity ? null : orbitMax;
      const own = {
        ...{ r: read, last: clock.last ?? null, run: clock.run, mark: clock.mark, max },
        ...(lost > 0 && { lost }),
        anchors,
      };
      return [partition, { offset: needed, metadata: `${sharedText},${JSON.stringify(own).slice(1)}` }];
    }),
  );
}

/**
 * What the offsets of a lane say, undefined when none is committed.
 *
 * @throws DtstreamError `transport` when a commit is not ours or of another version
 */
export function decodeCheckpoint(committed: ReadonlyMap<number, CommittedOffset>): LaneCheckpoint | undefined {
  const partitions = new Map<number, PartitionOrderState>();
  let newest: z.infer<typeof metadataSchema> | undefined;
  for (const [partition, { offset, metadata }] of committed) {
    const state = parseMetadata(partition, metadata);
    const clock = { last: state.last ?? undefined, run: state.run, mark: state.mark };
    const anchors = state.anchors.map(([clockRow, orbit, run]) => ({ clockRow, orbit, run }));
    const { r: read, lost = 0 } = state;
    partitions.set(partition, { needed: offset, read, clock, anchors, orbitMax: state.max ?? -Infinity, lost });
    if (newest === undefined || state.id > newest.id) newest = state;
  }
  if (newest === undefined) return undefined;
  const marks = new Map(newest.marks);
  const runs = newest.runs.map(([index, baseOrbit, min, max]) => {
    return { index, baseOrbit, min, max, mark: marks.get(index) };
  });
  return {
    lane: { watermark: newest.w, runs, partitions },
    publisher: { nextMessageId: newest.id + 1, closed: newest.w, carried: newest.carried, lit: newest.lit },
    history: newest.history,
    isWhole: newest.lateness === 'all',
    lanes: newest.lanes,
  };
}

/**
 * What the commit of a partition says of its lane.
 *
 * @throws DtstreamError `transport` when it is not ours or of another version
 */
export function laneMarkOf(partition: number, { metadata }: CommittedOffset): LaneMark {
  const { lanes, carried, topic, parts, geometry, lateness } = parseMetadata(partition, metadata);
  return { lanes, carried, topicId: topic, partitions: parts, geometry, isWhole: lateness === 'all' };
}

/** A commit that cannot be read: another program, an admin tool or a newer dtstream has made it. */
export class ForeignCommitError extends DtstreamError {
  constructor(partition: number, rule: string, cause: unknown) {
    super('transport', `cannot continue from the commit of partition ${partition}: ${rule}`, { cause });
  }
}

function parseMetadata(partition: number, metadata: string): z.infer<typeof metadataSchema> {
  const isOurs = metadata.startsWith(`{"v":`);
  try {
    return metadataSchema.parse(JSON.parse(metadata));
  } catch (error) {
    const got = metadata === '' ? 'none' : metadata.slice(0, 80);
    const rule = isOurs
      ? `its metadata must be of version ${version}, got ${got} (made by a newer dtstream)`
      : `it is not of dtstream (an admin tool or another program has set it), its metadata must be of version ${version}, got ${got}; --reset starts over`;
    throw new ForeignCommitError(partition, rule, error);
  }
}
