import { channelWindows } from './channel-window.js';
import type { History } from './history.js';
import { minuteMs, minuteOf } from './rate-trend.js';

/** Minutes that are remembered. */
const minutesMax = 120;

/** Hits by channel of the chamber and by minute. */
export class MinuteChannels {
  /** By start of the minute, with the number of messages that they are of. */
  readonly #known = new Map<number, { readonly messages: number; readonly hits: readonly Float64Array[] }>();

  constructor(private readonly history: History) {}

  /** The last minutes up to the one of a moment, the newest last, hits by chamber and channel; undefined without a message. */
  upTo(atMs: number, minutes: number): (readonly Float64Array[] | undefined)[] {
    const last = minuteOf(atMs);
    return Array.from({ length: minutes }, (_, column) => this.#hitsOf(last - (minutes - 1 - column) * minuteMs));
  }

  #hitsOf(startMs: number): readonly Float64Array[] | undefined {
    const messages = this.history.minuteMessages(startMs);
    if (messages === 0) return undefined;
    const known = this.#known.get(startMs);
    if (known?.messages === messages) return known.hits;
    const hits = channelWindows(this.history.minuteCounts(startMs).totals);
    this.#known.set(startMs, { messages, hits });
    const [oldest] = this.#known.keys();
    if (this.#known.size > minutesMax) this.#known.delete(oldest);
    return hits;
  }
}
