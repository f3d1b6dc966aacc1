import type { BoxFit } from '../domain/physics-message.js';
import { physicsOf } from '../domain/physics-of.js';
import { fitBox } from '../physics/box-fit.js';
import type { History } from './history.js';
import { minuteMs, minuteOf } from './rate-trend.js';
import { type BoxGeometry, driftHistogram } from './time-boxes.js';

/** Entries from which a box is fitted to a minute. */
const entriesMin = 1000;
/** Minutes that are fitted at a time, so that a frame is not kept waiting. */
const fitsMax = 4;
/** Minutes that are remembered. */
const minutesMax = 2000;

/** Width of the time box of each chamber by minute, fitted once when the minute is over. */
export class BoxWidths {
  /** By start of the minute: widths in ns, and of how many messages. */
  readonly #fitted = new Map<number, { readonly messages: number; readonly widths: readonly (number | undefined)[] }>();

  constructor(
    private readonly history: History,
    private readonly geometry: BoxGeometry,
  ) {}

  /**
   * The last whole minutes up to a moment, by chamber, the newest last, in ns; undefined where there are too few entries,
   * no edges, or no fit yet: a few are made at each call, the newest first.
   */
  upTo(atMs: number, minutes: number): (number | undefined)[][] {
    const end = minuteOf(atMs);
    const rows = Array.from({ length: minutes }, (_, back) => end - (back + 1) * minuteMs);
    let fits = 0;
    const widths = rows.map((startMs) => {
      const known = this.#fitted.get(startMs);
      const messages = this.history.minuteMessages(startMs);
      if (known?.messages === messages || (known === undefined && messages === 0)) return known?.widths ?? [];
      if (fits++ >= fitsMax) return known?.widths ?? [];
      const fitted = this.#fit(startMs);
      this.#fitted.set(startMs, { messages, widths: fitted });
      return fitted;
    });
    for (const startMs of this.#fitted.keys()) {
      if (this.#fitted.size <= minutesMax) break;
      this.#fitted.delete(startMs);
    }
    const chambers = Math.max(0, ...widths.map((ofMinute) => ofMinute.length));
    return Array.from({ length: chambers }, (_, chamber) => widths.map((ofMinute) => ofMinute.at(chamber)).reverse());
  }

  #fit(startMs: number): (number | undefined)[] {
    const physics = physicsOf(this.history.minuteSums(startMs));
    if (physics === undefined) return [];
    return Object.values(physics.chambers).map((chamber) => {
      const histogram = driftHistogram(chamber, this.geometry);
      const entries = histogram.counts.reduce((sum, count) => sum + count, 0);
      if (entries < entriesMin) return undefined;
      return widthOf(fitBox(histogram, this.geometry.driftVelocityUmNs));
    });
  }
}

function widthOf({ width_ns: widthNs }: BoxFit): number | undefined {
  return widthNs ?? undefined;
}
