import { channelWindows } from './channel-window.js';
import type { History } from './history.js';
import { minuteMs, minuteOf } from './rate-trend.js';
import { rejectedRows } from '../domain/rejected-rows.js';

/** A step of 5 minutes of the clock. */
export const channelStepS = 300;
const stepMs = 1000 * channelStepS;
/** Steps that are summed at a time, so that a frame is not kept waiting. */
const sumsMax = 4;
/** Steps that are remembered: 8 hours, and as many again for a moment of before. */
const stepsMax = 192;

/** What the whole minutes of a step have: hits by chamber and channel, in how many seconds (live ones where messages say them), and what was lost or late. */
export interface StepHits {
  readonly seconds: number;
  readonly hits: readonly Uint32Array[];
  readonly rejected: number;
  readonly lateHits: number;
}

/** Hits by channel in steps of 5 minutes, summed once when their minutes are over. */
export class ChannelSteps {
  /** By start of the step, with the minutes and messages that they are of. */
  readonly #known = new Map<number, { readonly of: string; readonly hits: StepHits | undefined }>();

  constructor(private readonly history: History) {}

  /**
   * The last steps up to the one of a moment, the newest last; undefined where no message is kept, or where there is no
   * sum yet: a few are made at each call, the newest first.
   */
  upTo(atMs: number, steps: number): (StepHits | undefined)[] {
    const last = Math.floor(atMs / stepMs) * stepMs;
    const untilMs = minuteOf(atMs);
    let sums = 0;
    const found = Array.from({ length: steps }, (_, back) => {
      const startMs = last - back * stepMs;
      const minutes = minutesOf(startMs, untilMs);
      const messages = minutes.map((minute) => this.history.minuteMessages(minute));
      const known = this.#known.get(startMs);
      const of = messages.join(' ');
      if (known?.of === of) return known.hits;
      if (messages.every((count) => count === 0)) return undefined;
      if (sums++ >= sumsMax) return known?.hits;
      const hits = this.#sumOf(minutes.filter((_minute, index) => messages[index] > 0));
      // The newest entry of the map is the last one that was made.
      this.#known.delete(startMs);
      this.#known.set(startMs, { of, hits });
      return hits;
    });
    for (const startMs of this.#known.keys()) {
      if (this.#known.size <= stepsMax) break;
      this.#known.delete(startMs);
    }
    return found.reverse();
  }

  #sumOf(minutes: readonly number[]): StepHits {
    const hits: Uint32Array[] = [];
    let [seconds, rejected, lateHits] = [0, 0, 0];
    for (const minute of minutes) {
      const { totals, liveS, fromMs, toMs } = this.history.minuteCounts(minute);
      seconds += liveS ?? ((toMs ?? 0) - (fromMs ?? 0)) / 1000;
      rejected += rejectedRows(totals.ledger.rejected);
      lateHits += totals.lateHits;
      channelWindows(totals).forEach((counts, chamber) => {
        const sum = (hits[chamber] ??= new Uint32Array(counts.length));
        for (let channel = 0; channel < sum.length; channel++) sum[channel] += counts[channel] ?? 0;
      });
    }
    return { seconds, hits, rejected, lateHits };
  }
}

/** The minutes of a step that end at a moment or before. */
function minutesOf(startMs: number, untilMs: number): number[] {
  const endMs = Math.min(startMs + stepMs, untilMs);
  return Array.from(
    { length: Math.max(0, Math.ceil((endMs - startMs) / minuteMs)) },
    (_, minute) => startMs + minute * minuteMs,
  );
}
