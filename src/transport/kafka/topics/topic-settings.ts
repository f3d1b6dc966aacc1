import { isRetryable, refusal } from '../client/kafka-error.js';
import type { Broker } from 'kafkajs/src/cluster/index.js';

/** What matters here of a topic's configuration; undefined where we may not ask. */
export interface TopicSettings {
  /** Bytes of a record batch that it takes, at most. */
  readonly batchBytesMax: number | undefined;
  /** Whether it keeps the newest message of each key only. */
  readonly isCompacted: boolean | undefined;
}

/** What a configuration is of, as the protocol counts: 2 is a topic. */
const topicResource = 2;
const names = { batchBytesMax: 'max.message.bytes', cleanupPolicy: 'cleanup.policy' } as const;

/** Looks up how a topic is configured. */
export async function readTopicSettings(broker: Broker, topic: string): Promise<TopicSettings> {
  const resource = { type: topicResource, name: topic, configNames: Object.values(names) };
  const values = await broker.describeConfigs({ resources: [resource] }).then(
    ({ resources }) =>
      new Map(resources.flatMap(({ configEntries: all }) => all.map((one) => [one.configName, one.configValue]))),
    (error: unknown) => {
      if (isRetryable(error)) throw error;
      return new Map<string, string>();
    },
  );
  const bytes = Number(values.get(names.batchBytesMax));
  return {
    batchBytesMax: bytes > 0 ? bytes : undefined,
    isCompacted: values.get(names.cleanupPolicy)?.split(',').includes('compact'),
  };
}

/** @throws when a topic is compacted, as far as we may know: it takes no message without a key, and loses others */
export function checkNotCompacted(topic: string, { isCompacted }: TopicSettings): void {
  if (isCompacted !== true) return;
  throw refusal(
    `topic ${topic} is compacted, which keeps one message of each key: ${names.cleanupPolicy} must be delete, got compact`,
  );
}
