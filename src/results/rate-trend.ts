import type { Physics } from '../domain/physics-message.js';
import type { IncomingMessage } from './incoming-message.js';

export const minuteMs = 60_000;

/** Start of the minute of a moment, ms since 1970. */
export function minuteOf(atMs: number): number {
  return Math.floor(atMs / minuteMs) * minuteMs;
}

/** Steps that are kept: 80 minutes of seconds, a day of minutes. */
const secondsMax = 4800;
const minutesMax = 1440;

/** Rates over time, by column, the oldest first; undefined = no message there. */
export interface RateColumns {
  /** End of the last column, ms since 1970. */
  readonly endMs: number;
  /** Hits per live second of the detector, of the wall clock where messages do not say it. */
  readonly all: readonly (number | undefined)[];
  readonly chambers: readonly (readonly (number | undefined)[])[];
  /** Orbits with a trigger per live second. */
  readonly trigger: readonly (number | undefined)[];
  /** Rows that `process` had not read, the most in the column. */
  readonly lag: readonly (number | undefined)[];
}

/** Series of a ring before those of the chambers. */
const series = { hits: 0, liveS: 1, trigger: 2, triggerS: 3, chambers: 4 } as const;

/**
 * Hits, live time and triggers by second and by minute of the clock. Those of a message are spread evenly over the time
 * from its opening to its closing, so that lanes add up and long batches show no spikes.
 */
export class RateTrend {
  #seconds = new Ring(1000, secondsMax);
  #minutes = new Ring(minuteMs, minutesMax);

  clear(): void {
    this.#seconds = new Ring(1000, secondsMax);
    this.#minutes = new Ring(minuteMs, minutesMax);
  }

  add(
    times: { readonly openedMs: number; readonly closedMs: number },
    { hit_count: hits, hit_count_chamber: byChamber, lanes = 1 }: IncomingMessage,
    physics: Physics | undefined,
  ): void {
    const liveS = physics === undefined ? (times.closedMs - times.openedMs) / 1000 : physics.live_s;
    const triggerS = physics === undefined ? 0 : liveS / lanes;
    const values = [hits, liveS / lanes, physics?.trigger.orbits ?? 0, triggerS, ...byChamber];
    for (const ring of [this.#seconds, this.#minutes]) ring.add(times, values);
  }

  /** The same as it is now: what comes later does not change it. */
  copy(): RateTrend {
    const copy = new RateTrend();
    [copy.#seconds, copy.#minutes] = [this.#seconds.copy(), this.#minutes.copy()];
    return copy;
  }

  /** Notes how many rows `process` has not read at a moment, ms since 1970. */
  noteLag(rows: number, atMs: number): void {
    for (const ring of [this.#seconds, this.#minutes]) ring.noteMax(rows, atMs);
  }

  /** @param lastMs a moment of the last column; undefined where there is no message */
  columns(columnS: number, columns: number, lastMs: number | undefined): RateColumns {
    const ring = columnS < 60 ? this.#seconds : this.#minutes;
    const columnMs = 1000 * columnS;
    const endMs = (Math.floor((lastMs ?? 0) / columnMs) + 1) * columnMs;
    const places = Array.from({ length: lastMs === undefined ? 0 : columns }, (_, column) => {
      const fromMs = endMs - (columns - column) * columnMs;
      return { fromMs, toMs: fromMs + columnMs };
    });
    const rates = (count: number, seconds: number): (number | undefined)[] =>
      places.map((place) => {
        const over = ring.sum(seconds, place);
        return over > 0 ? ring.sum(count, place) / over : undefined;
      });
    const chambers = Math.max(0, ring.series - series.chambers);
    return {
      endMs,
      all: rates(series.hits, series.liveS),
      chambers: Array.from({ length: chambers }, (_, chamber) => rates(series.chambers + chamber, series.liveS)),
      trigger: rates(series.trigger, series.triggerS),
      lag: held(
        places.map((place) => ring.max(place)),
        columnMs,
      ),
    };
  }
}

/** How often the lag is looked at, at most, in ms: a shorter column may lie between two looks. */
const lookMsMax = 2000;

/** A column between two looks is as the one before it. */
function held(lag: readonly (number | undefined)[], columnMs: number): (number | undefined)[] {
  return lag.map((rows, column) => rows ?? (columnMs < lookMsMax ? lag[column - 1] : undefined));
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Sums by step of the clock: entry `step mod length` of each series. */
class Ring {
  readonly #stepMs: number;
  readonly #length: number;
  #series: Float64Array[] = [];
  #max: Float64Array;
  #newest: number | undefined;

  constructor(stepMs: number, length: number) {
    [this.#stepMs, this.#length] = [stepMs, length];
    this.#max = new Float64Array(length).fill(-1);
  }

  get series(): number {
    return this.#series.length;
  }

  copy(): Ring {
    const copy = new Ring(this.#stepMs, this.#length);
    copy.#series = this.#series.map((values) => values.slice());
    [copy.#max, copy.#newest] = [this.#max.slice(), this.#newest];
    return copy;
  }

  add({ openedMs, closedMs }: { openedMs: number; closedMs: number }, values: readonly number[]): void {
    while (this.#series.length < values.length) this.#series.push(new Float64Array(this.#length));
    const last = Math.floor(closedMs / this.#stepMs);
    const first = Math.max(this.#advance(last) - this.#length + 1, Math.floor(openedMs / this.#stepMs));
    for (let step = first; step <= last; step++) {
      const share = this.#shareOf(step, { openedMs, closedMs });
      for (let index = 0; index < values.length; index++)
        this.#series[index][step % this.#length] += values[index] * share;
    }
  }

  noteMax(value: number, atMs: number): void {
    const step = Math.floor(atMs / this.#stepMs);
    if (step <= this.#advance(step) - this.#length) return;
    this.#max[step % this.#length] = Math.max(this.#max[step % this.#length], value);
  }

  sum(index: number, span: Span): number {
    const values = this.#series.at(index);
    if (values === undefined) return 0;
    let sum = 0;
    const last = this.#last(span);
    for (let step = this.#first(span); step <= last; step++) sum += values[step % this.#length];
    return sum;
  }

  max(span: Span): number | undefined {
    let max = -1;
    const last = this.#last(span);
    for (let step = this.#first(span); step <= last; step++) max = Math.max(max, this.#max[step % this.#length]);
    return max < 0 ? undefined : max;
  }

  /** Steps of a span that are kept; none where nothing has come. */
  #first({ fromMs }: Span): number {
    return Math.max(Math.floor(fromMs / this.#stepMs), (this.#newest ?? 0) - this.#length + 1);
  }

  #last({ toMs }: Span): number {
    return Math.min(Math.ceil(toMs / this.#stepMs) - 1, this.#newest ?? -Infinity);
  }

  /** Moves on to a step, clears what is passed over, and returns the newest one. */
  #advance(step: number): number {
    if (this.#newest === undefined || step <= this.#newest) return (this.#newest ??= step);
    const cleared = Math.min(step - this.#newest, this.#length);
    for (let back = 0; back < cleared; back++) {
      const at = (step - back) % this.#length;
      for (const values of this.#series) values[at] = 0;
      this.#max[at] = -1;
    }
    return (this.#newest = step);
  }

  #shareOf(step: number, { openedMs, closedMs }: { openedMs: number; closedMs: number }): number {
    if (closedMs <= openedMs) return step === Math.floor(closedMs / this.#stepMs) ? 1 : 0;
    const from = Math.max(openedMs, step * this.#stepMs);
    const to = Math.min(closedMs, (step + 1) * this.#stepMs);
    return Math.max(0, to - from) / (closedMs - openedMs);
  }
}
