import { batchMessageSchema, type BatchMessage, type Summary } from '../../src/domain/batch-message.js';
import { SummarySum } from '../../src/domain/summary.js';
import type { Transport } from '../../src/transport/transport.js';

const chambers = 4;
const readBytes = 8 << 20;

/** What a group has published, and its messages. */
export async function publishedTotals(
  log: Transport,
  group: string,
): Promise<{ readonly summary: Summary; readonly messages: readonly BatchMessage[] }> {
  const reader = await log.openReader('data_clean', 'earliest');
  const messages: BatchMessage[] = [];
  try {
    const ends = new Map((await reader.bounds()).map(({ partition, end }) => [partition, end]));
    while ([...reader.positions()].some(([partition, at]) => at < (ends.get(partition) ?? 0))) {
      for (const { values, valueEnds } of await reader.read({ bytesMax: readBytes, waitMs: 1000 })) {
        let from = 0;
        for (const to of valueEnds) {
          const message = batchMessageSchema.parse(JSON.parse(Buffer.from(values.subarray(from, to)).toString()));
          if (message.producer.startsWith(`${group}/`)) messages.push(message);
          from = to;
        }
      }
    }
  } finally {
    await reader.close();
  }
  const sum = new SummarySum(chambers);
  for (const message of messages) sum.add(message);
  return { summary: sum.summary, messages };
}
