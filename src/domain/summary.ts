import type { BatchMessage, Ledger, SeenHistogram, Summary, Timing } from './batch-message.js';
import { type ChamberList, type CommonChambers, joinChambers, spreadOut } from './chamber-channels.js';
import { chamberChannels } from './geometry.js';
import { messageSchemaVersion } from './message-version.js';
import { PhysicsSum } from './physics-sum.js';
import { emptySpan, noteTime, timingOf } from './time-span.js';

/** Adds up messages under their own keys; the order of the messages does not matter. */
export class SummarySum {
  #batches = 0;
  readonly #runs = new Set<string>();
  readonly #channels = new Map<string, Map<number, number>>();
  readonly #active = new Map<string, number[]>();
  readonly #hitCounts: number[] = [];
  readonly #ledger: Ledger = emptyLedger();
  /** What each producer's first message took over and its last one left: the ends of the chain of ledgers. */
  readonly #chains = new Map<string, { first: BatchMessage; last: BatchMessage }>();
  readonly #lost = new Map<string, number>();
  #common: CommonChambers;
  #lateHits = 0;
  #lateOrbits = 0;
  #orbits = 0;
  readonly #span = emptySpan();
  readonly #physics = new PhysicsSum();

  /** @param chambers which, or how many, to show also when nothing is added */
  constructor(chambers: ChamberList | number = 0) {
    if (typeof chambers !== 'number') this.#common = chambers;
    const count = typeof chambers === 'number' ? chambers : chambers.length;
    for (let chamber = 0; chamber < count; chamber++) {
      this.#hitCounts.push(0);
      this.#channels.set(String(chamber), new Map());
      this.#active.set(String(chamber), new Array<number>(chamberChannels + 1).fill(0));
    }
  }

  add(message: BatchMessage): void {
    this.#batches++;
    this.#physics.add(message);
    noteTime(this.#span, message);
    this.#runs.add(`${message.producer} ${message.run}`);
    message.hit_count_chamber.forEach((count, chamber) => {
      this.#hitCounts[chamber] = (this.#hitCounts[chamber] ?? 0) + count;
    });
    for (const [chamber, seen] of Object.entries(message.tdc_counts_chamber)) {
      addSeen(
        entryOf(this.#channels, chamber, () => new Map<number, number>()),
        seen,
      );
    }
    for (const [chamber, counts] of Object.entries(message.active_channels_chamber)) {
      const sums = entryOf(this.#active, chamber, () => counts.map(() => 0));
      counts.forEach((count, channels) => (sums[channels] += count));
    }
    this.#common = joinChambers(this.#common, message.chambers);
    addLedger(this.#ledger, message.ledger);
    const chain = entryOf(this.#chains, message.producer, () => ({ first: message, last: message }));
    if (message.msg_ID < chain.first.msg_ID) chain.first = message;
    if (message.msg_ID > chain.last.msg_ID) chain.last = message;
    for (const [partition, count] of lostOf(message)) {
      this.#lost.set(partition, (this.#lost.get(partition) ?? 0) + count);
    }
    this.#lateHits += message.late_hits;
    this.#lateOrbits += message.late_orbits;
    this.#orbits += message.orbits;
  }

  /**
   * From when to when the messages are.
   *
   * @param orbitNs length of an orbit, in ns
   */
  timing(orbitNs: number): Timing {
    return timingOf(this.#span, orbitNs);
  }

  get summary(): Summary {
    const chains = [...this.#chains.values()];
    const physics = this.#physics.sum;
    const channels = Object.fromEntries([...this.#channels].map(([chamber, counts]) => [chamber, seenOf(counts)]));
    return {
      schema: messageSchemaVersion,
      batches: this.#batches,
      runs: this.#runs.size,
      hit_count: this.#ledger.hits,
      hit_count_chamber: [...this.#hitCounts],
      ledger: {
        ...this.#ledger,
        carried_in: chains.reduce((total, { first }) => total + first.ledger.carried_in, 0),
        carried_out: chains.reduce((total, { last }) => total + last.ledger.carried_out, 0),
      },
      late_hits: this.#lateHits,
      late_orbits: this.#lateOrbits,
      orbits: this.#orbits,
      tdc_counts_chamber: channels,
      ...withinChambers(this.#common, channels),
      active_channels_chamber: Object.fromEntries(this.#active),
      ...(physics !== undefined && { physics }),
      ...(this.#lost.size > 0 && { lost: Object.fromEntries(this.#lost) }),
    };
  }
}

/** The keys that need one list of chambers for all; without one, channels are those of the board only. */
function withinChambers(
  chambers: CommonChambers,
  channels: Summary['tdc_counts_chamber'],
): Pick<Summary, 'chambers' | 'channel_hits_chamber'> {
  if (chambers === undefined || chambers === 'different') return {};
  const spread = chambers.map((chamber, index) => spreadOut(channels[index] ?? noChannels, chamber));
  // An older message, which does not name its chambers, may have had others.
  if (spread.some((counts) => counts === undefined)) return {};
  return { chambers, channel_hits_chamber: Object.fromEntries(spread.map((counts, index) => [index, counts ?? []])) };
}

/** How many messages of its topic a message says were gone before they were read, by partition. */
export function lostOf({ lost = {} }: Pick<BatchMessage, 'lost'>): Map<string, number> {
  return new Map(
    Object.entries(lost).map(([partition, ranges]) => [
      partition,
      ranges.reduce((total, [from, to]) => total + to - from, 0),
    ]),
  );
}

/** A ledger of nothing, to add to. */
export function emptyLedger(): Ledger {
  return {
    rows_read: 0,
    hits: 0,
    scintillator: 0,
    dropped: { head: 0, channel: 0 },
    rejected: { fields: 0, number: 0, range: 0 },
    carried_in: 0,
    carried_out: 0,
  };
}

/** Adds everything except the carried counts, which chain instead of adding up. */
export function addLedger(sum: Ledger, ledger: Ledger): void {
  sum.rows_read += ledger.rows_read;
  sum.hits += ledger.hits;
  sum.scintillator += ledger.scintillator;
  sum.dropped.head += ledger.dropped.head;
  sum.dropped.channel += ledger.dropped.channel;
  sum.rejected.fields += ledger.rejected.fields;
  sum.rejected.number += ledger.rejected.number;
  sum.rejected.range += ledger.rejected.range;
  if (ledger.carried_lost !== undefined) sum.carried_lost = (sum.carried_lost ?? 0) + ledger.carried_lost;
}

const noChannels: SeenHistogram = { bin_edges: [], hist_counts: [] };

function addSeen(counts: Map<number, number>, { bin_edges, hist_counts }: SeenHistogram): void {
  bin_edges.forEach((value, index) => counts.set(value, (counts.get(value) ?? 0) + hist_counts[index]));
}

function seenOf(counts: ReadonlyMap<number, number>): SeenHistogram {
  const seen = [...counts].sort(([a], [b]) => a - b);
  return { bin_edges: seen.map(([value]) => value), hist_counts: seen.map(([, count]) => count) };
}

function entryOf<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
