import type { ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import type { FieldReader } from './field-reader.js';
import { request } from './requests.js';

/** Operations of an access list as bits of what a broker allows. */
export const operationBits = { read: 3, write: 4, create: 5, delete: 6, describe: 8 } as const;
export type Operation = keyof typeof operationBits;

/** A topic as brokers describe it. */
export interface DescribedTopic {
  readonly errorCode: number;
  readonly name: string;
  readonly partitions: readonly {
    readonly partition: number;
    /** -1 without one. */
    readonly leader: number;
    readonly replicas: readonly number[];
    readonly inSync: readonly number[];
  }[];
  /** What we may do with it, as bits. */
  readonly allowed: number;
}

/** Brokers and topics, with what we may do. */
export interface DescribedCluster {
  /** Id of the cluster, which it keeps for ever. */
  readonly clusterId: string | null;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly DescribedTopic[];
  readonly allowed: number;
}

/** Metadata 8, which tells what the user may do. @param topics `all` = those that the user may see */
export function describeClusterRequest(topics: readonly string[] | 'all'): ProtocolRequest<DescribedCluster> {
  return request(
    { key: 3, version: 8, name: 'Metadata' },
    (writer) =>
      (topics === 'all' ? writer.int32(-1) : writer.array(topics, (topic) => writer.string(topic)))
        .int8(0) // do not create topics
        .int8(1) // what we may do with the cluster
        .int8(1), // and with the topics
    (reader) => {
      reader.int32();
      const brokers = reader.array(() => {
        const broker = { nodeId: reader.int32(), host: reader.string() ?? '', port: reader.int32() };
        reader.string(); // rack
        return broker;
      });
      const clusterId = reader.string();
      reader.int32(); // controller
      const described = reader.array(() => readTopic(reader));
      return { clusterId, brokers, topics: described, allowed: reader.int32() };
    },
  );
}

function readTopic(reader: FieldReader): DescribedTopic {
  const errorCode = reader.int16();
  const name = reader.string() ?? '';
  reader.int8(); // internal
  const partitions = reader.array(() => {
    reader.int16();
    const partition = reader.int32();
    const leader = reader.int32();
    reader.int32(); // leader epoch
    const replicas = reader.array(() => reader.int32());
    const inSync = reader.array(() => reader.int32());
    reader.array(() => reader.int32()); // offline
    return { partition, leader, replicas, inSync };
  });
  return { errorCode, name, partitions, allowed: reader.int32() };
}

/** A group as its coordinator describes it. */
export interface DescribedGroup {
  readonly errorCode: number;
  /** `consumer` for groups of consumers, '' for one that is not there. */
  readonly protocolType: string;
  /** How its members share partitions out, such as `range`. */
  readonly protocol: string;
  readonly members: readonly GroupMemberState[];
  readonly allowed: number;
}

interface GroupMemberState {
  readonly clientId: string;
  readonly host: string;
  /** What it said when it joined. */
  readonly metadata: Buffer;
}

/** DescribeGroups 3, which tells what the user may do. */
export function describeGroupRequest(group: string): ProtocolRequest<DescribedGroup> {
  return request(
    { key: 15, version: 3, name: 'DescribeGroups' },
    (writer) => writer.array([group], (name) => writer.string(name)).int8(1),
    (reader) => {
      reader.int32();
      const groups = reader.array(() => {
        const errorCode = reader.int16();
        reader.string(); // group
        reader.string(); // state
        const protocolType = reader.string() ?? '';
        const protocol = reader.string() ?? '';
        const members = reader.array(() => {
          reader.string(); // member
          const clientId = reader.string() ?? '';
          const host = reader.string() ?? '';
          const metadata = reader.bytes() ?? Buffer.alloc(0);
          reader.bytes(); // assignment
          return { clientId, host, metadata };
        });
        return { errorCode, protocolType, protocol, members, allowed: reader.int32() };
      });
      if (groups.length !== 1) throw new RangeError(`one group was asked for, got ${groups.length}`);
      return groups[0];
    },
  );
}

/** FindCoordinator 2: kafkajs asks it, too, but says of a refusal only that it has found none. */
export function findCoordinatorRequest(
  kind: 'group' | 'transaction',
  id: string,
): ProtocolRequest<{ readonly errorCode: number; readonly nodeId: number }> {
  return request(
    { key: 10, version: 2, name: 'FindCoordinator' },
    (writer) => writer.string(id).int8(kind === 'group' ? 0 : 1),
    (reader) => {
      reader.int32();
      const errorCode = reader.int16();
      reader.string(); // the error in words
      return { errorCode, nodeId: reader.int32() };
    },
  );
}

export const describeQuorumApi = { key: 55, version: 1, name: 'DescribeQuorum' } as const;

/** DescribeQuorum 1 of the cluster's metadata: the time of its leader, ms since 1970; undefined where it is not told. */
export function describeQuorumRequest(): ProtocolRequest<number | undefined> {
  return request(
    describeQuorumApi,
    (writer) =>
      writer
        .noTags()
        .compactArray(['__cluster_metadata'], (topic) =>
          writer
            .compactString(topic)
            .compactArray([0], (partition) => writer.int32(partition).noTags())
            .noTags(),
        )
        .noTags(),
    (reader) => {
      reader.tags();
      reader.int16(); // error
      const topics = reader.compactArray(() => {
        reader.compactString();
        const partitions = reader.compactArray(() => readQuorum(reader));
        reader.tags();
        return partitions;
      });
      return topics.flat()[0];
    },
  );
}

/** The leader counts as a replica of itself that has caught up now. */
function readQuorum(reader: FieldReader): number | undefined {
  reader.int32(); // partition
  const errorCode = reader.int16();
  const leader = reader.int32();
  reader.int32(); // leader epoch
  reader.int64(); // high watermark
  const replicas = [readReplicas(reader), readReplicas(reader)].flat();
  reader.tags();
  const caughtUpMs = replicas.find(({ id }) => id === leader)?.caughtUpMs ?? -1;
  return errorCode === 0 && caughtUpMs > 0 ? caughtUpMs : undefined;
}

function readReplicas(reader: FieldReader): { readonly id: number; readonly caughtUpMs: number }[] {
  return reader.compactArray(() => {
    const id = reader.int32();
    reader.int64(); // log end
    reader.int64(); // last fetch
    const caughtUpMs = reader.int64();
    reader.tags();
    return { id, caughtUpMs };
  });
}

export const consumerGroupApi = { key: 69, version: 0, name: 'ConsumerGroupDescribe' } as const;

/** ConsumerGroupDescribe 0: the state of a group of the newer protocol (Kafka 4.0); an error for every other group. */
export function consumerGroupStateRequest(
  group: string,
): ProtocolRequest<{ readonly errorCode: number; readonly state: string }> {
  return request(
    consumerGroupApi,
    (writer) =>
      writer
        .noTags()
        .compactArray([group], (name) => writer.compactString(name))
        .int8(0) // what we may do
        .noTags(),
    (reader) => {
      reader.tags();
      reader.int32();
      reader.uvarint(); // one group
      const errorCode = reader.int16();
      reader.compactString(); // the error in words
      reader.compactString(); // group
      return { errorCode, state: reader.compactString() ?? '' };
    },
  );
}
