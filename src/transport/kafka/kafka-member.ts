import type { GroupMember, GroupOptions, LaneLease, LogReader } from '../transport.js';
import { Gate } from './gate.js';
import { GroupMembership } from './group-membership.js';
import { KafkaLane } from './kafka-lane.js';
import type { KafkaLink } from './kafka-link.js';
import type { ResolvedKafkaOptions } from './kafka-options.js';

/** A member of a group: works on the lanes that the group assigns to it. */
export class KafkaMember implements GroupMember {
  readonly #context: KafkaMemberContext;
  readonly #membership: GroupMembership;
  readonly #held = new Map<number, KafkaLane>();
  readonly #changed = new Gate();
  readonly #closing = new AbortController();

  constructor(context: KafkaMemberContext) {
    this.#context = context;
    const { group, topic, lanes } = context.group;
    this.#membership = new GroupMembership(
      {
        group,
        topic,
        lanes,
        laneCount: Math.min(lanes, context.partitions.length),
        partitionsOf: (lane) => this.#partitionsOf(lane),
        held: () => [...this.#held.keys()],
        onAssigned: (assigned) => this.#onAssigned(assigned),
      },
      context.options,
    );
  }

  get isStandby(): boolean {
    return this.#membership.hasJoined && this.#membership.assigned.length === 0;
  }

  async nextLane(signal: AbortSignal): Promise<LaneLease | undefined> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    while (!stop.aborted) {
      await this.#membership.settled(stop);
      const lane = this.#membership.assigned.find((assigned) => !this.#held.has(assigned));
      // Who takes a lane fences its owner, so it must not be one that the group has already forgotten.
      if (lane === undefined || stop.aborted || !(await this.#membership.confirm())) {
        await this.#changed.wait({ waitMs: lookEveryMs, signal: stop });
        continue;
      }
      const taken = await KafkaLane.take(
        {
          options: this.#context.options,
          group: this.#context.group,
          membership: this.#membership,
          openReader: this.#context.openReader,
          onEnd: (ended, why) => this.#onEnd(ended, why),
        },
        { lane, partitions: this.#partitionsOf(lane) },
      );
      this.#held.set(lane, taken);
      if (this.#membership.assigned.includes(lane) && !stop.aborted) return taken;
      if (stop.aborted) await taken.release();
      else taken.lose(this.#membership.lossOfUnassigned);
    }
    return undefined;
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#context.onClose();
    for (const lane of [...this.#held.values()]) await lane.release();
    await this.#membership.close();
    const { memberId } = this.#membership.identity;
    const { group } = this.#context.group;
    if (memberId === '') return;
    // A group that forgot us, or a broker that is away, needs no word of it.
    await this.#context.link
      .retrying(
        `leave group ${group}`,
        async (link) => (await link.coordinator('group', group)).leaveGroup({ groupId: group, memberId }),
        { limitMs: leaveWaitMs, graceMs: 0 },
      )
      .catch(() => undefined);
  }

  #onAssigned(assigned: readonly number[]): void {
    const why = this.#membership.lossOfUnassigned;
    for (const [lane, held] of this.#held) if (!assigned.includes(lane)) held.lose(why);
    this.#changed.open();
  }

  #onEnd(lane: number, why: 'released' | 'lost'): void {
    this.#held.delete(lane);
    if (why === 'released' && !this.#closing.signal.aborted) this.#membership.release(lane);
    this.#changed.open();
  }

  #partitionsOf(lane: number): readonly number[] {
    return this.#context.partitions.filter((partition) => partition % this.#context.group.lanes === lane);
  }
}

export interface KafkaMemberContext {
  /** For short requests. */
  readonly link: KafkaLink;
  readonly options: ResolvedKafkaOptions;
  readonly group: GroupOptions;
  /** Partitions of the group's topic. */
  readonly partitions: readonly number[];
  readonly openReader: (from: ReadonlyMap<number, number>) => Promise<LogReader>;
  readonly onClose: () => void;
}

const lookEveryMs = 200;
const leaveWaitMs = 2000;
