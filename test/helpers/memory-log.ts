import { randomUUID } from 'node:crypto';
import { DtstreamError } from '../../src/errors.js';
import {
  type CommittedOffset,
  type GroupMember,
  type GroupOptions,
  type GroupState,
  holeBatch,
  type LaneLease,
  type LaneTransaction,
  type LogReader,
  type LogWriter,
  type OutgoingBatch,
  type PartitionState,
  type ReadFrom,
  type ReadOptions,
  type RecordBatch,
  type ResumePoint,
  type TopicSpec,
  type TopicState,
  type Transport,
} from '../../src/transport/transport.js';

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

interface Lease {
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
  readonly leases = new Map<string, Lease>();
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
        append: (batches: readonly OutgoingBatch[], resume?: ResumePoint) => {
          this.append(topic, batches);
          if (resume !== undefined) this.#resume.set(`${topic} ${resume.input}`, resume);
          return Promise.resolve();
        },
        resumePoint: (input: string) => Promise.resolve(this.#resume.get(`${topic} ${input}`)),
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

class MemoryReader implements LogReader {
  lostRecords = 0;
  readonly #log: MemoryLog;
  readonly #topic: string;
  readonly #positions: Map<number, number>;
  readonly #paused = new Set<number>();
  #isClosed = false;

  constructor(log: MemoryLog, topic: string, starts: Map<number, number>) {
    this.#log = log;
    this.#topic = topic;
    this.#positions = starts;
  }

  async read({ bytesMax, waitMs, signal }: ReadOptions): Promise<readonly RecordBatch[]> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      if (this.#isClosed || signal?.aborted === true) return [];
      const batches = this.#take(bytesMax);
      const leftMs = deadlineMs - performance.now();
      if (batches.length > 0 || leftMs <= 0) return batches;
      await this.#log.changed(leftMs, signal);
    }
  }

  pause(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.add(partition);
  }

  resume(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.delete(partition);
    this.#log.wake();
  }

  positions(): ReadonlyMap<number, number> {
    return new Map(this.#positions);
  }

  bounds(): Promise<readonly PartitionState[]> {
    return Promise.resolve(this.#log.boundsOf(this.#topic, [...this.#positions.keys()]));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#log.wake();
    return Promise.resolve();
  }

  #take(bytesMax: number): RecordBatch[] {
    const batches: RecordBatch[] = [];
    let bytes = 0;
    for (const [partition, position] of this.#positions) {
      for (let at = position; !this.#paused.has(partition) && (batches.length === 0 || bytes < bytesMax);) {
        const batch = this.#batchAt(partition, at);
        if (batch === undefined) break;
        bytes += batch.values.length;
        batches.push(batch);
        at = batch.nextOffset;
        this.#positions.set(partition, at);
      }
    }
    return batches;
  }

  #batchAt(partition: number, position: number): RecordBatch | undefined {
    const { first, end, stored } = this.#log.partition(this.#topic, partition);
    if (position < first) {
      this.lostRecords += first - position;
      return holeBatch(partition, position, first);
    }
    const found = stored.find(({ nextOffset }) => nextOffset > position);
    if (position >= end || found === undefined) return undefined;
    const skipped = Math.max(0, Math.min(found.valueEnds.length, position - found.firstOffset));
    const from = skipped === 0 ? 0 : found.valueEnds[skipped - 1];
    const { headers, nextOffset, timestampMs, keys } = found;
    return {
      ...{ partition, headers, nextOffset, timestampMs, firstOffset: Math.max(position, found.firstOffset) },
      values: found.values.slice(from),
      valueEnds: found.valueEnds.subarray(skipped).map((valueEnd) => valueEnd - from),
      ...(keys && { keys: keys.slice(skipped) }),
    };
  }
}

class MemoryMember implements GroupMember {
  readonly isStandby = true;
  readonly held = new Map<number, { readonly lost: AbortController; readonly grown: AbortController }>();
  readonly #closing = new AbortController();

  constructor(
    readonly log: MemoryLog,
    readonly options: GroupOptions,
  ) {}

  async nextLane(signal: AbortSignal): Promise<LaneLease | undefined> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    while (!stop.aborted) {
      for (let lane = 0; lane < this.options.lanes; lane++) {
        const lease = this.#leaseOf(lane);
        if (lease.owner === undefined && this.#partitionsOf(lane).length > 0) return this.#take(lane, lease);
      }
      await this.log.changed(50, stop);
    }
    return undefined;
  }

  close(): Promise<void> {
    this.#closing.abort();
    for (const lane of [...this.held.keys()]) this.release(lane);
    this.log.members.delete(this);
    this.log.wake();
    return Promise.resolve();
  }

  reset(): void {
    const { group, topic } = this.options;
    for (const member of this.log.members) {
      if (member.options.group === group && member.held.size > 0) {
        throw new DtstreamError('transport', `cannot reset group ${group}: it must have no member`);
      }
    }
    this.log.committed.delete(`${group} ${topic}`);
  }

  release(lane: number): void {
    const lease = this.#leaseOf(lane);
    if (lease.owner === this) lease.owner = undefined;
    this.held.delete(lane);
    this.log.wake();
  }

  topicHasGrown(topic: string): void {
    if (topic !== this.options.topic) return;
    for (const { grown } of this.held.values()) grown.abort();
  }

  #take(lane: number, lease: Lease): LaneLease {
    const { group, topic } = this.options;
    const epoch = ++lease.epoch;
    lease.owner = this;
    const ends = { lost: new AbortController(), grown: new AbortController() };
    this.held.set(lane, ends);
    const partitions = this.#partitionsOf(lane);
    const { id, partitions: all } = this.log.topic(topic);
    const committed = this.log.committed.get(`${group} ${topic}`) ?? new Map<number, CommittedOffset>();
    return {
      lane,
      partitions,
      committed: new Map([...committed].filter(([partition]) => partitions.includes(partition))),
      ...{ lost: ends.lost.signal, grown: ends.grown.signal, topic: { id, partitions: all.length } },
      openReader: (from) => this.log.openReader(topic, from, partitions),
      commit: (transaction) => Promise.resolve().then(() => this.#commit(lane, { epoch, id }, transaction)),
      release: () => Promise.resolve().then(() => this.release(lane)),
    };
  }

  #commit(lane: number, taken: { readonly epoch: number; readonly id: string }, transaction: LaneTransaction): void {
    const { group, topic, results, rejected } = this.options;
    const lease = this.#leaseOf(lane);
    if (lease.owner !== this || lease.epoch !== taken.epoch) {
      this.held.get(lane)?.lost.abort();
      throw new DtstreamError('fenced', `cannot commit lane ${lane} of group ${group}: another member has taken it`);
    }
    if (this.log.topic(topic).id !== taken.id) {
      throw new DtstreamError('transport', `cannot continue with ${topic}: it was deleted and recreated`);
    }
    this.log.append(results, transaction.results);
    this.log.append(rejected, transaction.rejected);
    const key = `${group} ${topic}`;
    this.log.committed.set(key, new Map([...(this.log.committed.get(key) ?? []), ...transaction.offsets]));
  }

  #leaseOf(lane: number): Lease {
    const key = `${this.options.group} ${lane}/${this.options.lanes}`;
    const lease = this.log.leases.get(key) ?? { epoch: 0, owner: undefined };
    this.log.leases.set(key, lease);
    return lease;
  }

  #partitionsOf(lane: number): number[] {
    const { topic, lanes } = this.options;
    return [...this.log.topic(topic).partitions.keys()].filter((partition) => partition % lanes === lane);
  }
}

function emptyPartition(): Partition {
  return { first: 0, end: 0, next: 0, stored: [] };
}
