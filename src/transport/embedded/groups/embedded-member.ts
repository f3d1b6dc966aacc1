import { randomUUID } from 'node:crypto';
import { DtstreamError } from '../../../errors.js';
import type { GroupMember, GroupOptions, LaneLease } from '../../transport.js';
import {
  forgetCommitted,
  leasesOf,
  ownerState,
  readCommitted,
  readLease,
  writeLease,
  type Lease,
} from './group-store.js';
import { Heartbeat, isRecentlySeen, heartbeatMs } from './heartbeat.js';
import { EmbeddedLane, type LaneContext } from './embedded-lane.js';
import { ownIdentity } from '../door/process-identity.js';
import type { WriteView } from '../store/store-env.js';

/** How often a member that waits looks whether an owner is gone. */
const lookEveryMs = 200;

/** A member of a group: it takes lanes that are free, or whose owner is gone or silent. */
export class EmbeddedMember implements GroupMember {
  /** The store itself is the group: only other members are waited for. */
  readonly isStandby = true;
  readonly #context: LaneContext;
  readonly #options: GroupOptions;
  readonly #member = randomUUID();
  readonly #heartbeat: Heartbeat;
  readonly #held = new Map<number, EmbeddedLane>();
  readonly #closing = new AbortController();
  /** Epochs of owners that were silent once, and when: a process that only slept gets time for a heartbeat. */
  readonly #silentSince = new Map<number, { epoch: number; atMs: number }>();

  constructor(context: LaneContext, options: GroupOptions) {
    this.#context = context;
    this.#options = options;
    if (options.reset) this.#reset();
    this.#heartbeat = new Heartbeat(context.membersDir, this.#member, () => this.#checkHeld());
  }

  async nextLane(signal: AbortSignal): Promise<LaneLease | undefined> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    while (!stop.aborted) {
      const lane = this.#takeFreeLane();
      if (lane) return lane;
      await this.#context.notifier.wait(this.#context.wakeName, lookEveryMs, stop);
    }
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    try {
      for (const lane of [...this.#held.values()]) await lane.release();
    } finally {
      this.#heartbeat.close();
      this.#context.release();
    }
  }

  #reset(): void {
    const { group, topic } = this.#options;
    this.#context.env.write((view) => {
      for (const { lane, lease } of leasesOf(view, group)) {
        if (lease.owner && ownerState(lease.owner, this.#isRecentlySeen) === 'alive') {
          throw new DtstreamError(
            'transport',
            `cannot reset group ${group}: it must have no member, but process ${lease.owner.process.pid} owns lane ${lane}`,
          );
        }
        writeLease(view, group, lane, { ...lease, epoch: lease.epoch + 1, owner: null });
      }
      forgetCommitted(view, group, topic);
    });
  }

  #takeFreeLane(): EmbeddedLane | undefined {
    for (let lane = 0; lane < this.#options.lanes; lane++) {
      if (this.#held.has(lane) || this.#partitionsOf(lane).length === 0) continue;
      const lease = this.#context.env.read((view) => readLease(view, this.#options.group, lane));
      if (!this.#mayTake(lane, lease)) continue;
      const taken = this.#take(lane, lease);
      if (taken) return taken;
    }
    return undefined;
  }

  #mayTake(lane: number, lease: Lease | undefined): boolean {
    if (!lease?.owner) return true;
    const state = ownerState(lease.owner, this.#isRecentlySeen);
    if (state === 'gone') return true;
    if (state === 'alive') {
      this.#silentSince.delete(lane);
      return false;
    }
    const silent = this.#silentSince.get(lane);
    if (silent?.epoch === lease.epoch) return performance.now() - silent.atMs >= heartbeatMs;
    this.#silentSince.set(lane, { epoch: lease.epoch, atMs: performance.now() });
    return false;
  }

  /** Takes a lane as it was seen; undefined when another process was faster. */
  #take(lane: number, seen: Lease | undefined): EmbeddedLane | undefined {
    const { group, topic, lanes } = this.#options;
    const { env } = this.#context;
    const taken = env.write((view) => {
      const now = readLease(view, group, lane);
      if (now?.epoch !== seen?.epoch || now?.owner?.member !== seen?.owner?.member) return undefined;
      this.#fenceOtherShape(view);
      const epoch = (now?.epoch ?? 0) + 1;
      writeLease(view, group, lane, { epoch, topic, lanes, owner: { member: this.#member, process: ownIdentity() } });
      return { epoch, committed: readCommitted(view, group, topic) };
    });
    if (!taken) return undefined;
    const own = this.#partitionsOf(lane);
    const held = new EmbeddedLane(this.#context, this.#options, {
      lane,
      epoch: taken.epoch,
      partitions: own,
      committed: new Map([...taken.committed].filter(([partition]) => own.includes(partition))),
      onEnd: () => this.#held.delete(lane),
    });
    this.#held.set(lane, held);
    return held;
  }

  /**
   * Lanes of another number or topic cover the same partitions differently: while one of them is alive this member must
   * not work, and dead ones must never commit again.
   */
  #fenceOtherShape(view: WriteView): void {
    const { group, topic, lanes } = this.#options;
    for (const { lane, lease } of leasesOf(view, group)) {
      if (lease.lanes === lanes && lease.topic === topic) continue;
      if (lease.owner && ownerState(lease.owner, this.#isRecentlySeen) === 'alive') {
        throw new DtstreamError(
          'usage',
          `cannot join group ${group} with ${lanes} lanes on ${topic}: process ${lease.owner.process.pid} runs it with ` +
            `${lease.lanes} lanes on ${lease.topic}`,
        );
      }
      writeLease(view, group, lane, { epoch: lease.epoch + 1, topic, lanes, owner: null });
    }
  }

  #partitionsOf(lane: number): readonly number[] {
    return this.#context.partitions.filter((partition) => partition % this.#options.lanes === lane);
  }

  readonly #isRecentlySeen = (member: string): boolean => isRecentlySeen(this.#context.membersDir, member);

  #checkHeld(): void {
    for (const lane of this.#held.values()) lane.check();
  }
}
