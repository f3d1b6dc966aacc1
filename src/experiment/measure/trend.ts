import type { RowsAt } from './backlog.js';
import { spreadOf } from '../runs/spread.js';

/** More samples than this say no more about a trend, and their pairs would take long. */
const samplesMax = 200;
const samplesMin = 3;
/** Growth below so many times the scatter may be chance: with twelve samples, three standard errors of the slope. */
const scattersMin = 3;

/** How a number of rows changes over time. */
export interface Trend {
  /** Rows per second: the median of the slopes between all pairs of samples. A stall changes it little. */
  readonly slope: number;
  /** Whether the growth over all samples stands out from their scatter about the line. */
  readonly isRising: boolean;
}

/**
 * The trend of samples in the order of their time, by Theil's line, which takes the median where least squares would give a
 * late sample weight.
 *
 * Source: H. Theil, Proc. Kon. Ned. Akad. Wet. 53 (1950) 386.
 */
export function trendOf(samples: readonly RowsAt[]): Trend {
  const every = Math.ceil(samples.length / samplesMax);
  const used = samples.filter((_, i) => i % every === 0);
  const slopes = used.flatMap((later, i) =>
    used
      .slice(0, i)
      .filter(({ ms }) => ms < later.ms)
      .map(({ ms, rows }) => ((later.rows - rows) / (later.ms - ms)) * 1000),
  );
  const slope = spreadOf(slopes)?.median ?? 0;
  const along = ({ ms, rows }: RowsAt): number => rows - (slope * (ms - used[0].ms)) / 1000;
  const level = spreadOf(used.map(along))?.median ?? 0;
  const scatter = spreadOf(used.map((sample) => Math.abs(along(sample) - level)))?.median ?? 0;
  const seconds = used.length === 0 ? 0 : ((used.at(-1)?.ms ?? 0) - used[0].ms) / 1000;
  return { slope, isRising: used.length >= samplesMin && slope > 0 && slope * seconds > scattersMin * scatter };
}
