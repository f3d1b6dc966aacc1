import { DtstreamError } from '../../../errors.js';
import type { LaneLoss } from '../../lane-loss.js';
import {
  type CommittedOffset,
  type GroupOptions,
  type LaneLease,
  type LaneTransaction,
  type LogReader,
  topicMadeAnew,
} from '../../transport.js';
import { appendRecords } from '../writing/append-records.js';
import type { GroupMembership } from './group-membership.js';
import { errorType, kafkaError, protocolError, throwOnCode } from '../client/kafka-error.js';
import { BrokerClient, type RetryLimits } from '../client/broker-client.js';
import type { ResolvedKafkaOptions } from '../client/kafka-options.js';
import { lookAtTopic } from '../topics/look-at-topic.js';
import {
  offsetFetchRequest,
  type ProducerIdentity,
  initProducerIdRequest,
  txnOffsetCommitRequest,
} from '../protocol/requests.js';
import type { KnownTopic } from '../protocol/topic-request.js';

/** What a lane needs of the member that has it. */
export interface KafkaLaneContext {
  readonly options: ResolvedKafkaOptions;
  readonly group: GroupOptions;
  readonly membership: GroupMembership;
  readonly openReader: (from: ReadonlyMap<number, number>) => Promise<LogReader>;
  /** Called repeatedly with the number of partitions of the group's topic. */
  readonly onPartitions: (partitions: number) => void;
  /** How many partitions the topic had when it was last looked at. */
  readonly partitions: () => number;
  /** `grown` = it is wanted back, with more partitions. */
  readonly onEnd: (lane: number, why: 'released' | 'lost' | 'grown') => void;
}

/** A transaction that takes longer is undone by the broker; where it allows less, less is asked for. */
const transactionTimeoutsMs = [60_000, 30_000, 10_000, 5000] as const;
/** How long giving a lane back waits for its last results to be seen. */
const settleWaitMs = 2000;

/**
 * A lane with its transactional id. Taking it raises the id's epoch, which ends what the owner before had begun and refuses
 * all that it sends from then on; only then its offsets are read.
 *
 * ```
 *  take:    InitProducerId ─► OffsetFetch (stable)
 *  commit:  AddPartitionsToTxn ─► Produce results, rejected ─► AddOffsetsToTxn ─► TxnOffsetCommit ─► EndTxn
 *  release: InitProducerId, once the markers of the last EndTxn are written
 * ```
 */
export class KafkaLane implements LaneLease {
  readonly lane: number;
  readonly partitions: readonly number[];
  readonly committed: ReadonlyMap<number, CommittedOffset>;
  readonly topic: LaneLease['topic'];
  readonly rejectedBytesMax?: number;
  readonly #context: KafkaLaneContext;
  readonly #client: BrokerClient;
  readonly #transactionalId: string;
  readonly #producer: ProducerIdentity;
  readonly #sequences = new Map<string, number>();
  readonly #lost = new AbortController();
  readonly #grown = new AbortController();
  #isEnded = false;

  static async acquire(
    context: KafkaLaneContext,
    { lane, partitions }: { readonly lane: number; readonly partitions: readonly number[] },
  ): Promise<KafkaLane> {
    const { group, topic, rejected } = context.group;
    const client = new BrokerClient(context.options);
    try {
      const producer = await fenceLane(client, group, lane);
      const known = await lookAt(client, context.group);
      const all = await committedOffsets(client, group, { settled: true });
      const own = all.filter((offset) => offset.topic === topic && partitions.includes(offset.partition));
      const committed = new Map(own.map(({ partition, offset, metadata }) => [partition, { offset, metadata }]));
      const settings = await client.retrying(`look at ${rejected}`, () => client.topicSettings(rejected));
      const rejectedBytesMax = settings.batchBytesMax;
      return new KafkaLane(context, client, { lane, partitions, producer, committed, known, rejectedBytesMax });
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  private constructor(
    context: KafkaLaneContext,
    client: BrokerClient,
    taken: {
      readonly lane: number;
      readonly partitions: readonly number[];
      readonly producer: ProducerIdentity;
      readonly committed: ReadonlyMap<number, CommittedOffset>;
      readonly known: KnownTopic | undefined;
      readonly rejectedBytesMax: number | undefined;
    },
  ) {
    this.#context = context;
    this.#client = client;
    this.lane = taken.lane;
    this.partitions = taken.partitions;
    this.committed = taken.committed;
    const { id, partitions = context.partitions() } = taken.known ?? {};
    this.topic = { ...(id !== undefined && { id }), partitions };
    if (taken.rejectedBytesMax !== undefined) this.rejectedBytesMax = taken.rejectedBytesMax;
    this.#producer = taken.producer;
    this.#transactionalId = transactionalIdOf(context.group.group, taken.lane);
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get grown(): AbortSignal {
    return this.#grown.signal;
  }

  /** The topic has got partitions of this lane. */
  grow(): void {
    this.#grown.abort();
  }

  openReader(from: ReadonlyMap<number, number>): Promise<LogReader> {
    return this.#context.openReader(from);
  }

  async commit(transaction: LaneTransaction): Promise<void> {
    const { membership, group } = this.#context;
    for (;;) {
      if (this.#isEnded) throw this.#fenced('it was given back or lost');
      try {
        // After all that was read for it, so that nothing of another topic of the same name can be in it.
        await this.#checkTopic();
        await this.#commitOnce(transaction);
        return;
      } catch (error) {
        const type = errorType(error) ?? '';
        if (fencingTypes.has(type)) {
          this.lose('taken');
          throw this.#fenced('another member has taken it', error);
        }
        if (this.lost.aborted) throw this.#fenced('another member has taken it', error);
        const tried = `commit lane ${this.lane} of group ${group.group}`;
        if (!regroupTypes.has(type)) {
          // Where this fails the next owner, or the broker's timeout, undoes what was begun.
          await this.#abort().catch(() => undefined);
          throw kafkaError(tried, error);
        }
        await this.#abort();
        // The group has a new generation: with its lanes as they are now this lane may still be ours.
        await membership.confirm();
        await membership.settled(this.lost);
        if (!membership.assigned.includes(this.lane)) this.lose(membership.lossOfUnassigned);
      }
    }
  }

  async release(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#settle();
    this.#context.onEnd(this.lane, this.grown.aborted ? 'grown' : 'released');
    await this.#client.close();
  }

  /** The lane has another owner, or soon will. */
  lose(why: LaneLoss): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#context.onEnd(this.lane, 'lost');
    this.#lost.abort(why);
    void this.#client.close();
  }

  /** @throws DtstreamError `transport` when the topic is not the one any more that the lane was taken with */
  async #checkTopic(): Promise<void> {
    const { group, onPartitions } = this.#context;
    const known = await lookAt(this.#client, group, this.lost);
    if (known === undefined) return;
    if (this.topic.id !== undefined && known.id !== this.topic.id) {
      throw new DtstreamError('transport', `cannot continue with group ${group.group}: ${topicMadeAnew(group.topic)}`);
    }
    onPartitions(known.partitions);
  }

  async #commitOnce({ results, rejected, offsets }: LaneTransaction): Promise<void> {
    const { group, topic, results: resultTopic, rejected: rejectedTopic } = this.#context.group;
    const id = { transactionalId: this.#transactionalId };
    const producer = { producerId: String(this.#producer.producerId), producerEpoch: this.#producer.epoch };
    const appends = [
      { topic: resultTopic, batches: results },
      { topic: rejectedTopic, batches: rejected },
    ].filter(({ batches }) => batches.length > 0);
    if (appends.length > 0) {
      const topics = appends.map((append) => ({
        topic: append.topic,
        partitions: [...new Set(append.batches.map(({ partition }) => partition))],
      }));
      const written = topics.map((append) => append.topic).join(' and ');
      await this.#step(
        (coordinator) => coordinator.addPartitionsToTxn({ ...id, ...producer, topics }),
        `write ${written} for lane ${this.lane} of group ${group}`,
      );
    }
    for (const append of appends) {
      await appendRecords(this.#client, append.topic, append.batches, {
        ...id,
        producer: this.#producer,
        sequences: this.#sequences,
        acks: -1,
        compression: this.#context.options.compression,
        signal: this.lost,
      });
    }
    await this.#step((coordinator) => coordinator.addOffsetsToTxn({ ...id, ...producer, groupId: group }));
    await this.#commitOffsets(topic, offsets);
    await this.#step((coordinator) => coordinator.endTxn({ ...id, ...producer, transactionResult: true }));
  }

  async #commitOffsets(topic: string, offsets: ReadonlyMap<number, CommittedOffset>): Promise<void> {
    const { group, membership } = { group: this.#context.group.group, membership: this.#context.membership };
    await this.#client.retrying(
      `commit offsets of group ${group}`,
      async (client) => {
        const request = txnOffsetCommitRequest({
          transactionalId: this.#transactionalId,
          group,
          producer: this.#producer,
          member: membership.identity,
          topic,
          offsets: [...offsets].map(([partition, committed]) => ({ partition, ...committed })),
        });
        for (const code of await client.send(await client.coordinator('group', group), request)) throwOnCode(code);
      },
      { signal: this.lost },
    );
  }

  #step(
    ask: (coordinator: Awaited<ReturnType<BrokerClient['coordinator']>>) => Promise<unknown>,
    tried = `commit lane ${this.lane} of group ${this.#context.group.group}`,
  ): Promise<unknown> {
    return this.#client.retrying(
      tried,
      async (client) => ask(await client.coordinator('transaction', this.#transactionalId)),
      { signal: this.lost },
    );
  }

  /**
   * Waits until readers see what was committed: the coordinator says yes to EndTxn before its markers are in the topics,
   * and takes the next InitProducerId after that. Named with our epoch, it can't fence an owner that came after us.
   */
  async #settle(): Promise<void> {
    if (this.#sequences.size === 0) return;
    // The transaction is committed either way; a broker that is down shows it when it returns.
    await initProducer(this.#client, this.#transactionalId, {
      tried: `give lane ${this.lane} back`,
      current: this.#producer,
      limits: { limitMs: settleWaitMs, graceMs: 0 },
    }).catch(() => undefined);
  }

  /** Undoes what was begun. */
  async #abort(): Promise<void> {
    const { producerId, epoch } = this.#producer;
    const transactionalId = this.#transactionalId;
    await this.#step((coordinator) =>
      coordinator.endTxn({
        transactionalId,
        producerId: String(producerId),
        producerEpoch: epoch,
        transactionResult: false,
      }),
    );
  }

  #fenced(why: string, cause?: unknown): DtstreamError {
    const message = `cannot commit lane ${this.lane} of group ${this.#context.group.group}: ${why}`;
    return new DtstreamError('fenced', message, { cause });
  }
}

/** Another owner has raised the epoch of the transactional id. */
const fencingTypes: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/** The members of the group have changed. */
const regroupTypes: ReadonlySet<string> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'TRANSACTION_ABORTABLE',
]);

function lookAt(
  client: BrokerClient,
  { group, topic }: GroupOptions,
  signal?: AbortSignal,
): Promise<KnownTopic | undefined> {
  return client.retrying(
    `look at topic ${topic}`,
    async () => lookAtTopic(client, await client.coordinator('group', group), topic),
    signal && { signal },
  );
}

function transactionalIdOf(group: string, lane: number): string {
  return `${group}-lane-${lane}`;
}

/** Ends what an owner of the lane has begun, and refuses what it sends from now on. */
export function fenceLane(client: BrokerClient, group: string, lane: number): Promise<ProducerIdentity> {
  return initProducer(client, transactionalIdOf(group, lane), { tried: `take lane ${lane} of group ${group}` });
}

/** A new epoch of a transactional id, once its transactions are over; refused where `current` is no longer its identity. */
function initProducer(
  client: BrokerClient,
  transactionalId: string,
  {
    tried,
    current,
    limits = {},
  }: { readonly tried: string; readonly current?: ProducerIdentity; readonly limits?: RetryLimits },
): Promise<ProducerIdentity> {
  return client.retrying(
    tried,
    async () => {
      const broker = await client.coordinator('transaction', transactionalId);
      for (const [index, transactionTimeoutMs] of transactionTimeoutsMs.entries()) {
        const request = initProducerIdRequest({ transactionalId, transactionTimeoutMs, current });
        const { errorCode, producerId, epoch } = await client.send(broker, request);
        if (errorCode === invalidTransactionTimeout && index + 1 < transactionTimeoutsMs.length) continue;
        throwOnCode(errorCode);
        return { producerId, epoch };
      }
      throw protocolError(invalidTransactionTimeout);
    },
    limits,
  );
}

/** Error code: the broker allows only shorter transactions. */
const invalidTransactionTimeout = 50;

const noOffset = -1;

/**
 * What a group has committed, of all topics.
 *
 * @param settled waits for transactions that are just being decided
 */
export async function committedOffsets(
  client: BrokerClient,
  group: string,
  { settled }: { readonly settled: boolean },
): Promise<readonly { topic: string; partition: number; offset: number; metadata: string }[]> {
  const offsets = await client.retrying(`read what group ${group} has committed`, async () => {
    const found = await client.send(await client.coordinator('group', group), offsetFetchRequest(group, { settled }));
    const failed = [found, ...found.offsets].find(({ errorCode }) => errorCode !== 0);
    if (failed !== undefined) throw protocolError(failed.errorCode);
    return found.offsets;
  });
  // -1 stands for none; admin tools also commit what stands for the first or the last offset.
  return offsets.filter(({ offset }) => offset !== noOffset);
}
