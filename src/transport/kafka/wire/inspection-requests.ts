import type { ProtocolRequest } from 'kafkajs/src/cluster/index.js';
import type { ByteReader } from './byte-reader.js';
import { request } from './requests.js';

/** Operations of an access list as bits of what a broker allows. */
export const operationBits = { read: 3, write: 4, create: 5, describe: 8 } as const;
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
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly DescribedTopic[];
  readonly allowed: number;
}

/** Metadata 8, which tells what the user may do. */
export function describeClusterRequest(topics: readonly string[]): ProtocolRequest<DescribedCluster> {
  return request(
    { key: 3, version: 8, name: 'Metadata' },
    (writer) =>
      writer
        .array(topics, (topic) => writer.string(topic))
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
      reader.string(); // cluster
      reader.int32(); // controller
      const described = reader.array(() => readTopic(reader));
      return { brokers, topics: described, allowed: reader.int32() };
    },
  );
}

function readTopic(reader: ByteReader): DescribedTopic {
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
  /** Where its members are. */
  readonly hosts: readonly string[];
  readonly allowed: number;
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
        for (let text = 0; text < 4; text++) reader.string(); // group, state, protocol type, protocol
        const hosts = reader.array(() => {
          reader.string(); // member
          reader.string(); // client
          const host = reader.string() ?? '';
          reader.bytes(); // metadata
          reader.bytes(); // assignment
          return host;
        });
        return { errorCode, hosts, allowed: reader.int32() };
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
