/** Seconds that a trend reaches back. */
export const trendSecondsMax = 900;

/** Complete seconds that a rate is the mean of. */
const rateSeconds = 5;

/**
 * Hits by second of the wall clock, in a ring: entry `second mod trendSecondsMax` of a series. A message's hits are
 * spread evenly over the time from its opening to its closing, so that lanes add up and long batches show no spikes.
 */
export interface Trend {
  /** Seconds since 1970 of the newest and the oldest entry, or undefined before the first message. */
  range: { oldest: number; newest: number } | undefined;
  /** All hits, then one series per chamber. */
  readonly series: Float64Array[];
}

export function emptyTrend(): Trend {
  return { range: undefined, series: [new Float64Array(trendSecondsMax)] };
}

/** Adds a message: `hits[0]` of all, then of each chamber. Messages older than the ring are ignored. */
export function addToTrend(
  trend: Trend,
  { openedMs, closedMs }: { openedMs: number; closedMs: number },
  hits: readonly number[],
): void {
  while (trend.series.length < hits.length) trend.series.push(new Float64Array(trendSecondsMax));
  const last = Math.floor(closedMs / 1000);
  const { oldest, newest } = advance(trend, last);
  const first = Math.max(newest - trendSecondsMax + 1, Math.floor(openedMs / 1000));
  trend.range = { oldest: Math.max(newest - trendSecondsMax + 1, Math.min(oldest, first)), newest };
  for (let second = first; second <= last; second++) {
    const share = shareOfSecond(second, { openedMs, closedMs });
    hits.forEach((count, index) => (trend.series[index][second % trendSecondsMax] += count * share));
  }
}

/** The last `columns` seconds of a series in hits/s, the newest at the end; 0 where there is nothing. */
export function trendColumns(trend: Trend, seriesIndex: number, columns: number): Float64Array {
  const values = new Float64Array(columns);
  const range = completeRange(trend);
  if (range === undefined || seriesIndex >= trend.series.length) return values;
  for (let column = 0; column < columns; column++) {
    const second = range.newest - (columns - 1 - column);
    if (second >= range.oldest) values[column] = trend.series[seriesIndex][second % trendSecondsMax];
  }
  return values;
}

/** Mean of the newest complete seconds of a series, in hits/s; undefined before there is one. */
export function recentRate(trend: Trend, seriesIndex: number): number | undefined {
  const range = completeRange(trend);
  if (range === undefined) return undefined;
  const seconds = Math.min(rateSeconds, range.newest - range.oldest + 1);
  return trendColumns(trend, seriesIndex, seconds).reduce((sum, value) => sum + value, 0) / seconds;
}

/** The first and the last second are usually cut, so they are left out as soon as there are others. */
function completeRange({ range }: Trend): Trend['range'] {
  if (range === undefined || range.newest - range.oldest < 3) return range;
  const isWholeRing = range.newest - range.oldest === trendSecondsMax - 1;
  return { oldest: isWholeRing ? range.oldest : range.oldest + 1, newest: range.newest - 1 };
}

/** Moves the ring on to `second` and clears what it passes over. */
function advance(trend: Trend, second: number): { oldest: number; newest: number } {
  const { range } = trend;
  if (range === undefined) return { oldest: second, newest: second };
  if (second <= range.newest) return range;
  const cleared = Math.min(second - range.newest, trendSecondsMax);
  for (let back = 0; back < cleared; back++) {
    for (const values of trend.series) values[(second - back) % trendSecondsMax] = 0;
  }
  return { oldest: range.oldest, newest: second };
}

function shareOfSecond(second: number, { openedMs, closedMs }: { openedMs: number; closedMs: number }): number {
  if (closedMs <= openedMs) return second === Math.floor(closedMs / 1000) ? 1 : 0;
  const from = Math.max(openedMs, second * 1000);
  const to = Math.min(closedMs, second * 1000 + 1000);
  return Math.max(0, to - from) / (closedMs - openedMs);
}
