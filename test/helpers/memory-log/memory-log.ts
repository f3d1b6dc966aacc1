import { randomUUID } from 'node:crypto';
import { DtstreamError } from '../../../src/errors.js';
import {
  type CommittedOffset,
  type GroupMember,
  type GroupOptions,
  type GroupState,
  type LogReader,
  type LogWriter,
  type OutgoingBatch,
  type PartitionState,
  type ReadFrom,
  type ResumePoint,
  type TopicSpec,
  type TopicState,
  type Transport,
} from '../../../src/transport/transport.js';
import { MemoryReader } from './memory-log-reader.js';
import { MemoryMember } from './memory-member.js';

/** Records as they were appended; none where offsets are taken by what is no record, such as a marker. */
interface Stored extends OutgoingBatch {
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly timestampMs: number;
}

interface Partition {
  first: number;
  /** Where readers stop, and the next offset: what is between waits for a transaction. */
  end: number;
  next: number;
  readonly stored: Stored[];
}

interface Topic {
  readonly id: string;
  readonly partitions: Partition[];
}

/** Who has a lane. */
export interface MemoryLease {
  epoch: number;
  owner: MemoryMember | undefined;
}

/**
 * A log in memory that passes the transport's contract, and to which everything may happen that happens to a log:
 * records deleted at any offset, partitions added, a topic made anew, transactions left open, commits written by
 * somebody else.
 */
export class MemoryLog implements Transport {
  readonly name = 'log in memory';
  readonly topicsByName = new Map<string, Topic>();
  /** What groups have committed, by `<group> <topic>`. */
  readonly committed = new Map<string, Map<number, CommittedOffset>>();
  readonly leases = new Map<string, MemoryLease>();
  readonly members = new Set<MemoryMember>();
  readonly #resume = new Map<string, ResumePoint>();
  readonly #waiting = new Set<() => void>();

  /** Another handle on the same log. */
  another(): Transport {
    return this;
  }

  // What happens to a log.

  /** Deletes the records of a partition before an offset. */
  deleteBefore(topic: string, partition: number, offset: number): void {
    const found = this.partition(topic, partition);
    found.first = Math.max(found.first, Math.min(offset, found.end));
    while (found.stored.length > 0 && found.stored[0].nextOffset <= found.first) found.stored.shift();
    this.wake();
  }

  addPartitions(topic: string, partitions: number): void {
    const found = this.topic(topic);
    while (found.partitions.length < partitions) found.partitions.push(emptyPartition());
    for (const member of this.members) member.topicHasGrown(topic);
    this.wake();
  }

  /** Deletes a topic and makes it anew, empty. What groups have committed stays. */
  remake(topic: string): void {
    const { length } = this.topic(topic).partitions;
    this.topicsByName.set(topic, { id: randomUUID(), partitions: Array.from({ length }, emptyPartition) });
    this.wake();
  }

  /** Takes offsets of a partition for what is no record. */
  skip(topic: string, partition: number, offsets: number): void {
    this.append(topic, [{ partition, headers: {}, values: new Uint8Array(0), valueEnds: new Uint32Array(0) }], offsets);
  }

  /** Appends in a transaction that stays open until {@link decide}: nothing after it is read before that. */
  appendUndecided(topic: string, batch: OutgoingBatch): void {
    this.#store(this.partition(topic, batch.partition), batch, 0);
  }

  /** Ends what was appended undecided to a partition, with the marker that this takes. */
  decide(topic: string, partition: number): void {
    const found = this.partition(topic, partition);
    found.end = found.next;
    this.skip(topic, partition, 1);
  }

  append(topic: string, batches: readonly OutgoingBatch[], skipped = 0): void {
    for (const batch of batches) {
      const partition = this.partition(topic, batch.partition);
      const isBehind = partition.end < partition.next;
      this.#store(partition, batch, skipped);
      if (!isBehind) partition.end = partition.next;
    }
    this.wake();
  }

  topic(name: string): Topic {
    const found = this.topicsByName.get(name);
    if (found !== undefined) return found;
    throw new DtstreamError('transport', `cannot open topic ${name}: it does not exist`, { retryable: true });
  }

  partition(topic: string, partition: number): Partition {
    return this.topic(topic).partitions[partition];
  }

  wake(): void {
    for (const waiting of [...this.#waiting]) waiting();
  }

  /** Resolves when something happens, after a time or on abort. */
  async changed(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted === true) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      timer = setTimeout(done, waitMs);
      this.#waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  // What the contract asks for.

  createTopics(specs: readonly TopicSpec[]): Promise<readonly TopicState[]> {
    for (const { topic, partitions } of specs) {
      if (this.topicsByName.has(topic)) continue;
      const made = Array.from({ length: partitions }, emptyPartition);
      this.topicsByName.set(topic, { id: randomUUID(), partitions: made });
    }
    return Promise.resolve(specs.map(({ topic }) => this.#stateOf(topic)));
  }

  topics(): Promise<readonly TopicState[]> {
    return Promise.resolve([...this.topicsByName.keys()].sort().map((topic) => this.#stateOf(topic)));
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    for (const name of names) this.topicsByName.delete(name);
    return Promise.resolve();
  }

  deleteNamed(prefix: string): Promise<void> {
    return this.deleteTopics([...this.topicsByName.keys()].filter((name) => name.startsWith(prefix)));
  }

  groups(names?: readonly string[]): Promise<readonly GroupState[]> {
    const states = [...this.committed].map(([key, committed]) => {
      const [group, topic] = key.split(' ');
      const alive = [...this.members].some((member) => member.options.group === group && member.held.size > 0);
      return { group, topic, committed: new Map(committed), alive };
    });
    return Promise.resolve(names === undefined ? states : states.filter(({ group }) => names.includes(group)));
  }

  openWriter(topic: string): Promise<LogWriter> {
    return Promise.resolve().then(() => {
      this.topic(topic);
      return {
        append: (batches: readonly OutgoingBatch[], ...points: readonly ResumePoint[]) => {
          this.append(topic, batches);
          for (const point of points) this.#resume.set(`${topic} ${point.input}`, point);
          return Promise.resolve();
        },
        resumePoint: (input: string) => Promise.resolve(this.#resume.get(`${topic} ${input}`)),
        peekResumePoint: (input: string) => Promise.resolve(this.#resume.get(`${topic} ${input}`)),
        close: () => Promise.resolve(),
      };
    });
  }

  openReader(topic: string, from: ReadFrom, partitions?: readonly number[]): Promise<LogReader> {
    return Promise.resolve().then(() => {
      const own = partitions ?? [...this.topic(topic).partitions.keys()];
      return new MemoryReader(
        this,
        topic,
        new Map(own.map((partition) => [partition, this.#startOf(topic, partition, from)])),
      );
    });
  }

  joinGroup(options: GroupOptions): Promise<GroupMember> {
    return Promise.resolve().then(() => {
      this.topic(options.topic);
      const member = new MemoryMember(this, options);
      if (options.reset) member.reset();
      this.members.add(member);
      return member;
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  boundsOf(topic: string, partitions: readonly number[]): PartitionState[] {
    return partitions.map((partition) => {
      const { first, end, next } = this.partition(topic, partition);
      return { partition, first, end, ...(next > end && { undecided: next - end }) };
    });
  }

  #store(partition: Partition, batch: OutgoingBatch, skipped: number): void {
    const firstOffset = partition.next;
    partition.next += batch.valueEnds.length + skipped;
    const { values, valueEnds } = batch;
    const copies = { values: values.slice(), valueEnds: valueEnds.slice() };
    partition.stored.push({ ...batch, ...copies, firstOffset, nextOffset: partition.next, timestampMs: Date.now() });
  }

  #stateOf(topic: string): TopicState {
    const { id, partitions } = this.topic(topic);
    const bytes = partitions.flatMap(({ stored }) => stored).reduce((sum, { values }) => sum + values.length, 0);
    return { topic, id, bytes, partitions: this.boundsOf(topic, [...partitions.keys()]) };
  }

  #startOf(topic: string, partition: number, from: ReadFrom): number {
    const { first, end, stored } = this.partition(topic, partition);
    if (from === 'earliest') return first;
    if (from === 'latest') return end;
    if ('timeMs' in from) {
      return Math.max(first, stored.find(({ timestampMs }) => timestampMs >= from.timeMs)?.firstOffset ?? end);
    }
    const offset = from.get(partition) ?? first;
    if (offset <= end) return offset;
    throw new DtstreamError('transport', `cannot read ${topic}/${partition} from offset ${offset}, beyond its end`);
  }
}

function emptyPartition(): Partition {
  return { first: 0, end: 0, next: 0, stored: [] };
}
