import { setTimeout as sleep } from 'node:timers/promises';
import { AsyncEvent } from '../../../async-event.js';
import { DtstreamError } from '../../../errors.js';
import type { LaneLoss } from '../../lane-loss.js';
import { strangerIn } from './group-stranger.js';
import { describeGroup } from '../topics/kafka-admin.js';
import { errorType } from '../client/kafka-error.js';
import { BrokerClient } from '../client/broker-client.js';
import type { ResolvedKafkaOptions } from '../client/kafka-options.js';
import { assignLanes } from './lane-assigner.js';
import { decodeAssignment, decodeClaim, encodeAssignment, encodeClaim, protocolName } from './member-protocol.js';
import type { MemberIdentity } from '../protocol/requests.js';

/** A member silent for this long counts as gone; brokers allow no shorter time by default. */
const sessionTimeoutMs = 6000;
/** How long the others may take to join again: they need no more than a heartbeat for it. */
const rebalanceTimeoutMs = 10_000;
const heartbeatMs = 500;
/** Time limit for finding the other members of a group, ms. */
const strangerMs = 2000;
/** What brokers say to a member that does not fit to the others. */
const strangerTypes: ReadonlySet<string> = new Set(['INCONSISTENT_GROUP_PROTOCOL', 'UNSUPPORTED_ASSIGNOR', 'UNKNOWN']);

/** What the group must be told of, and tells. */
export interface MembershipOptions {
  readonly group: string;
  readonly topic: string;
  readonly lanes: number;
  /** Lanes that have partitions, and those of each. */
  readonly laneCount: () => number;
  readonly partitionsOf: (lane: number) => readonly number[];
  /** Lanes that this member works on. */
  readonly held: () => readonly number[];
  /** Called when lanes were assigned, or all were lost. */
  readonly onAssigned: (lanes: readonly number[]) => void;
}

/**
 * Membership in a consumer group: joins, assigns lanes as leader, sends a heartbeat every half second, and joins again
 * when members come or go. The lanes that it keeps work meanwhile.
 *
 * ```
 *  join ─► (leader: assign) ─► sync ─► heartbeat … ─┬─ rebalance ─► join
 *                                                   └─ unknown member: all lanes lost ─► join as a new member
 * ```
 */
export class GroupMembership {
  readonly #options: MembershipOptions;
  readonly #client: BrokerClient;
  readonly #settled = new AsyncEvent();
  readonly #released = new Set<number>();
  #identity: MemberIdentity = { memberId: '', generation: -1 };
  #assigned: readonly number[] = [];
  #isSettled = false;
  #hasJoined = false;
  #lossOfUnassigned: LaneLoss = 'handed-over';
  #mustJoin = false;
  #failure: { readonly error: unknown } | undefined;
  readonly #running: Promise<void>;

  constructor(options: MembershipOptions, kafka: ResolvedKafkaOptions) {
    this.#options = options;
    // A join waits at the broker for the other members, so it has connections of its own.
    this.#client = new BrokerClient(kafka);
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#client.closed.aborted) this.#failure = { error };
      this.#lose();
      this.#settled.notify();
    });
  }

  /** Identity of this member at the coordinator, for commits. */
  get identity(): MemberIdentity {
    return this.#identity;
  }

  get assigned(): readonly number[] {
    return this.#assigned;
  }

  /** Whether the group has told us our lanes, be it none, since we came. */
  get hasJoined(): boolean {
    return this.#hasJoined;
  }

  /** Why a lane that is not {@link assigned} any more is lost. */
  get lossOfUnassigned(): LaneLoss {
    return this.#lossOfUnassigned;
  }

  /** Resolves when no join is under way. @throws what ended the membership */
  async settled(signal?: AbortSignal): Promise<void> {
    while (!this.#isSettled && !this.#client.closed.aborted && signal?.aborted !== true) {
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#settled.wait({ waitMs: 1000, signal });
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Asks the coordinator whether it still counts us as a member; if not, joins again. */
  async confirm(): Promise<boolean> {
    if (!this.#isSettled || this.#failure !== undefined) return false;
    return this.#beat();
  }

  /** Lets another member have a lane. */
  release(lane: number): void {
    this.#released.add(lane);
    this.#assigned = this.#assigned.filter((own) => own !== lane);
    this.#mustJoin = true;
  }

  /** Requests a new assignment of lanes: there are more than before. */
  rejoin(): void {
    this.#mustJoin = true;
  }

  /** Stops without notifying the group: the member of {@link identity} must still leave. */
  async close(): Promise<void> {
    const closed = this.#client.close();
    this.#settled.notify();
    await closed;
    await this.#running;
  }

  async #run(): Promise<void> {
    const { closed } = this.#client;
    while (!closed.aborted) {
      this.#isSettled = false;
      this.#mustJoin = false;
      if (await this.#join()) {
        this.#isSettled = true;
        this.#settled.notify();
        while (!this.#mustJoin && (await this.#beat())) {
          await sleep(heartbeatMs, undefined, { signal: closed }).catch(() => undefined);
          if (closed.aborted) return;
        }
      }
    }
  }

  /** Joins and learns its lanes; false when it must be tried again. */
  async #join(): Promise<boolean> {
    const { group, topic, lanes, held } = this.#options;
    try {
      await this.#client.retrying(`join group ${group}`, async (client) => {
        const broker = await client.coordinator('group', group);
        const metadata = encodeClaim({ topic, lanes, held: held(), released: [...this.#released] });
        const joined = await broker.joinGroup({
          groupId: group,
          sessionTimeout: sessionTimeoutMs,
          rebalanceTimeout: rebalanceTimeoutMs,
          memberId: this.#identity.memberId,
          protocolType: 'consumer',
          groupProtocols: [{ name: protocolName, metadata }],
        });
        const { memberId, generationId, leaderId, members } = joined;
        this.#identity = { memberId, generation: generationId };
        const groupAssignment = leaderId === memberId ? this.#assignAll(members) : [];
        const synced = await broker.syncGroup({ groupId: group, generationId, memberId, groupAssignment });
        const assignment = decodeAssignment(synced.memberAssignment);
        if (assignment.refused !== undefined) {
          const own = `${lanes} lanes on ${topic}`;
          throw new DtstreamError('usage', `cannot join group ${group} with ${own}: ${assignment.refused}`);
        }
        this.#assign(assignment.lanes);
      });
      return true;
    } catch (error) {
      if (this.#isStale(error)) return false;
      const stranger = await this.#strangerBehind(error);
      if (stranger === undefined) throw error;
      const advice = 'give process a group of its own (--group)';
      throw new DtstreamError('transport', `cannot join group ${group}: it is used by ${stranger}; ${advice}`, {
        cause: error,
      });
    }
  }

  /** Another program in the group, where that may be why the group does not take us. */
  async #strangerBehind(error: unknown): Promise<string | undefined> {
    if (!strangerTypes.has(errorType(error) ?? '')) return undefined;
    const { group } = this.#options;
    const looked = this.#client.retrying(
      `look at group ${group}`,
      async (client) => strangerIn(client, group, await describeGroup(client, group)),
      { limitMs: strangerMs, graceMs: strangerMs },
    );
    return looked.catch(() => undefined);
  }

  #assignAll(
    members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[],
  ): { memberId: string; memberAssignment: Buffer }[] {
    const { topic, partitionsOf, laneCount } = this.#options;
    const claims = members.map(({ memberId, memberMetadata }) => decodeClaim(memberId, memberMetadata));
    return [...assignLanes(claims, laneCount())].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: encodeAssignment(assignment, { topic, partitionsOf }),
    }));
  }

  /** Sends a heartbeat; false when the member must join again. */
  async #beat(): Promise<boolean> {
    const { group } = this.#options;
    const { memberId, generation } = this.#identity;
    try {
      await this.#client.retrying(`stay in group ${group}`, async (client) => {
        const broker = await client.coordinator('group', group);
        await broker.heartbeat({ groupId: group, groupGenerationId: generation, memberId });
      });
      return true;
    } catch (error) {
      // The answer to a question of an earlier membership says nothing of this one.
      if (this.#identity.memberId !== memberId || this.#identity.generation !== generation) return true;
      if (!this.#isStale(error)) throw error;
      this.#mustJoin = true;
      return false;
    }
  }

  /** Whether an error means that the group has rebalanced without this member, or is rebalancing now. */
  #isStale(error: unknown): boolean {
    const type = errorType(error);
    if (type === 'UNKNOWN_MEMBER_ID') {
      this.#identity = { memberId: '', generation: -1 };
      this.#lose();
      return true;
    }
    return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION';
  }

  #assign(lanes: readonly number[]): void {
    this.#assigned = lanes;
    this.#hasJoined = true;
    this.#lossOfUnassigned = 'handed-over';
    for (const lane of lanes) this.#released.delete(lane);
    this.#options.onAssigned(lanes);
  }

  #lose(): void {
    this.#assigned = [];
    this.#lossOfUnassigned = 'out-of-touch';
    this.#options.onAssigned([]);
  }
}
