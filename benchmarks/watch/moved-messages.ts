import type { BatchMessage, SeenHistogram } from '../../src/domain/batch-message.js';

/** Slots of 64 orbits in a turn of the counter, which has 32 bits. */
const slotOrbits = 64;
const turnSlots = 2 ** 26;
const turnOrbits = 2 ** 32;

/** From where a row of moved messages goes on. */
export interface MovedPlace {
  /** When the next batch is opened, ms since 1970. */
  readonly atMs: number;
  readonly id: number;
  /** Its first lit slot. */
  readonly slot: number;
  /** Next row of the topic. */
  readonly offset: number;
  /** Rows that the message before has left to it. */
  readonly carried: number;
}

/** The place where a run begins with a message. */
export function placeBefore(message: BatchMessage, atMs: number): MovedPlace {
  return { atMs, id: 0, slot: slotsOf(message).first, offset: 0, carried: message.ledger.carried_in };
}

/**
 * A message as it would be at another place of the run: the same hits, at the next orbits, rows and moments. Its batch is
 * open as long as the detector was live for it.
 *
 * @returns the message, and the place of the next one
 */
export function movedMessage(
  message: BatchMessage,
  place: MovedPlace,
  history: string,
): { readonly message: BatchMessage; readonly next: MovedPlace } {
  const { first, last, count } = slotsOf(message);
  const slots = (place.slot - first + turnSlots) % turnSlots;
  const moved = (orbit: number): number => (orbit + slots * slotOrbits) % turnOrbits;
  const { ledger, physics, batch } = message;
  const durationMs = (physics?.live_s ?? 0) * 1000;
  const closedMs = place.atMs + durationMs;
  const rowsRead = ledger.rows_read + ledger.carried_in - place.carried;
  const next = {
    ...{ atMs: closedMs, id: place.id + 1, slot: (place.slot + count) % turnSlots },
    ...{ offset: place.offset + rowsRead, carried: ledger.carried_out },
  };
  return {
    next,
    message: {
      ...message,
      msg_ID: place.id,
      active_tdc_chamber: mapValues(message.active_tdc_chamber, (orbits) => movedHistogram(orbits, moved)),
      ledger: { ...ledger, rows_read: rowsRead, carried_in: place.carried },
      batch: {
        ...batch,
        opened: new Date(place.atMs).toISOString(),
        closed: new Date(closedMs).toISOString(),
        duration_ms: durationMs,
        interval_ms: Math.max(1, Math.round(durationMs)),
        orbit_first: batch.orbit_first === null ? null : moved(batch.orbit_first),
        orbit_last: batch.orbit_last === null ? null : moved(batch.orbit_last),
      },
      history,
      input: { '0': [place.offset, next.offset] },
      ...(physics != null && {
        physics: {
          ...physics,
          slots: { ...physics.slots, first: (first + slots) % turnSlots, last: (last + slots) % turnSlots },
        },
      }),
    },
  };
}

/** @throws Error when nothing was lit in the message */
function slotsOf({ msg_ID: id, physics }: BatchMessage): { first: number; last: number; count: number } {
  const { first = null, last = null } = physics?.slots ?? {};
  if (first === null || last === null) throw new Error(`message ${id} must have lit slots to be moved`);
  return { first, last, count: ((last - first + turnSlots) % turnSlots) + 1 };
}

/** Values in ascending order, also where the counter turns. */
function movedHistogram({ bin_edges: orbits, hist_counts: counts }: SeenHistogram, moved: (orbit: number) => number) {
  const edges = orbits.map(moved);
  const turn = edges.findIndex((edge, index) => index > 0 && edge < edges[index - 1]);
  const from = Math.max(0, turn);
  return {
    bin_edges: [...edges.slice(from), ...edges.slice(0, from)],
    hist_counts: [...counts.slice(from), ...counts.slice(0, from)],
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, map: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
