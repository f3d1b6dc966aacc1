import { type BatchMessage, batchMessageSchema } from '../../domain/batch-message.js';
import { batchesToEnd } from '../../transport/batches-to-end.js';
import { recordsOf } from '../../transport/records-of.js';
import type { LogReader } from '../../transport/transport.js';
import type { Differences } from './difference.js';

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
  const text = new TextDecoder();
  for await (const batch of batchesToEnd(reader)) {
    for (const { offset, value } of recordsOf(batch)) {
      const place = `results ${batch.partition}/${offset}`;
      const message = parseMessage(text.decode(value), place, isOurs, differences);
      if (message !== undefined) yield message;
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
