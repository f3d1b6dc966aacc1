import { AsyncEvent } from '../../../async-event.js';
import type { GroupMember, GroupOptions, LaneLease, LogReader } from '../../transport.js';
import { GroupMembership } from './group-membership.js';
import { KafkaLane } from './kafka-lane.js';
import type { BrokerClient } from '../client/broker-client.js';
import type { ResolvedKafkaOptions } from '../client/kafka-options.js';
import { lookAtTopic } from '../topics/look-at-topic.js';

/** A member of a group: works on the lanes that the group assigns to it. */
export class KafkaMember implements GroupMember {
  readonly #context: KafkaMemberContext;
  readonly #membership: GroupMembership;
  readonly #held = new Map<number, KafkaLane>();
  readonly #changed = new AsyncEvent();
  readonly #closing = new AbortController();
  /** Partitions of the topic as it was last looked at: they are 0, 1, 2 and so on, and never get fewer. */
  #partitions: number;
  readonly #looking: NodeJS.Timeout;

  constructor(context: KafkaMemberContext) {
    this.#context = context;
    this.#partitions = context.partitions.length;
    const { group, topic, lanes } = context.group;
    this.#membership = new GroupMembership(
      {
        group,
        topic,
        lanes,
        laneCount: () => Math.min(lanes, this.#partitions),
        partitionsOf: (lane) => this.#partitionsOf(lane),
        held: () => [...this.#held.keys()],
        onAssigned: (assigned) => this.#onAssigned(assigned),
      },
      context.options,
    );
    this.#looking = setInterval(() => void this.#lookAtTopic(), context.options.topicLookMs).unref();
  }

  get isStandby(): boolean {
    return this.#membership.hasJoined && this.#membership.assigned.length === 0;
  }

  async nextLane(signal: AbortSignal): Promise<LaneLease | undefined> {
    const stop = AbortSignal.any([signal, this.#closing.signal]);
    while (!stop.aborted) {
      await this.#membership.settled(stop);
      const lane = this.#membership.assigned.find((assigned) => !this.#held.has(assigned));
      // Taking a lane fences its owner, so a member that the group has already forgotten must not do it.
      if (lane === undefined || stop.aborted || !(await this.#membership.confirm())) {
        await this.#changed.wait({ waitMs: lookEveryMs, signal: stop });
        continue;
      }
      const taken = await KafkaLane.acquire(
        {
          options: this.#context.options,
          group: this.#context.group,
          membership: this.#membership,
          openReader: this.#context.openReader,
          partitions: () => this.#partitions,
          onPartitions: (partitions) => this.#onPartitions(partitions),
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
    clearInterval(this.#looking);
    this.#context.onClose();
    for (const lane of [...this.#held.values()]) await lane.release();
    await this.#membership.close();
    const { memberId } = this.#membership.identity;
    const { group } = this.#context.group;
    if (memberId === '') return;
    // A group that forgot this member, or an unreachable broker, needs no notice.
    await this.#context.client
      .retrying(
        `leave group ${group}`,
        async (client) => (await client.coordinator('group', group)).leaveGroup({ groupId: group, memberId }),
        { limitMs: leaveWaitMs, graceMs: 0 },
      )
      .catch(() => undefined);
  }

  #onAssigned(assigned: readonly number[]): void {
    const why = this.#membership.lossOfUnassigned;
    for (const [lane, held] of this.#held) if (!assigned.includes(lane)) held.lose(why);
    this.#changed.notify();
    void this.#lookAtTopic();
  }

  /** Never rejects: a problem of the brokers shows at the next request that matters. */
  async #lookAtTopic(): Promise<void> {
    const { client, group } = this.#context;
    try {
      const known = await lookAtTopic(client, await client.coordinator('group', group.group), group.topic);
      if (known !== undefined) this.#onPartitions(known.partitions);
    } catch {
      // Looked at again before long.
    }
  }

  /** Lanes that have got partitions are given back and taken again, and the group shares out those that had none. */
  #onPartitions(partitions: number): void {
    if (partitions <= this.#partitions || this.#closing.signal.aborted) return;
    const before = this.#partitions;
    this.#partitions = partitions;
    const added = Array.from({ length: partitions - before }, (_, index) => before + index);
    this.#context.onGrown();
    for (const [lane, held] of this.#held) {
      if (added.some((partition) => partition % this.#context.group.lanes === lane)) held.grow();
    }
    this.#membership.rejoin();
  }

  #onEnd(lane: number, why: 'released' | 'lost' | 'grown'): void {
    this.#held.delete(lane);
    if (why === 'released' && !this.#closing.signal.aborted) this.#membership.release(lane);
    this.#changed.notify();
  }

  #partitionsOf(lane: number): readonly number[] {
    const all = Array.from({ length: this.#partitions }, (_, partition) => partition);
    return all.filter((partition) => partition % this.#context.group.lanes === lane);
  }
}

export interface KafkaMemberContext {
  /** For short requests. */
  readonly client: BrokerClient;
  readonly options: ResolvedKafkaOptions;
  readonly group: GroupOptions;
  /** Partitions of the group's topic when it was joined. */
  readonly partitions: readonly number[];
  readonly openReader: (from: ReadonlyMap<number, number>) => Promise<LogReader>;
  /** Called when the topic has got partitions: leaders must be looked up again. */
  readonly onGrown: () => void;
  readonly onClose: () => void;
}

const lookEveryMs = 200;
const leaveWaitMs = 2000;
