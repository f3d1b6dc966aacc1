import type { BrokerClient } from '../client/broker-client.js';
import { throwOnCode } from '../client/kafka-error.js';

/** Times that stand for the first and the next offset. */
export const offsetTime = { first: -2, end: -1 } as const;
const isolation = { readUncommitted: 0, readCommitted: 1 } as const;

/**
 * Offset of each partition at a time: of the first record that is not older, -1 where there is none. The end is the one up
 * to which transactions are decided; with `readUncommitted` that of all records.
 */
export async function listOffsets(
  client: BrokerClient,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
  level: keyof typeof isolation = 'readCommitted',
): Promise<Map<number, number>> {
  const leaders = await client.leaders(topic);
  const nodes = new Set(partitions.map((partition) => leaders.get(partition) ?? -1));
  const offsets = new Map<number, number>();
  await Promise.all(
    [...nodes].map(async (nodeId) => {
      const broker = await client.broker(nodeId);
      const asked = partitions
        .filter((partition) => leaders.get(partition) === nodeId)
        .map((partition) => ({ partition, timestamp }));
      const { responses } = await broker.listOffsets({
        isolationLevel: isolation[level],
        topics: [{ topic, partitions: asked }],
      });
      for (const { partition, errorCode, offset } of responses.flatMap((response) => response.partitions)) {
        throwOnCode(errorCode);
        offsets.set(partition, Number(offset));
      }
    }),
  );
  return offsets;
}
