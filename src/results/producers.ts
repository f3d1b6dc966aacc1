import { beginsAnew } from '../domain/message-reset.js';
import type { IncomingMessage } from './incoming-message.js';
import { noteRead, type RowsRead, readRates } from './process-lag.js';
import { type SeenIds, addId, idsSeen, missingIds, noIds } from './seen-ids.js';

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
    readonly run: number | undefined;
    /** Interval of its batches and computing time of the newest one, in ms, where it says them. */
    readonly intervalMs: number | undefined;
    readonly computeMs: number | undefined;
  };
  /** What was read for its newest messages. */
  readonly reads: RowsRead[];
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
  const { history, run, batch } = message;
  const last = {
    ...{ id, carriedOut: message.ledger?.carried_out ?? 0, closed: batch?.closed, history, run },
    ...{ intervalMs: batch?.interval_ms, computeMs: batch?.compute_ms },
  };
  const known = producers.get(name);
  if (known === undefined) {
    if (producers.size >= producersMax) return 'unknown';
    const ids = noIds();
    addId(ids, id);
    producers.set(name, { ids, first: { id, carriedIn }, last, reads: readsOf(message) });
    return 'new';
  }
  if (beginsAnew(message, known.last)) return 'anew';
  if (!addId(known.ids, id)) return 'duplicate';
  if (id < known.first.id) known.first = { id, carriedIn };
  if (id > known.last.id) known.last = last;
  for (const read of readsOf(message)) noteRead(known.reads, read);
  return 'new';
}

/** What a message says that was read for it; nothing where it does not. */
function readsOf({ batch, ledger }: IncomingMessage): RowsRead[] {
  const [openedMs, closedMs] = [Date.parse(batch?.opened ?? ''), Date.parse(batch?.closed ?? '')];
  if (ledger === undefined || Number.isNaN(openedMs) || Number.isNaN(closedMs)) return [];
  return [{ openedMs, closedMs, rows: ledger.rows_read, records: 0 }];
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

/** What a producer has sent so far; undefined where its messages do not say it. */
export interface ProducerRow extends Pick<Producer['last'], 'run' | 'intervalMs' | 'computeMs'> {
  readonly name: string;
  readonly messages: number;
  readonly missing: number;
  /** When its newest batch was closed, ms since 1970. */
  readonly closedMs: number | undefined;
  /** Of the wall clock, over its newest messages. */
  readonly rowsPerS: number | undefined;
}

/** A row a producer, in the order of their names. */
export function producerRows(producers: Producers): ProducerRow[] {
  const rows = [...producers].map(([name, { ids, last, reads }]) => {
    const { run, intervalMs, computeMs, closed } = last;
    const closedMs = Date.parse(closed ?? '');
    return {
      ...{ name, run, intervalMs, computeMs, messages: idsSeen(ids), missing: missingIds(ids) },
      closedMs: Number.isNaN(closedMs) ? undefined : closedMs,
      rowsPerS: reads.length === 0 ? undefined : readRates(reads).perSecond,
    };
  });
  return rows.sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
}
