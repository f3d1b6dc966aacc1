import { type BatchMessage, batchMessageSchema } from '../../domain/batch-message.js';
import type { LogReader, RecordBatch } from '../../transport/transport.js';
import type { Differences } from './difference.js';

const readBytes = 4 << 20;
const waitMs = 1000;

/**
 * Hands out the messages of a topic up to its current end, in order; a record that is not a message is a difference.
 *
 * @param isOurs whether a producer belongs to the group
 */
export async function* readMessages(
  reader: LogReader,
  isOurs: (producer: string) => boolean,
  differences: Differences,
): AsyncGenerator<BatchMessage> {
  const ends = await reader.bounds();
  const isBehind = (): boolean => ends.some(({ partition, end }) => (reader.positions().get(partition) ?? end) < end);
  while (isBehind()) {
    for (const batch of await reader.read({ bytesMax: readBytes, waitMs })) {
      for (const { place, json } of recordsOf(batch)) {
        const message = parseMessage(json, place, isOurs, differences);
        if (message !== undefined) yield message;
      }
    }
  }
}

function parseMessage(
  json: string,
  place: string,
  isOurs: (producer: string) => boolean,
  differences: Differences,
): BatchMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    differences.check(place, 'JSON', json.slice(0, 80));
    return undefined;
  }
  const producer = (value as { readonly producer?: unknown } | null)?.producer;
  if (typeof producer === 'string' && !isOurs(producer)) return undefined;
  const parsed = batchMessageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  differences.check(`${place}: ${issue.path.join('.')}`, issue.message, json.slice(0, 80));
  return undefined;
}

function* recordsOf({ partition, values, valueEnds, firstOffset, offsets }: RecordBatch): Generator<{
  readonly place: string;
  readonly json: string;
}> {
  const text = new TextDecoder();
  let start = 0;
  for (const [index, end] of valueEnds.entries()) {
    const offset = offsets?.[index] ?? firstOffset + index;
    yield { place: `results ${partition}/${offset}`, json: text.decode(values.subarray(start, end)) };
    start = end;
  }
}
