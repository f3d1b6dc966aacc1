import type { BatchMessage } from '../../domain/batch-message.js';

/** Where a message lies, seen from a part of the messages. */
export type PlaceOfMessage = 'before' | 'inside' | 'after';
export type MessagePart = (message: BatchMessage) => PlaceOfMessage;

/**
 * The messages of a stretch of time and of one run. Both only rise in the messages of a lane.
 *
 * @param part moments in ms since 1970, by the time at which messages were published, half open
 */
export function messagePart(part: {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly run?: number | undefined;
}): MessagePart {
  const { fromMs = -Infinity, toMs = Infinity } = part;
  return ({ batch, run }) => {
    const closedMs = Date.parse(batch.closed);
    const { run: wanted = run } = part;
    if (closedMs < fromMs || run < wanted) return 'before';
    return closedMs >= toMs || run > wanted ? 'after' : 'inside';
  };
}
