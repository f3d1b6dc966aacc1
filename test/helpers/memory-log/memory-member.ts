import { DtstreamError } from '../../../src/errors.js';
import type {
  CommittedOffset,
  GroupMember,
  GroupOptions,
  LaneLease,
  LaneTransaction,
} from '../../../src/transport/transport.js';
import type { MemoryLease, MemoryLog } from './memory-log.js';

/** A member of a group of a log in memory: takes lanes that nobody has. */
export class MemoryMember implements GroupMember {
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

  #take(lane: number, lease: MemoryLease): LaneLease {
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

  #leaseOf(lane: number): MemoryLease {
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
