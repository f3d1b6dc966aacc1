import type { IncomingMessage } from './incoming-message.js';
import { type SeenIds, addId, missingIds, noIds } from './seen-ids.js';

/** Most producers told apart; messages of further ones are summed, but their duplicates go unnoticed. */
export const producersMax = 256;
/** Longest part of a name that tells producers apart. */
const nameMax = 200;

/** What is known of one producer (`<group>/<lane>`). */
interface Producer {
  readonly ids: SeenIds;
  /** The message with the smallest and the one with the largest `msg_ID`. */
  first: { readonly id: number; readonly carriedIn: number };
  last: { readonly id: number; readonly carriedOut: number };
}

/** Producers by name, as it came: not safe to print. */
export type Producers = Map<string, Producer>;

/** Whether a message is counted, or came before; `unknown` = counted, but nobody can tell. */
export type Novelty = 'new' | 'duplicate' | 'unknown';

/** Notes a message with its producer. One without a name is never a duplicate: ids without a name are not unique. */
export function noteMessage(producers: Producers, message: IncomingMessage): Novelty {
  if (message.producer === undefined) return 'unknown';
  const name = message.producer.slice(0, nameMax);
  const id = message.msg_ID;
  const carriedIn = message.ledger?.carried_in ?? 0;
  const carriedOut = message.ledger?.carried_out ?? 0;
  const known = producers.get(name);
  if (known === undefined) {
    if (producers.size >= producersMax) return 'unknown';
    const ids = noIds();
    addId(ids, id);
    producers.set(name, { ids, first: { id, carriedIn }, last: { id, carriedOut } });
    return 'new';
  }
  if (!addId(known.ids, id)) return 'duplicate';
  if (id < known.first.id) known.first = { id, carriedIn };
  if (id > known.last.id) known.last = { id, carriedOut };
  return 'new';
}

/** Rows that were open before the first messages seen, and that are open after the last ones, of all producers. */
export function carriedRows(producers: Producers): { carriedIn: number; carriedOut: number } {
  let carriedIn = 0;
  let carriedOut = 0;
  for (const { first, last } of producers.values()) {
    carriedIn += first.carriedIn;
    carriedOut += last.carriedOut;
  }
  return { carriedIn, carriedOut };
}

/** Messages missing between the first and the last one of each producer. */
export function missingMessages(producers: Producers): number {
  let missing = 0;
  for (const { ids } of producers.values()) missing += missingIds(ids);
  return missing;
}
