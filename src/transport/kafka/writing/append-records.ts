import type { Broker } from 'kafkajs/src/cluster/index.js';
import type { OutgoingBatch } from '../../transport.js';
import type { Compression } from './compression.js';
import { protocolError } from '../client/kafka-error.js';
import type { BrokerClient } from '../client/broker-client.js';
import { partitionBatches } from '../reading/partition-batches.js';
import type { UnacknowledgedMessages } from './unacknowledged.js';
import { loadCodec } from '../protocol/codecs.js';
import { encodeRecordBatch, type RecordRange } from '../protocol/record-batch-writer.js';
import { type ProducerIdentity, produceRequest } from '../protocol/requests.js';

/** The appending producer: with an identity, a batch that is sent again is stored once. */
export interface Appender {
  readonly transactionalId: string | null;
  readonly producer: ProducerIdentity | undefined;
  /** Next sequence number by `topic/partition`, moved on by {@link appendRecords}. */
  readonly sequences: Map<string, number>;
  /** Acknowledgements: from all, from the leader, or none; then the messages sent are counted here. */
  readonly acks: -1 | 1 | UnacknowledgedMessages;
  readonly compression: Compression;
  readonly signal?: AbortSignal;
}

interface PendingBatch {
  readonly partition: number;
  readonly count: number;
  readonly records: Uint8Array;
}

const timeoutMs = 20_000;
/** Error codes: the batch is there already from a try before. */
const duplicateSequence = 46;

/** Appends batches to a topic; resolves when the brokers have confirmed as `acks` asks, which may be not at all. */
export async function appendRecords(
  client: BrokerClient,
  topic: string,
  batches: readonly OutgoingBatch[],
  appender: Appender,
): Promise<void> {
  await loadCodec(appender.compression);
  const { batchBytesMax } = await client.retrying(`append to ${topic}`, () => client.topicSettings(topic));
  const lists = partitionBatches(topic, batches, batchBytesMax);
  const rounds = Math.max(0, ...[...lists.values()].map(({ length }) => length));
  for (let round = 0; round < rounds; round++) {
    const pending = new Map<number, PendingBatch>();
    for (const [partition, list] of lists) {
      if (round < list.length) pending.set(partition, encode(topic, partition, list[round], appender));
    }
    await client.retrying(
      `append to ${topic}`,
      () => sendRound(client, topic, pending, appender),
      appender.signal === undefined ? {} : { signal: appender.signal },
    );
  }
}

function encode(topic: string, partition: number, ranges: readonly RecordRange[], appender: Appender): PendingBatch {
  const key = `${topic}/${partition}`;
  const sequence = appender.sequences.get(key) ?? 0;
  const count = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  // Sequence numbers are 31 bits and go round.
  appender.sequences.set(key, (sequence + count) % 2 ** 31);
  const records = encodeRecordBatch(ranges, {
    compression: appender.compression,
    timestampMs: Date.now(),
    isTransactional: appender.transactionalId !== null,
    ...(appender.producer === undefined ? {} : { producer: { ...appender.producer, sequence } }),
  });
  return { partition, count, records };
}

/** Sends pending records to the leaders; confirmed records are no longer pending, even if another leader fails. */
async function sendRound(
  client: BrokerClient,
  topic: string,
  pending: Map<number, PendingBatch>,
  appender: Appender,
): Promise<void> {
  const leaders = await client.leaders(topic);
  const byNode = new Map<number, PendingBatch[]>();
  for (const batch of pending.values()) {
    const leader = leaders.get(batch.partition);
    if (leader === undefined) {
      throw new RangeError(`partition of ${topic} must be 0 to ${leaders.size - 1}, got ${batch.partition}`);
    }
    byNode.set(leader, [...(byNode.get(leader) ?? []), batch]);
  }
  const sent = [...byNode].map(async ([nodeId, own]) => {
    await sendTo(await client.broker(nodeId), { client, topic, own, pending, appender });
  });
  for (const result of await Promise.allSettled(sent)) if (result.status === 'rejected') throw result.reason;
}

async function sendTo(
  broker: Broker,
  round: {
    readonly client: BrokerClient;
    readonly topic: string;
    readonly own: readonly PendingBatch[];
    readonly pending: Map<number, PendingBatch>;
    readonly appender: Appender;
  },
): Promise<void> {
  const { client, topic, own, pending, appender } = round;
  const { transactionalId, acks } = appender;
  const topics = [{ topic, partitions: own }];
  const isConfirmed = typeof acks === 'number';
  const request = produceRequest({ transactionalId, acks: isConfirmed ? acks : 0, timeoutMs, topics });
  const produced = await client.send(broker, request);
  if (!isConfirmed) {
    for (const { partition } of own) pending.delete(partition);
    const messages = own.reduce((sum, { count }) => sum + count, 0);
    const bytes = own.reduce((sum, { records }) => sum + records.length, 0);
    await acks.add(broker, { messages, bytes });
  }
  let failure: Error | undefined;
  for (const { partition, errorCode } of produced ?? []) {
    if (errorCode === 0 || errorCode === duplicateSequence) pending.delete(partition);
    else failure = protocolError(errorCode);
  }
  if (failure !== undefined) throw failure;
}
