/**
 * The parts of kafkajs 2.2.4 below its public client that dtstream uses, typed as far as it does: connections with TLS
 * and SASL, metadata and coordinators. docs/decisions/0010-kafka-client.md says why.
 */
declare module 'kafkajs/src/cluster/index.js' {
  export interface ProtocolRequest<T> {
    readonly request: {
      readonly apiKey: number;
      readonly apiVersion: number;
      readonly apiName: string;
      /** Whether the brokers answer; without an answer `send` resolves with undefined once the bytes are with the socket. */
      readonly expectResponse: () => boolean;
      readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
    };
    readonly response: {
      decode(payload: Buffer): Promise<T>;
      parse(decoded: T): Promise<T>;
    };
  }

  export interface ListedOffsets {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly errorCode: number; readonly offset: string }[];
  }

  export interface Connection {
    readonly socket?: unknown;
    /** Requests that wait for an answer, by correlation id, the oldest first. */
    readonly requestQueue: { readonly inflight: ReadonlyMap<number, unknown> };
  }

  export interface Broker {
    readonly nodeId: number;
    /** What it understands, by key of the request. */
    readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
    readonly connectionPool: {
      /** Two connections: the second one is for Fetch. */
      readonly pool: readonly [Connection, Connection];
      send<T>(request: ProtocolRequest<T>): Promise<T>;
    };
    /** `host:port` */
    readonly brokerAddress: string;
    disconnect(): Promise<void>;
    /** Both throw an aggregate of what each topic is refused for. */
    createTopics(request: {
      readonly topics: readonly {
        readonly topic: string;
        readonly numPartitions: number;
        readonly replicationFactor: number;
        readonly configEntries: readonly { readonly name: string; readonly value: string }[];
      }[];
      readonly timeout: number;
    }): Promise<unknown>;
    deleteTopics(request: { readonly topics: readonly string[]; readonly timeout: number }): Promise<unknown>;
    listGroups(): Promise<{
      readonly groups: readonly { readonly groupId: string; readonly protocolType: string }[];
    }>;
    deleteGroups(groups: readonly string[]): Promise<{
      readonly results: readonly { readonly groupId: string; readonly errorCode: number }[];
    }>;
    listOffsets(request: {
      readonly isolationLevel: number;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
      }[];
    }): Promise<{ readonly responses: readonly ListedOffsets[] }>;
    describeConfigs(request: {
      readonly resources: readonly {
        readonly type: number;
        readonly name: string;
        readonly configNames: readonly string[];
      }[];
    }): Promise<{
      readonly resources: readonly {
        readonly configEntries: readonly { readonly configName: string; readonly configValue: string }[];
      }[];
    }>;
    joinGroup(request: {
      readonly groupId: string;
      readonly sessionTimeout: number;
      readonly rebalanceTimeout: number;
      readonly memberId: string;
      readonly protocolType: string;
      readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[];
    }): Promise<{
      readonly generationId: number;
      readonly leaderId: string;
      readonly memberId: string;
      readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
    }>;
    syncGroup(request: {
      readonly groupId: string;
      readonly generationId: number;
      readonly memberId: string;
      readonly groupAssignment: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
    }): Promise<{ readonly memberAssignment: Buffer }>;
    heartbeat(request: {
      readonly groupId: string;
      readonly groupGenerationId: number;
      readonly memberId: string;
    }): Promise<unknown>;
    leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
    offsetCommit(request: {
      readonly groupId: string;
      readonly groupGenerationId: number;
      readonly memberId: string;
      readonly topics: readonly {
        readonly topic: string;
        readonly partitions: readonly {
          readonly partition: number;
          readonly offset: string;
          readonly metadata: string;
        }[];
      }[];
    }): Promise<unknown>;
    addPartitionsToTxn(request: {
      readonly transactionalId: string;
      readonly producerId: string;
      readonly producerEpoch: number;
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
    }): Promise<unknown>;
    addOffsetsToTxn(request: {
      readonly transactionalId: string;
      readonly producerId: string;
      readonly producerEpoch: number;
      readonly groupId: string;
    }): Promise<unknown>;
    endTxn(request: {
      readonly transactionalId: string;
      readonly producerId: string;
      readonly producerEpoch: number;
      readonly transactionResult: boolean;
    }): Promise<unknown>;
  }

  export interface PartitionMetadata {
    readonly partitionId: number;
    readonly leader: number;
    readonly replicas: readonly number[];
  }

  // eslint-disable-next-line no-restricted-syntax -- the module is CommonJS and exports just this
  export default class Cluster {
    constructor(options: Readonly<Record<string, unknown>>);
    readonly brokerPool: {
      /** The first connection, to an address of the list. */
      readonly seedBroker?: Broker;
      /** Takes the next address of the list. */
      createSeedBroker(): Promise<void>;
      /** By id. */
      readonly brokers: Readonly<Record<string, Broker>>;
      hasConnectedBrokers(): boolean;
      findConnectedBroker(): Promise<Broker>;
      readonly metadata: {
        readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
        readonly topicMetadata: readonly {
          readonly topic: string;
          readonly partitionMetadata: readonly PartitionMetadata[];
        }[];
      } | null;
    };
    /** Topics of which metadata is asked for. */
    readonly targetTopics: Set<string>;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    refreshMetadata(): Promise<void>;
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    findControllerBroker(): Promise<Broker>;
    findBroker(node: { readonly nodeId: number }): Promise<Broker>;
    findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  }
}

declare module 'kafkajs/src/broker/saslAuthenticator/plain.js' {
  export interface SaslAuthenticator {
    authenticate(): Promise<void>;
  }

  export interface SaslConnection {
    readonly saslAuthenticate: (request: unknown) => Promise<unknown>;
  }

  // eslint-disable-next-line no-restricted-syntax -- the module is CommonJS and exports just this
  export default function plain(sasl: object): (connection: SaslConnection) => SaslAuthenticator;
}

declare module 'kafkajs/src/broker/saslAuthenticator/scram256.js' {
  export { default } from 'kafkajs/src/broker/saslAuthenticator/plain.js';
}

declare module 'kafkajs/src/broker/saslAuthenticator/scram512.js' {
  export { default } from 'kafkajs/src/broker/saslAuthenticator/plain.js';
}

declare module 'kafkajs/src/loggers/index.js' {
  export function createLogger(options: {
    readonly level: number;
    readonly logCreator: (level: number) => (entry: unknown) => void;
  }): unknown;
}

declare module 'kafkajs/src/protocol/error.js' {
  export function createErrorFromCode(code: number): Error;
}

/** For tests, which need errors as kafkajs itself throws them. */
declare module 'kafkajs/src/errors.js' {
  export class KafkaJSConnectionError extends Error {
    constructor(message: string, options: { readonly broker: string; readonly code: string });
  }
  export class KafkaJSNonRetriableError extends Error {
    constructor(error: Error, options: { readonly cause: unknown });
  }
  export class KafkaJSAggregateError extends Error {
    constructor(message: string, errors: readonly unknown[]);
  }
}
