import { decodeCheckpoint } from '../../pipeline/consume/lane-checkpoint.js';
import { DtstreamError } from '../../errors.js';
import type { CommittedOffset, GroupState, PartitionState, TopicState } from '../../transport/transport.js';

/** Contents of a log, as `dtstream topics --json` prints them. */
export interface TopicsReport {
  readonly log: string;
  readonly topics: readonly {
    readonly topic: string;
    readonly bytes: number;
    /** Messages held, of all partitions; in Kafka their offsets, with those that ends of transactions take. */
    readonly messages: number;
    readonly partitions: readonly (PartitionState & { readonly messages: number })[];
  }[];
  readonly groups: readonly GroupReport[];
}

interface GroupReport {
  readonly group: string;
  readonly topic: string;
  /** Whether a process works for the group now. */
  readonly alive: boolean;
  readonly lag: number;
  /** Messages that were deleted before the group read them. */
  readonly lost: number;
  readonly partitions: readonly GroupPartition[];
}

interface GroupPartition {
  readonly partition: number;
  /** First offset still needed, and the one that is read next; null before the first commit. */
  readonly committed: number | null;
  readonly read: number | null;
  readonly end: number;
  /** Unread messages; those of them that wait for a transaction; messages deleted unread. */
  readonly lag: number;
  readonly waiting: number;
  readonly lost: number;
}

/** Brings topics and groups together. A group that has committed nothing lags by all that is held. */
export function topicsReport(log: string, topics: readonly TopicState[], groups: readonly GroupState[]): TopicsReport {
  return {
    log,
    topics: topics.map(({ topic, partitions, bytes }) => {
      const held = partitions.map((state) => ({ ...state, messages: state.end - state.first }));
      return { topic, bytes, messages: total(held.map(({ messages }) => messages)), partitions: held };
    }),
    groups: groups.map((group) =>
      groupReport(group, topics.find(({ topic }) => topic === group.topic)?.partitions ?? []),
    ),
  };
}

/** How far a group is in its topic, whose ends are `bounds`. */
export function groupReport(group: GroupState, bounds: readonly PartitionState[]): GroupReport {
  const partitions = bounds.map((state) => groupPartition(group, state));
  const { group: name, topic, alive } = group;
  const sums = { lag: total(partitions.map(({ lag }) => lag)), lost: total(partitions.map(({ lost }) => lost)) };
  return { group: name, topic, alive, ...sums, partitions };
}

function groupPartition(
  { committed }: GroupState,
  { partition, first, end, undecided: waiting = 0 }: PartitionState,
): GroupPartition {
  const commit = committed.get(partition);
  if (commit === undefined) {
    return { partition, committed: null, read: null, end, lag: end + waiting - first, waiting, lost: 0 };
  }
  const { read, lost } = readState(partition, commit);
  const lag = Math.max(0, end + waiting - Math.max(first, read));
  return { partition, committed: commit.offset, read, end, lag, waiting, lost: lost + Math.max(0, first - read) };
}

/** Where the group reads on, from the metadata of its commit; another program's commit says only its offset. */
function readState(partition: number, commit: CommittedOffset): { readonly read: number; readonly lost: number } {
  const unknown = { read: commit.offset, lost: 0 };
  try {
    return decodeCheckpoint(new Map([[partition, commit]]))?.lane.partitions.get(partition) ?? unknown;
  } catch (error) {
    if (!(error instanceof DtstreamError)) throw error;
    return unknown;
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
