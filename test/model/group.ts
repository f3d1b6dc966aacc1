import type { Row } from './classify.js';

/** A record of the topic: its rows, or none where an offset is taken by what is no record. */
export type ModelRecord = readonly Row[];

interface ModelPartition {
  readonly records: ModelRecord[];
  /** Offsets before are deleted. */
  first: number;
  /** Where a group begins that has committed nothing, and where it reads on. */
  start: number;
  read: number;
  /** Deleted before they were read, half open. */
  readonly lost: [number, number][];
}

/**
 * A topic and one group that reads it, as docs/semantics.md says of records that are deleted, of partitions that are
 * added and of a topic that is made anew: which records count, and which are lost. It keeps what was deleted, so that a
 * plain recount can be made of all that was read. What messages say of those records is the affair of `ModelLane`.
 */
export class ModelGroup {
  readonly partitions: ModelPartition[] = [];

  constructor(partitions: number) {
    this.addPartitions(partitions);
  }

  append(partition: number, records: readonly ModelRecord[]): void {
    this.partitions[partition].records.push(...records);
  }

  /** Records that are deleted and not read are lost once the group reads on. */
  deleteBefore(partition: number, offset: number): void {
    const found = this.partitions[partition];
    found.first = Math.max(found.first, Math.min(offset, found.records.length));
  }

  /** Up to so many; the group reads those that are added from their first record. */
  addPartitions(partitions: number): void {
    while (this.partitions.length < partitions) {
      this.partitions.push({ records: [], first: 0, start: 0, read: 0, lost: [] });
    }
  }

  /** The topic is deleted and made anew, empty: its group must begin anew, too. */
  remake(): void {
    const { length } = this.partitions;
    this.partitions.length = 0;
    this.addPartitions(length);
  }

  /** The group forgets all; what is deleted by now is none of its business. */
  reset(): void {
    for (const partition of this.partitions) {
      partition.start = partition.first;
      partition.read = partition.first;
      partition.lost.length = 0;
    }
  }

  /**
   * The group begins in partitions without a commit at what is there; in those that were added since its last commits, at
   * their first record.
   */
  begin(partitionsBefore: number, committed: ReadonlySet<number>): void {
    this.partitions.forEach((partition, number) => {
      if (committed.has(number)) return;
      partition.start = number < partitionsBefore ? partition.first : 0;
      partition.read = partition.start;
    });
  }

  /** The group has read a partition up to an offset while nothing was deleted. */
  readTo(partition: number, offset: number): void {
    const found = this.partitions[partition];
    const gone = Math.min(found.first, offset);
    if (gone > found.read) found.lost.push([found.read, gone]);
    found.read = offset;
  }

  /** Rows of all records that were read and not lost. */
  get counted(): Row[] {
    return this.partitions.flatMap(({ records, start, read, lost }) =>
      records
        .slice(start, read)
        .filter((_, index) => !lost.some(([from, to]) => start + index >= from && start + index < to))
        .flat(),
    );
  }

  /** Ranges that were lost, by partition, joined where they touch. */
  get lost(): Map<number, [number, number][]> {
    return new Map(
      [...this.partitions.entries()]
        .filter(([, { lost }]) => lost.length > 0)
        .map(([partition, { lost }]) => [partition, joined(lost)]),
    );
  }
}

/** Ranges in order as few that do not touch. */
export function joined(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const all: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = all.at(-1);
    if (last?.[1] === from) last[1] = to;
    else all.push([from, to]);
  }
  return all;
}
