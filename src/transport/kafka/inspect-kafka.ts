import type { Broker } from 'kafkajs/src/cluster/index.js';
import { errorType, protocolError, throwOnCode } from './kafka-error.js';
import { type Coordinated, KafkaLink } from './kafka-link.js';
import { type KafkaLogOptions, resolveKafkaOptions } from './kafka-options.js';
import {
  describeClusterRequest,
  type DescribedTopic,
  describeGroupRequest,
  type Operation,
  operationBits,
} from './wire/inspection-requests.js';

/** What we may do with something. */
type Allowed = ReadonlySet<Operation>;

export interface TopicReport {
  readonly topic: string;
  /** `refused` = the user may not even know whether it is there. */
  readonly state: 'there' | 'missing' | 'refused';
  readonly partitions: number;
  /** Copies of each partition. */
  readonly copies: number;
  /** Partitions that nobody leads now, and those with copies that are behind. */
  readonly leaderless: readonly number[];
  readonly behind: readonly number[];
  readonly allowed: Allowed;
}

export interface KafkaReport {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** Requests that a broker does not know in the version that is needed: name and version. */
  readonly unknownRequests: readonly string[];
  readonly topics: readonly TopicReport[];
  readonly mayCreateTopics: boolean;
  readonly group: { readonly state: 'open' | 'refused'; readonly hosts: readonly string[] };
  /** Whether results may be published in transactions of the group's lanes. */
  readonly transactions: 'open' | 'refused';
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
const unknownTopic = 3;

/**
 * Looks at a cluster without changing anything: brokers, topics, and what the user may do with them.
 *
 * @throws DtstreamError `transport` when the brokers cannot be reached or refuse us
 */
export async function inspectKafka(
  options: KafkaLogOptions,
  names: { readonly topics: readonly string[]; readonly group: string },
): Promise<KafkaReport> {
  const resolved = resolveKafkaOptions(options);
  const link = new KafkaLink(resolved);
  const where = resolved.brokers.join(',');
  try {
    return await link.retrying(`reach Kafka at ${where}`, () => look(link, names), { limitMs: resolved.connectWaitMs });
  } finally {
    await link.close();
  }
}

async function look(
  link: KafkaLink,
  { topics, group }: { readonly topics: readonly string[]; readonly group: string },
): Promise<KafkaReport> {
  const brokers = await link.brokers();
  const cluster = await link.send(brokers[0], describeClusterRequest(topics));
  const coordinator = await coordinatorOf(link, 'group', group);
  const described = coordinator && (await link.send(coordinator, describeGroupRequest(group)));
  // A coordinator that has just begun does not know its groups yet: that passes.
  if (described !== undefined && !isAuthorizationFailure(described.errorCode)) throwOnCode(described.errorCode);
  const groupAllowed = described === undefined ? new Set<Operation>() : allowedOf(described.allowed);
  const transactions = await coordinatorOf(link, 'transaction', `${group}-lane-0`);
  return {
    brokers: cluster.brokers.map(({ host, port }) => `${host}:${port}`),
    unknownRequests: [...new Set(brokers.flatMap(unknownTo))],
    topics: cluster.topics.map(reportOf),
    mayCreateTopics: allowedOf(cluster.allowed).has('create'),
    group: {
      state: groupAllowed.has('read') ? 'open' : 'refused',
      hosts: (described?.hosts ?? []).map((host) => host.replace(/^\//, '')),
    },
    transactions: transactions === undefined ? 'refused' : 'open',
  };
}

/** Who coordinates a group or a transactional id; undefined where the user may not use it. */
function coordinatorOf(link: KafkaLink, kind: Coordinated, id: string): Promise<Broker | undefined> {
  return link.coordinator(kind, id).catch((error: unknown) => {
    if (errorType(error)?.endsWith('AUTHORIZATION_FAILED') === true) return undefined;
    throw error;
  });
}

function isAuthorizationFailure(errorCode: number): boolean {
  return errorCode !== 0 && errorType(protocolError(errorCode))?.endsWith('AUTHORIZATION_FAILED') === true;
}

function unknownTo({ versions }: Broker): string[] {
  return needed
    .filter(({ key, version }) => {
      const known = versions?.[key];
      return known === undefined || version < known.minVersion || version > known.maxVersion;
    })
    .map(({ name, version }) => `${name} ${version}`);
}

function reportOf({ errorCode, name, partitions, allowed }: DescribedTopic): TopicReport {
  const isMissing = errorCode === unknownTopic;
  const isRefused = !isMissing && errorCode !== 0;
  if (isRefused && !isAuthorizationFailure(errorCode)) throw protocolError(errorCode);
  return {
    topic: name,
    state: isMissing ? 'missing' : isRefused ? 'refused' : 'there',
    partitions: partitions.length,
    copies: partitions[0]?.replicas.length ?? 0,
    leaderless: partitions.filter(({ leader }) => leader < 0).map(({ partition }) => partition),
    behind: partitions
      .filter(({ replicas, inSync }) => inSync.length < replicas.length)
      .map(({ partition }) => partition),
    allowed: allowedOf(allowed),
  };
}

function allowedOf(bits: number): Allowed {
  const entries = Object.entries(operationBits) as [Operation, number][];
  return new Set(entries.filter(([, bit]) => ((bits >>> bit) & 1) === 1).map(([operation]) => operation));
}
