/** Seconds that a trend reaches back. */
export const trendSecondsMax = 900;

/** Complete seconds that a rate is the mean of. */
const rateSeconds = 5;

/** Marks that are kept. */
const marksMax = 64;

/** Something that the messages say happened: another history, or ids that have not come. */
export interface TrendMark {
  readonly second: number;
  readonly producer: string;
  readonly kind: 'restart' | 'missing';
  /** The ids [from, to) that had not come, and how many of them still have not; none for a restart. */
  readonly from: number;
  readonly to: number;
  missing: number;
}

/**
 * Hits by second of the wall clock, in a ring: entry `second mod trendSecondsMax` of a series. A message's hits are
 * spread evenly over the time from its opening to its closing, so that lanes add up and long batches show no spikes.
 */
export interface Trend {
  /** Seconds since 1970 of the newest and the oldest entry, or undefined before the first message. */
  range: { oldest: number; newest: number } | undefined;
  /** All hits, then one series per chamber. */
  readonly series: Float64Array[];
  /** Live seconds of the detector; NaN where a message does not say them. */
  readonly liveS: Float64Array;
  /** The newest ones, at most {@link marksMax}. */
  readonly marks: TrendMark[];
}

export function emptyTrend(): Trend {
  return {
    range: undefined,
    series: [new Float64Array(trendSecondsMax)],
    liveS: new Float64Array(trendSecondsMax),
    marks: [],
  };
}

/**
 * Adds a message: `hits[0]` of all, then of each chamber, and live seconds of the detector. Messages older than the ring
 * are ignored.
 */
export function addToTrend(
  trend: Trend,
  { openedMs, closedMs }: { openedMs: number; closedMs: number },
  { hits, liveS }: { readonly hits: readonly number[]; readonly liveS: number },
): void {
  while (trend.series.length < hits.length) trend.series.push(new Float64Array(trendSecondsMax));
  const last = Math.floor(closedMs / 1000);
  const { oldest, newest } = advance(trend, last);
  const first = Math.max(newest - trendSecondsMax + 1, Math.floor(openedMs / 1000));
  trend.range = { oldest: Math.max(newest - trendSecondsMax + 1, Math.min(oldest, first)), newest };
  for (let second = first; second <= last; second++) {
    const share = shareOfSecond(second, { openedMs, closedMs });
    hits.forEach((count, index) => (trend.series[index][second % trendSecondsMax] += count * share));
    if (share > 0) trend.liveS[second % trendSecondsMax] += liveS * share;
  }
}

/** Newest message of a producer before another one. */
interface NewestBefore {
  readonly id: number;
  readonly history: string | undefined;
}

/**
 * Marks a message that has another history than the one before it, or ids missing before it. One that comes late takes
 * its id out of the mark. A pause is no mark: the times of batches say nothing of why nothing came.
 */
export function markMessage(
  trend: Trend,
  message: { readonly producer: string; readonly id: number; readonly history: string | undefined; openedMs: number },
  before: NewestBefore | undefined,
): void {
  const { producer, id, history, openedMs } = message;
  if (before === undefined) return;
  const second = Math.floor(openedMs / 1000);
  if (id < before.id) {
    const at = trend.marks.findIndex((mark) => mark.producer === producer && mark.from <= id && id < mark.to);
    if (at >= 0 && --trend.marks[at].missing === 0) trend.marks.splice(at, 1);
    return;
  }
  const mark = { second, producer, from: before.id + 1, to: id };
  if (history !== before.history) trend.marks.push({ ...mark, kind: 'restart', to: mark.from, missing: 0 });
  if (mark.to > mark.from) trend.marks.push({ ...mark, kind: 'missing', missing: mark.to - mark.from });
  trend.marks.splice(0, trend.marks.length - marksMax);
}

/** The marks of the last `columns` seconds, by column; a restart goes before missing messages of the same second. */
export function trendMarks(trend: Trend, columns: number): Map<number, TrendMark['kind']> {
  const marked = new Map<number, TrendMark['kind']>();
  const range = completeRange(trend);
  if (range === undefined) return marked;
  for (const { second, kind } of trend.marks) {
    const column = second - range.newest + columns - 1;
    if (column < 0 || column >= columns) continue;
    if (kind === 'restart' || !marked.has(column)) marked.set(column, kind);
  }
  return new Map([...marked].sort(([a], [b]) => a - b));
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
  return recentMean(trend, trend.series.at(seriesIndex));
}

/**
 * Live seconds of the detector per second of the wall clock, over the newest complete seconds: below 1 where rows are
 * replayed slowly or the detector pauses. Undefined where it is not known.
 */
export function recentPace(trend: Trend): number | undefined {
  const pace = recentMean(trend, trend.liveS);
  return Number.isNaN(pace) ? undefined : pace;
}

/** Mean of a ring over the newest complete seconds; 0 without a ring, undefined before there is such a second. */
function recentMean(trend: Trend, ring: Float64Array | undefined): number | undefined {
  const range = completeRange(trend);
  if (range === undefined) return undefined;
  const seconds = Math.min(rateSeconds, range.newest - range.oldest + 1);
  let sum = 0;
  for (let back = seconds - 1; back >= 0; back--) sum += ring?.[(range.newest - back) % trendSecondsMax] ?? 0;
  return sum / seconds;
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
    for (const values of [...trend.series, trend.liveS]) values[(second - back) % trendSecondsMax] = 0;
  }
  return { oldest: range.oldest, newest: second };
}

function shareOfSecond(second: number, { openedMs, closedMs }: { openedMs: number; closedMs: number }): number {
  if (closedMs <= openedMs) return second === Math.floor(closedMs / 1000) ? 1 : 0;
  const from = Math.max(openedMs, second * 1000);
  const to = Math.min(closedMs, second * 1000 + 1000);
  return Math.max(0, to - from) / (closedMs - openedMs);
}
