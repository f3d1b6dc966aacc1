import { beginsAnew } from '../domain/message-reset.js';
import type { IncomingMessage } from './incoming-message.js';
import { type SeenIds, addId, missingIds, noIds } from './seen-ids.js';

/** Most producers told apart; messages of further ones are summed, but their duplicates go unnoticed. */
export const producersMax = 256;
/** Longest part of a name that tells producers apart. */
const nameMax = 200;

/** State of one producer (`<group>/<lane>`). */
interface Producer {
  readonly ids: SeenIds;
  /** The message with the smallest and the one with the largest `msg_ID`. */
  first: { readonly id: number; readonly carriedIn: number };
  last: {
    readonly id: number;
    readonly carriedOut: number;
    readonly closed: string | undefined;
    readonly history: string | undefined;
  };
}

/** Producers by name, as it came: not safe to print. */
export type Producers = Map<string, Producer>;

/**
 * Whether a message is new or a duplicate; `unknown` = counted, but it might be a duplicate; `anew` = its group was
 * reset, and nothing is noted: {@link forgetGroup} must be called first.
 */
export type Novelty = 'new' | 'duplicate' | 'unknown' | 'anew';

/** Notes a message with its producer. One without a name is never a duplicate: ids without a name are not unique. */
export function noteMessage(producers: Producers, message: IncomingMessage): Novelty {
  if (message.producer === undefined) return 'unknown';
  const name = producerName(message.producer);
  const id = message.msg_ID;
  const carriedIn = message.ledger?.carried_in ?? 0;
  const { history } = message;
  const last = { id, carriedOut: message.ledger?.carried_out ?? 0, closed: message.batch?.closed, history };
  const known = producers.get(name);
  if (known === undefined) {
    if (producers.size >= producersMax) return 'unknown';
    const ids = noIds();
    addId(ids, id);
    producers.set(name, { ids, first: { id, carriedIn }, last });
    return 'new';
  }
  if (beginsAnew(message, known.last)) return 'anew';
  if (!addId(known.ids, id)) return 'duplicate';
  if (id < known.first.id) known.first = { id, carriedIn };
  if (id > known.last.id) known.last = last;
  return 'new';
}

/** The message with the largest `msg_ID` of the producer of a message so far. */
export function newestBefore(producers: Producers, { producer }: IncomingMessage): Producer['last'] | undefined {
  return producer === undefined ? undefined : producers.get(producerName(producer))?.last;
}

/** Takes out all producers of the group that one belongs to. */
export function forgetGroup(producers: Producers, producer: string): Producers {
  const group = groupOf(producer);
  const forgotten = [...producers].filter(([name]) => groupOf(name) === group);
  for (const [name] of forgotten) producers.delete(name);
  return new Map(forgotten);
}

/** The part of a name that tells producers apart. */
export function producerName(producer: string): string {
  return producer.slice(0, nameMax);
}

/** `<group>/<lane>` is the name of a producer. */
export function groupOf(producer: string): string {
  return producerName(producer).replace(/\/\d+$/, '');
}

export interface CarriedRows {
  readonly carriedIn: number;
  readonly carriedOut: number;
}

export function sumCarried(one: CarriedRows, other: CarriedRows): CarriedRows {
  return { carriedIn: one.carriedIn + other.carriedIn, carriedOut: one.carriedOut + other.carriedOut };
}

/** Rows that were open before the first messages seen, and that are open after the last ones, of all producers. */
export function carriedRows(producers: Producers): CarriedRows {
  let carriedIn = 0;
  let carriedOut = 0;
  for (const { first, last } of producers.values()) {
    carriedIn += first.carriedIn;
    carriedOut += last.carriedOut;
  }
  return { carriedIn, carriedOut };
}

/** Messages before the first one of each producer. */
export function olderMessages(producers: Producers): number {
  return [...producers.values()].reduce((older, { first }) => older + first.id, 0);
}

/** Messages missing between the first and the last one of each producer. */
export function missingMessages(producers: Producers): number {
  let missing = 0;
  for (const { ids } of producers.values()) missing += missingIds(ids);
  return missing;
}
