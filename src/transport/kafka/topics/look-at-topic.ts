import type { Broker } from 'kafkajs/src/cluster/index.js';
import { throwOnCode } from '../client/kafka-error.js';
import type { BrokerClient } from '../client/broker-client.js';
import { type KnownTopic, topicRequest, topicRequestVersion } from '../protocol/topic-request.js';

const metadataKey = 3;

/**
 * What a topic is now; undefined where the broker is older than 2.8 and cannot tell one topic from another of its name.
 *
 * @throws what the broker refuses, also that there is no such topic
 */
export async function lookAtTopic(
  client: BrokerClient,
  broker: Broker,
  topic: string,
): Promise<KnownTopic | undefined> {
  if ((broker.versions?.[metadataKey]?.maxVersion ?? 0) < topicRequestVersion) return undefined;
  const known = await client.send(broker, topicRequest(topic));
  throwOnCode(known.errorCode);
  return known;
}
