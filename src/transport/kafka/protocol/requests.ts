import type { ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import { DtstreamError } from '../../../errors.js';
import { FieldReader } from './field-reader.js';
import { FieldWriter } from './field-writer.js';

/**
 * Requests that kafkajs lacks in the required version: raw records (Fetch, Produce), fencing of a transactional id that
 * this process keeps (InitProducerId 3), offsets committed as a member of the group (TxnOffsetCommit 3), offsets without
 * those of an open transaction (OffsetFetch 7) and sizes (DescribeLogDirs). Layouts: https://kafka.apache.org/protocol.
 *
 * All versions exist in Kafka 2.5 to 4.x. A flexible version also has tagged fields in its header: their empty list is the
 * first byte written and read here.
 */
export function request<T>(
  api: { readonly key: number; readonly version: number; readonly name: string },
  write: (writer: FieldWriter) => void,
  read: (reader: FieldReader) => T,
  { bytes, isAnswered = true }: { readonly bytes?: number; readonly isAnswered?: boolean } = {},
): ProtocolRequest<T> {
  return {
    request: {
      apiKey: api.key,
      apiVersion: api.version,
      apiName: api.name,
      expectResponse: () => isAnswered,
      encode: () => {
        const writer = new FieldWriter(bytes);
        write(writer);
        return Promise.resolve(writer);
      },
    },
    response: {
      decode: (payload) => Promise.resolve(decodeResponse(api.name, payload, read)),
      parse: (decoded) => Promise.resolve(decoded),
    },
  };
}

/** @throws DtstreamError `transport` naming the request when the bytes are no answer to it */
function decodeResponse<T>(name: string, payload: Buffer, read: (reader: FieldReader) => T): T {
  try {
    return read(new FieldReader(payload));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new DtstreamError('transport', `cannot read the answer to ${name}: ${cause.message}`, { cause });
  }
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  /** Transactions that were aborted, by producer and first offset. */
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[];
  /** Record batches back to back, the last one perhaps cut. */
  readonly records: Buffer;
}

/** Records of partitions with one leader, committed ones only. */
export function fetchRequest(fetch: {
  readonly topic: string;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitions: readonly { readonly partition: number; readonly offset: number; readonly maxBytes: number }[];
}): ProtocolRequest<readonly FetchedPartition[]> {
  return request(
    { key: 1, version: 11, name: 'Fetch' },
    (writer) =>
      writer
        .int32(-1) // no replica
        .int32(fetch.maxWaitMs)
        .int32(1) // bytes at least
        .int32(fetch.maxBytes)
        .int8(1) // read committed
        .int32(0) // no session
        .int32(-1)
        .array([fetch.topic], (topic) =>
          writer.string(topic).array(fetch.partitions, ({ partition, offset, maxBytes }) =>
            writer
              .int32(partition)
              .int32(-1) // any leader epoch
              .int64(offset)
              .int64(-1) // log start: for replicas
              .int32(maxBytes),
          ),
        )
        .int32(0) // forgotten topics
        .string(''), // rack
    (reader) => {
      reader.int32();
      const errorCode = reader.int16();
      reader.int32();
      const topics = reader.array(() => {
        reader.string();
        return reader.array(() => readFetched(reader));
      });
      if (errorCode !== 0) return fetch.partitions.map(({ partition }) => failed(partition, errorCode));
      return topics.flat();
    },
  );
}

function failed(partition: number, errorCode: number): FetchedPartition {
  return { partition, errorCode, aborted: [], records: Buffer.alloc(0) };
}

function readFetched(reader: FieldReader): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  reader.int64(); // high watermark
  reader.int64(); // last stable offset
  reader.int64(); // log start
  const aborted = reader.array(() => ({ producerId: reader.int64(), firstOffset: reader.int64() }));
  reader.int32(); // preferred replica
  return { partition, errorCode, aborted, records: reader.bytes() ?? Buffer.alloc(0) };
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
}

/** One record batch for each of several partitions with one leader; with `acks` 0 there is no response. */
export function produceRequest(produce: {
  readonly transactionalId: string | null;
  readonly acks: -1 | 0 | 1;
  readonly timeoutMs: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly records: Uint8Array }[];
  }[];
}): ProtocolRequest<readonly ProducedPartition[] | undefined> {
  const bytes = produce.topics
    .flatMap(({ partitions }) => partitions)
    .reduce((sum, p) => sum + p.records.length + 16, 512);
  return request(
    { key: 0, version: 7, name: 'Produce' },
    (writer) =>
      writer
        .string(produce.transactionalId)
        .int16(produce.acks)
        .int32(produce.timeoutMs)
        .array(produce.topics, ({ topic, partitions }) =>
          writer
            .string(topic)
            .array(partitions, ({ partition, records }) => writer.int32(partition).int32(records.length).raw(records)),
        ),
    (reader) =>
      reader
        .array(() => {
          const topic = reader.string() ?? '';
          return reader.array(() => {
            const produced = { topic, partition: reader.int32(), errorCode: reader.int16() };
            reader.raw(24); // base offset, append time, log start
            return produced;
          });
        })
        .flat(),
    { bytes, isAnswered: produce.acks !== 0 },
  );
}

export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

/**
 * A producer id, or the next epoch of a transactional id, whose owner before is then fenced. With `current` the epoch is only
 * raised while it is still ours.
 */
export function initProducerIdRequest(init: {
  readonly transactionalId: string | null;
  readonly transactionTimeoutMs: number;
  readonly current?: ProducerIdentity | undefined;
}): ProtocolRequest<ProducerIdentity & { readonly errorCode: number }> {
  return request(
    { key: 22, version: 3, name: 'InitProducerId' },
    (writer) =>
      writer
        .noTags()
        .compactString(init.transactionalId)
        .int32(init.transactionTimeoutMs)
        .int64(init.current?.producerId ?? -1)
        .int16(init.current?.epoch ?? -1)
        .noTags(),
    (reader) => {
      reader.tags();
      reader.int32();
      return { errorCode: reader.int16(), producerId: reader.int64(), epoch: reader.int16() };
    },
  );
}

export interface MemberIdentity {
  readonly memberId: string;
  readonly generation: number;
}

/** Offsets of a group as part of a transaction; refused when the member is no longer of the group's generation. */
export function txnOffsetCommitRequest(commit: {
  readonly transactionalId: string;
  readonly group: string;
  readonly producer: ProducerIdentity;
  readonly member: MemberIdentity;
  readonly topic: string;
  readonly offsets: readonly { readonly partition: number; readonly offset: number; readonly metadata: string }[];
}): ProtocolRequest<readonly number[]> {
  return request(
    { key: 28, version: 3, name: 'TxnOffsetCommit' },
    (writer) =>
      writer
        .noTags()
        .compactString(commit.transactionalId)
        .compactString(commit.group)
        .int64(commit.producer.producerId)
        .int16(commit.producer.epoch)
        .int32(commit.member.generation)
        .compactString(commit.member.memberId)
        .compactString(null) // no static member
        .compactArray([commit.topic], (topic) =>
          writer
            .compactString(topic)
            .compactArray(commit.offsets, ({ partition, offset, metadata }) =>
              writer
                .int32(partition)
                .int64(offset)
                .int32(-1) // leader epoch
                .compactString(metadata)
                .noTags(),
            )
            .noTags(),
        )
        .noTags(),
    (reader) => {
      reader.tags();
      reader.int32();
      const codes = reader.compactArray(() => {
        reader.compactString();
        const partitions = reader.compactArray(() => {
          reader.int32();
          const errorCode = reader.int16();
          reader.tags();
          return errorCode;
        });
        reader.tags();
        return partitions;
      });
      return codes.flat();
    },
  );
}

export interface FetchedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
  readonly errorCode: number;
}

/**
 * Everything a group has committed.
 *
 * @param settled fails while a transaction with offsets of the group is not decided; else such offsets are left out
 */
export function offsetFetchRequest(
  group: string,
  { settled }: { readonly settled: boolean },
): ProtocolRequest<{ readonly errorCode: number; readonly offsets: readonly FetchedOffset[] }> {
  return request(
    { key: 9, version: 7, name: 'OffsetFetch' },
    (writer) =>
      writer
        .noTags()
        .compactString(group)
        .uvarint(0)
        .int8(settled ? 1 : 0)
        .noTags(),
    (reader) => {
      reader.tags();
      reader.int32();
      const offsets = reader.compactArray(() => {
        const topic = reader.compactString() ?? '';
        const partitions = reader.compactArray(() => readCommitted(reader, topic));
        reader.tags();
        return partitions;
      });
      return { errorCode: reader.int16(), offsets: offsets.flat() };
    },
  );
}

function readCommitted(reader: FieldReader, topic: string): FetchedOffset {
  const partition = reader.int32();
  const offset = reader.int64();
  reader.int32(); // leader epoch
  const metadata = reader.compactString() ?? '';
  const errorCode = reader.int16();
  reader.tags();
  return { topic, partition, offset, metadata, errorCode };
}

/** Bytes on a broker's disks, by topic. */
export function describeLogDirsRequest(): ProtocolRequest<
  readonly { readonly topic: string; readonly bytes: number }[]
> {
  return request(
    { key: 35, version: 1, name: 'DescribeLogDirs' },
    (writer) => writer.int32(-1),
    (reader) => {
      reader.int32();
      const dirs = reader.array(() => {
        reader.int16();
        reader.string();
        return reader.array(() => {
          const topic = reader.string() ?? '';
          const sizes = reader.array(() => {
            reader.int32();
            const bytes = reader.int64();
            reader.raw(9); // lag, whether a copy in the making
            return bytes;
          });
          return { topic, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
        });
      });
      return dirs.flat();
    },
  );
}
