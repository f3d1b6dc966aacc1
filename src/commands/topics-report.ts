import { decodeCheckpoint } from '../pipeline/consume/lane-commit.js';
import { DtstreamError } from '../errors.js';
import type { GroupState, PartitionState, TopicState } from '../transport/transport.js';

/** What is in a log, as `dtstream topics --json` prints it. */
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
  /** Whether somebody works for the group now. */
  readonly alive: boolean;
  readonly lag: number;
  readonly partitions: readonly GroupPartition[];
}

interface GroupPartition {
  readonly partition: number;
  /** First offset still needed, and the one that is read next; null before the first commit. */
  readonly committed: number | null;
  readonly read: number | null;
  readonly end: number;
  readonly lag: number;
}

/** Brings topics and groups together. A group that has committed nothing lags by all that is held. */
export function topicsReport(log: string, topics: readonly TopicState[], groups: readonly GroupState[]): TopicsReport {
  return {
    log,
    topics: topics.map(({ topic, partitions, bytes }) => {
      const held = partitions.map((state) => ({ ...state, messages: state.end - state.first }));
      return { topic, bytes, messages: total(held.map(({ messages }) => messages)), partitions: held };
    }),
    groups: groups.map((group) => {
      const bounds = topics.find(({ topic }) => topic === group.topic)?.partitions ?? [];
      const partitions = bounds.map((state) => groupPartition(group, state));
      const { group: name, topic, alive } = group;
      return { group: name, topic, alive, lag: total(partitions.map(({ lag }) => lag)), partitions };
    }),
  };
}

function groupPartition({ committed }: GroupState, { partition, first, end }: PartitionState): GroupPartition {
  const commit = committed.get(partition);
  if (commit === undefined) return { partition, committed: null, read: null, end, lag: end - first };
  const read = readOffset(partition, commit.offset, commit.metadata);
  return { partition, committed: commit.offset, read, end, lag: Math.max(0, end - Math.max(first, read)) };
}

/** Where the group reads on, from the metadata of its commit; another program's commit says only its offset. */
function readOffset(partition: number, offset: number, metadata: string): number {
  try {
    return (
      decodeCheckpoint(new Map([[partition, { offset, metadata }]]))?.lane.partitions.get(partition)?.read ?? offset
    );
  } catch (error) {
    if (!(error instanceof DtstreamError)) throw error;
    return offset;
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
