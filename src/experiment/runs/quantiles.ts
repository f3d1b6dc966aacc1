import { build } from 'hdr-histogram-js';
import { z } from 'zod';

/** What many values of one kind say, ms. */
export const quantilesSchema = z.object({
  count: z.int().min(0),
  min: z.number(),
  p25: z.number(),
  p50: z.number(),
  p75: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
});
export type Quantiles = Readonly<z.infer<typeof quantilesSchema>>;

const unitsPerMs = 1000;
/** Three digits are kept of every value, so that a quantile is within 0.1 % of the exact one. */
const digits = 3;

/** Collects times and gives their quantiles, in memory that does not grow with their number. */
export class TimeHistogram {
  readonly #histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: digits });
  #min = Infinity;
  #max = -Infinity;

  /** @param ms below 0 counts as 0: clocks of two processes differ by a few µs */
  add(ms: number, count = 1): void {
    const value = Math.max(0, ms);
    this.#histogram.recordValueWithCount(Math.round(value * unitsPerMs), count);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** undefined without a value. */
  quantiles(): Quantiles | undefined {
    const count = this.#histogram.totalCount;
    if (count === 0) return undefined;
    const at = (percent: number): number => {
      const value = this.#histogram.getValueAtPercentile(percent) / unitsPerMs;
      return Math.min(this.#max, Math.max(this.#min, value));
    };
    return {
      ...{ count, min: this.#min, p25: at(25), p50: at(50), p75: at(75), p90: at(90), p99: at(99), max: this.#max },
    };
  }
}

/** The quantiles of a list; undefined when it is empty. */
export function quantilesOf(values: Iterable<number>): Quantiles | undefined {
  const histogram = new TimeHistogram();
  for (const value of values) histogram.add(value);
  return histogram.quantiles();
}
