import { DtstreamError } from '../../errors.js';
import { TimeHistogram, type Quantiles } from '../runs/quantiles.js';
import type { SeenMessage } from './seen-message.js';

/** What was asked for and what came of it. */
export interface LatencyOptions {
  readonly partitions: number;
  /** Partition p belongs to lane `p mod lanes`. */
  readonly lanes: number;
  /** In the order in which they became visible. */
  readonly messages: readonly SeenMessage[];
  /** Rows of each record of a partition; absent = one. */
  readonly recordRows?: (partition: number) => ArrayLike<number>;
  /** When a row was to be sent, by its number from 0, ms since 1970. */
  readonly dueMs: (row: number) => number;
  /** Only hits due in [from, to) count. */
  readonly window: { readonly fromMs: number; readonly toMs: number };
  /** When the last look at the results was: a hit not seen by then has waited at least until then. */
  readonly endMs: number;
}

/** A row of the input, in the order of sending. */
export interface SentRow {
  readonly partition: number;
  /** Raw counter. */
  readonly orbit: number;
  readonly isHit: boolean;
}

/** Maximum number of groups for rows that were never sent: there may be hundreds of millions. */
const unsentStepsMax = 10_000;

/** Messages of a lane, in order. */
interface LanePublished {
  readonly visibleMs: number[];
  /** Largest orbit counted up to each message, as steps from the first orbit of all. */
  readonly orbitMax: number[];
  readonly hits: number[];
  /** Hits that the meter finds in each message. */
  readonly found: Float64Array;
}

/** Where the meter is in a partition. */
interface PartitionPlace {
  readonly lane: LanePublished;
  /** Offsets and the message of the lane that read them. */
  readonly ranges: readonly (readonly [to: number, message: number])[];
  range: number;
  offset: number;
  rowsOfRecord: number;
}

/**
 * Measures how long each hit took from when it was *to be sent* to when it was visible, so that a producer or a processor
 * that stalls cannot hide: rows that were due meanwhile have waited, whether they were sent or not.
 *
 * ```
 *  row n ─ due at start + n / rate
 *    │  partition by its orbit, k-th row there ─► record (rows of each record) ─► offset
 *    ▼
 *  offset ─► message whose `input` holds it: read there ─► first message from there on whose `orbit_last` reaches the
 *            row's orbit: published there, as orbits close in order ─► when that message was visible
 * ```
 *
 * The hits found for each message must be as many as it says: otherwise the measurement is wrong, and says so.
 */
export class LatencyMeter {
  readonly #options: LatencyOptions;
  readonly #histogram = new TimeHistogram();
  readonly #lanes: readonly LanePublished[];
  readonly #places: readonly PartitionPlace[];
  #row = 0;
  #hits = 0;
  #unseen = 0;
  readonly #orbitFirst: number;

  constructor(options: LatencyOptions, orbitFirst: number) {
    this.#options = options;
    this.#orbitFirst = orbitFirst;
    const { lanes, messages, partitions } = options;
    const byLane = Array.from({ length: lanes }, (_, lane) => messages.filter((message) => message.lane === lane));
    this.#lanes = byLane.map((list) => this.#published(list));
    this.#places = Array.from({ length: partitions }, (_, partition) => ({
      lane: this.#lanes[partition % lanes],
      ranges: byLane[partition % lanes].flatMap(({ input }, message) =>
        input.filter(([own, from, to]) => own === partition && to > from).map(([, , to]) => [to, message] as const),
      ),
      range: 0,
      offset: 0,
      rowsOfRecord: 0,
    }));
  }

  /** Takes the next row of the input. */
  row({ partition, orbit, isHit }: SentRow): void {
    const place = this.#places[partition];
    const read = this.#readIn(place, partition);
    const dueMs = this.#options.dueMs(this.#row++);
    if (!isHit) return;
    this.#hits++;
    const { lane } = place;
    const message = read < lane.hits.length ? firstAtLeast(lane.orbitMax, this.#steps(orbit), read) : lane.hits.length;
    const isSeen = message < lane.hits.length;
    if (isSeen) lane.found[message]++;
    const { window, endMs } = this.#options;
    if (dueMs < window.fromMs || dueMs >= window.toMs) return;
    if (!isSeen) this.#unseen++;
    this.#histogram.add((isSeen ? lane.visibleMs[message] : endMs) - dueMs);
  }

  /**
   * Counts rows that come after those taken and were never sent: the same share of them as of the others are hits, and
   * those that were due in the window have waited since then.
   */
  unsent(rows: number): void {
    const { window, endMs, dueMs } = this.#options;
    const hitShare = this.#row === 0 ? 1 : this.#hits / this.#row;
    const step = Math.ceil(rows / unsentStepsMax);
    for (let row = this.#row; row < this.#row + rows; row += step) {
      const dueAtMs = dueMs(row);
      const hits = Math.round(Math.min(step, this.#row + rows - row) * hitShare);
      if (dueAtMs < window.fromMs || dueAtMs >= window.toMs || hits === 0) continue;
      this.#unseen += hits;
      this.#histogram.add(endMs - dueAtMs, hits);
    }
  }

  /**
   * Once all rows were taken that the messages may hold.
   *
   * @returns the latencies, and how many hits were not seen, which make them lower bounds
   * @throws DtstreamError `transport` when the messages do not have the hits that were found for them
   */
  end(): { readonly quantiles: Quantiles | undefined; readonly unseen: number } {
    for (const [lane, { hits, found }] of this.#lanes.entries()) {
      const wrong = hits.findIndex((count, message) => count !== found[message]);
      if (wrong < 0) continue;
      throw new DtstreamError(
        'transport',
        `latency must be measured of the hits that were published: message ${wrong} of lane ${lane} has ${hits[wrong]}, ` +
          `found ${found[wrong]}`,
      );
    }
    return { quantiles: this.#histogram.quantiles(), unseen: this.#unseen };
  }

  /** The message of the lane that read the partition's next row; as many as there are when none has. */
  #readIn(place: PartitionPlace, partition: number): number {
    const rows = this.#options.recordRows?.(partition);
    // A record without rows is read like any other.
    while (rows !== undefined && place.offset < rows.length && place.rowsOfRecord >= rows[place.offset]) {
      place.offset++;
      place.rowsOfRecord = 0;
    }
    while (place.range < place.ranges.length && place.ranges[place.range][0] <= place.offset) place.range++;
    if (rows === undefined) place.offset++;
    else place.rowsOfRecord++;
    return place.ranges[place.range]?.[1] ?? Infinity;
  }

  #published(messages: readonly SeenMessage[]): LanePublished {
    let orbitMax = -Infinity;
    const orbits = messages.map(({ orbitLast }) => {
      if (orbitLast !== null) orbitMax = Math.max(orbitMax, this.#steps(orbitLast));
      return orbitMax;
    });
    return {
      visibleMs: messages.map(({ visibleMs }) => visibleMs),
      orbitMax: orbits,
      hits: messages.map(({ hits }) => hits),
      found: new Float64Array(messages.length),
    };
  }

  /** Orbits since the first one, across the wrap of the counter. */
  #steps(orbit: number): number {
    return (orbit - this.#orbitFirst) | 0;
  }
}

/** The first index from `from` on whose value reaches `wanted`, in an ascending list; its length without one. */
function firstAtLeast(ascending: readonly number[], wanted: number, from: number): number {
  let [low, high] = [from, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
