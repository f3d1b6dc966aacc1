import type { Broker } from 'kafkajs/src/cluster/index.js';
import { type Allowed, allowedOf, isAuthorizationCode, isAuthorizationError } from '../rights/access.js';
import { addressText } from '../client/broker-address.js';
import {
  type KafkaCommand,
  type KafkaNames,
  kafkaCommands,
  resumeGroupPrefix,
  type Right,
  rightsOf,
} from '../rights/command-rights.js';
import { strangerIn } from '../groups/group-stranger.js';
import { protocolError, throwOnCode } from '../client/kafka-error.js';
import { BrokerClient } from '../client/broker-client.js';
import { type KafkaLogOptions, resolveKafkaOptions } from '../client/kafka-options.js';
import { isAnswering } from '../client/probe-broker.js';
import {
  describeClusterRequest,
  type DescribedCluster,
  type DescribedGroup,
  type DescribedTopic,
  describeGroupRequest,
  describeQuorumApi,
  describeQuorumRequest,
} from '../protocol/inspection-requests.js';
import { initProducerIdRequest } from '../protocol/requests.js';

export interface TopicReport {
  readonly topic: string;
  /** `refused` = the user may not even know whether it is there. */
  readonly state: 'there' | 'missing' | 'refused';
  readonly partitions: number;
  /** Copies of each partition. */
  readonly copies: number;
  /** Partitions without a leader, and partitions with copies out of sync. */
  readonly leaderless: readonly number[];
  readonly behind: readonly number[];
  /** Whether it keeps the newest message of each key only. */
  readonly isCompacted: boolean;
}

export interface KafkaReport {
  /** Requests that a broker does not know in the version that is needed: name and version. */
  readonly unknownRequests: readonly string[];
  readonly topics: readonly TopicReport[];
  /** Hosts of the members of the group, and another program that uses it. */
  readonly group: { readonly hosts: readonly string[]; readonly stranger: string | undefined };
  /** Rights that the user lacks, by command. */
  readonly missing: ReadonlyMap<KafkaCommand, readonly Right[]>;
  /** The clock of the controller less the one here, ms; undefined where the brokers do not tell it. */
  readonly clockAheadMs: number | undefined;
}

export interface BrokerReport {
  readonly nodeId: number;
  /** `host:port` that it advertises. */
  readonly address: string;
  readonly isAnswering: boolean;
}

/** What dtstream cannot do without, as key, version and name: all of it is in Kafka 2.5 and later. */
const needed = [
  { key: 0, version: 7, name: 'Produce' },
  { key: 1, version: 11, name: 'Fetch' },
  { key: 3, version: 8, name: 'Metadata' },
  { key: 22, version: 3, name: 'InitProducerId' },
  { key: 28, version: 3, name: 'TxnOffsetCommit' },
  { key: 9, version: 7, name: 'OffsetFetch' },
] as const;
/** Error codes. */
const unknownTopic = 3;
const invalidTransactionTimeout = 50;
/** How long a broker that was reached at the last moment may take to answer, ms. */
const answerMs = 5000;

/**
 * Looks at a cluster without changing anything: brokers, topics, and what the user may do with them.
 *
 * @throws DtstreamError `transport` when the brokers cannot be reached or refuse us
 */
export async function inspectKafka(options: KafkaLogOptions, names: KafkaNames): Promise<KafkaReport> {
  return withBrokers(options, (client) => look(client, names));
}

/**
 * Tries each broker at the address that it advertises.
 *
 * @throws DtstreamError `transport` when no broker can be reached
 */
export async function inspectBrokers(options: KafkaLogOptions): Promise<readonly BrokerReport[]> {
  const { brokers } = await withBrokers(options, async (client) =>
    client.send(await client.anyBroker(), describeClusterRequest([])),
  );
  const { security } = resolveKafkaOptions(options);
  return Promise.all(
    brokers.map(async ({ nodeId, ...address }) => {
      return { nodeId, address: addressText(address), isAnswering: await isAnswering(address, security) };
    }),
  );
}

async function withBrokers<T>(options: KafkaLogOptions, ask: (client: BrokerClient) => Promise<T>): Promise<T> {
  const resolved = resolveKafkaOptions(options);
  const client = new BrokerClient(resolved);
  const where = resolved.brokers.join(',');
  const limits = { limitMs: resolved.connectWaitMs, graceMs: answerMs };
  try {
    return await client.retrying(`reach Kafka at ${where}`, ask, limits);
  } finally {
    await client.close();
  }
}

async function look(client: BrokerClient, names: KafkaNames): Promise<KafkaReport> {
  const topics = [names.topic, names.results, names.rejected];
  const cluster = await client.send(await client.anyBroker(), describeClusterRequest(topics));
  const brokers = await Promise.all((await client.brokerIds()).map((nodeId) => client.broker(nodeId)));
  const described = await describedGroup(client, names.group);
  const has = await rightsIn(client, names, cluster);
  const reports = await Promise.all(cluster.topics.map((topic) => reportOf(client, topic)));
  const lacks = (command: KafkaCommand): Right[] => rightsOf(command, names).filter((right) => !has(right));
  return {
    unknownRequests: [...new Set(brokers.flatMap(unknownTo))],
    topics: reports,
    group: {
      hosts: (described?.members ?? []).map(({ host }) => host.replace(/^\//, '')),
      stranger: described && (await strangerIn(client, names.group, described)),
    },
    missing: new Map(kafkaCommands.map((command) => [command, lacks(command)])),
    clockAheadMs: await clockAheadMs(client),
  };
}

/** What the user has, asked without changing anything. */
async function rightsIn(
  client: BrokerClient,
  { group, prefix }: KafkaNames,
  { topics, allowed: ofCluster }: DescribedCluster,
): Promise<(right: Right) => boolean> {
  const byTopic = new Map(
    topics.map(({ name, errorCode, allowed }) => [name, { errorCode, allowed: allowedOf(allowed) }]),
  );
  const byGroup = new Map<string, Allowed>();
  for (const name of [group, resumeGroupPrefix(prefix)]) byGroup.set(name, await groupRights(client, name));
  const maySendTransactions = await mayUseTransactions(client, `${group}-lane-0`);
  return ({ on, name, operation }) => {
    switch (on) {
      case 'topic': {
        const topic = byTopic.get(name);
        if (operation !== 'create') return topic?.allowed.has(operation) === true;
        return topic?.errorCode === 0 || topic?.allowed.has('create') === true || allowedOf(ofCluster).has('create');
      }
      case 'group':
        return byGroup.get(name)?.has(operation) === true;
      case 'transactional-id':
        return maySendTransactions;
      default:
        return on satisfies never;
    }
  };
}

/** A coordinator that has just begun does not know its groups yet: that passes. */
async function describedGroup(client: BrokerClient, group: string): Promise<DescribedGroup | undefined> {
  try {
    const described = await client.send(await client.coordinator('group', group), describeGroupRequest(group));
    if (isAuthorizationCode(described.errorCode)) return undefined;
    throwOnCode(described.errorCode);
    return described;
  } catch (error) {
    if (isAuthorizationError(error)) return undefined;
    throw error;
  }
}

async function groupRights(client: BrokerClient, group: string): Promise<Allowed> {
  return allowedOf((await describedGroup(client, group))?.allowed ?? 0);
}

/** A transaction without time is refused after the user was looked at, so asking for one changes nothing. */
async function mayUseTransactions(client: BrokerClient, transactionalId: string): Promise<boolean> {
  try {
    const broker = await client.coordinator('transaction', transactionalId);
    const asked = initProducerIdRequest({ transactionalId, transactionTimeoutMs: 0 });
    const { errorCode } = await client.send(broker, asked);
    if (isAuthorizationCode(errorCode)) return false;
    if (errorCode !== invalidTransactionTimeout) throwOnCode(errorCode);
    return true;
  } catch (error) {
    if (isAuthorizationError(error)) return false;
    throw error;
  }
}

/** By the clock of the controller, which tells it with the state of the quorum (Kafka 3.3 with KRaft, and Describe on the cluster). */
async function clockAheadMs(client: BrokerClient): Promise<number | undefined> {
  const broker = await client.anyBroker();
  const known = broker.versions?.[describeQuorumApi.key];
  if (known === undefined || known.maxVersion < describeQuorumApi.version) return undefined;
  const askedMs = Date.now();
  const leaderMs = await client.send(broker, describeQuorumRequest()).catch(() => undefined);
  return leaderMs === undefined ? undefined : leaderMs - (askedMs + Date.now()) / 2;
}

function unknownTo({ versions }: Broker): string[] {
  return needed
    .filter(({ key, version }) => {
      const known = versions?.[key];
      return known === undefined || version < known.minVersion || version > known.maxVersion;
    })
    .map(({ name, version }) => `${name} ${version}`);
}

async function reportOf(client: BrokerClient, { errorCode, name, partitions }: DescribedTopic): Promise<TopicReport> {
  const isMissing = errorCode === unknownTopic;
  const isRefused = !isMissing && errorCode !== 0;
  if (isRefused && !isAuthorizationCode(errorCode)) throw protocolError(errorCode);
  return {
    topic: name,
    state: isMissing ? 'missing' : isRefused ? 'refused' : 'there',
    partitions: partitions.length,
    copies: partitions[0]?.replicas.length ?? 0,
    leaderless: partitions.filter(({ leader }) => leader < 0).map(({ partition }) => partition),
    behind: partitions
      .filter(({ replicas, inSync }) => inSync.length < replicas.length)
      .map(({ partition }) => partition),
    isCompacted: errorCode === 0 && (await client.topicSettings(name)).isCompacted === true,
  };
}
