import type { TopicSpec } from '../../transport.js';
import { isAuthorizationError, missingRight } from '../rights/access.js';
import { isResumeGroup } from '../rights/command-rights.js';
import { errorType, isRetryable, throwOnCode } from '../client/kafka-error.js';
import type { BrokerClient } from '../client/broker-client.js';
import { describeClusterRequest, type DescribedGroup, describeGroupRequest } from '../protocol/inspection-requests.js';

/** How long the brokers may take for a change, ms. */
const changeMs = 10_000;

/** Names of all topics that the user may see, those of the brokers themselves left out. */
export async function listTopics(client: BrokerClient): Promise<string[]> {
  const { topics } = await client.send(await client.anyBroker(), describeClusterRequest('all'));
  return topics.map(({ name }) => name).filter((name) => !name.startsWith('__'));
}

/** Creates topics; one that another program has just created stays as it is. */
export async function createTopics(client: BrokerClient, specs: readonly TopicSpec[]): Promise<void> {
  const broker = await client.controller();
  for (const spec of specs) {
    try {
      await broker.createTopics({ topics: [topicConfig(spec)], timeout: changeMs });
    } catch (error) {
      if (isAuthorizationError(error)) throw missingRight(['create'], `topic ${spec.topic}`);
      if (errorType(error) !== 'TOPIC_ALREADY_EXISTS') throw error;
    }
  }
}

/** Deletes topics; missing ones are skipped. */
export async function deleteTopics(client: BrokerClient, names: readonly string[]): Promise<void> {
  const broker = await client.controller();
  for (const name of names) {
    try {
      await broker.deleteTopics({ topics: [name], timeout: changeMs });
    } catch (error) {
      if (isAuthorizationError(error)) throw missingRight(['delete'], `topic ${name}`);
      if (errorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    }
  }
}

/**
 * Groups of consumers, ours and others; each broker knows those that it looks after.
 *
 * @param onAway told of each broker that cannot be asked
 */
export async function listGroups(client: BrokerClient, onAway: (broker: string) => void): Promise<string[]> {
  const listed = await askAll(client, async (nodeId) => (await client.broker(nodeId)).listGroups(), onAway);
  return listed
    .flatMap(({ groups }) => groups)
    .filter(({ groupId, protocolType }) => protocolType !== 'connect' && !isResumeGroup(groupId))
    .map(({ groupId }) => groupId);
}

/** A group as it is now. */
export async function describeGroup(client: BrokerClient, group: string): Promise<DescribedGroup> {
  const described = await client.send(await client.coordinator('group', group), describeGroupRequest(group));
  throwOnCode(described.errorCode);
  return described;
}

/** Deletes a group with all that it has committed. */
export async function deleteGroup(client: BrokerClient, group: string): Promise<void> {
  const { results } = await (await client.coordinator('group', group)).deleteGroups([group]);
  for (const { errorCode } of results) throwOnCode(errorCode);
}

/** Deletes the groups whose names begin so, those in which inputs are noted included; one with members stays. */
export async function deleteGroups(
  client: BrokerClient,
  prefix: string,
  onAway: (broker: string) => void,
): Promise<void> {
  const listed = await askAll(client, async (nodeId) => (await client.broker(nodeId)).listGroups(), onAway);
  for (const { groupId } of listed.flatMap(({ groups }) => groups)) {
    if (!groupId.startsWith(prefix)) continue;
    try {
      await deleteGroup(client, groupId);
    } catch (error) {
      if (!['NON_EMPTY_GROUP', 'GROUP_ID_NOT_FOUND'].includes(errorType(error) ?? '')) throw error;
    }
  }
}

/** Asks every broker; those that do not answer are left out and named, unless none does. */
export async function askAll<T>(
  client: BrokerClient,
  ask: (nodeId: number) => Promise<T>,
  onAway: (broker: string) => void,
): Promise<T[]> {
  const ids = await client.brokerIds();
  const asked = await Promise.allSettled(ids.map(ask));
  const answers: T[] = [];
  for (const outcome of asked) {
    if (outcome.status === 'fulfilled') answers.push(outcome.value);
    else if (!isRetryable(outcome.reason)) throw outcome.reason;
  }
  const failed = asked.find((outcome) => outcome.status === 'rejected');
  if (answers.length === 0 && failed !== undefined) throw failed.reason;
  for (const [index, { status }] of asked.entries()) if (status === 'rejected') onAway(client.brokerName(ids[index]));
  return answers;
}

function topicConfig({ topic, partitions, replicationFactor, retentionBytes }: TopicSpec): {
  topic: string;
  numPartitions: number;
  replicationFactor: number;
  configEntries: { name: string; value: string }[];
} {
  // Kafka counts the bytes of a partition.
  const ownBytes = retentionBytes === undefined ? undefined : Math.ceil(retentionBytes / partitions);
  const configEntries = ownBytes === undefined ? [] : [{ name: 'retention.bytes', value: String(ownBytes) }];
  return { topic, numPartitions: partitions, replicationFactor, configEntries };
}
