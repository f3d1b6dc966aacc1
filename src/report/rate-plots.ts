import type { DetectorView, TrendsView } from '../views/detector/detector-view.js';
import { trendFinding } from './findings.js';
import { linearScale, type Plot, type PlotTick } from './plot.js';
import type { ReportClock } from './shift-report.js';
import { momentText, shortMomentText } from './texts.js';

/** One quantity against time. */
interface Trend {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly values: readonly (number | undefined)[];
}

/** What is plotted against time, in this order; a series of which nothing is known is left out. */
export function trendsOf({ trends, chambers }: DetectorView): Trend[] {
  const all: Trend[] = [
    { id: 'rate-all', title: 'All chambers, hits per live second', unit: 'hits/s', values: trends.all },
    ...chambers.map(({ chamber }) => ({
      id: `rate-${chamber}`,
      title: `Chamber ${chamber}, hits per live second`,
      unit: 'hits/s',
      values: trends.chambers[chamber] ?? [],
    })),
    { id: 'rate-trigger', title: 'Orbits with a trigger per live second', unit: 'Hz', values: trends.trigger },
    { id: 'lag', title: 'Rows that process had not read', unit: 'rows', values: trends.lag },
  ];
  return all.filter(({ values }) => values.some((value) => value !== undefined));
}

/** When each column of the trends begins, ms on the report's clock. */
export function columnStarts({ endMs, columnS, all }: TrendsView): number[] {
  return all.map((_, column) => endMs - 1000 * columnS * (all.length - column));
}

/** Rates against one time axis; NEW and GONE alarms and marks stand in them. */
export function ratePlots(detector: DetectorView, clock: ReportClock): Plot[] {
  const { trends, alarms, marks } = detector;
  const columns = trends.all.length;
  const fromMs = trends.endMs - 1000 * trends.columnS * columns;
  const atMs = (ms: number): number => (ms - fromMs) / (1000 * trends.columnS);
  const isInside = ({ at }: PlotTick): boolean => at >= 0 && at <= columns;
  const edges = marks.map(({ atMs: ms, number }) => ({ at: atMs(ms), text: String(number) })).filter(isInside);
  const signs = alarms.map(({ sinceMs }) => ({ at: atMs(sinceMs), text: '!' })).filter(isInside);
  const xTitle =
    clock === 'utc'
      ? spanText(momentText(fromMs, clock), momentText(trends.endMs, clock))
      : 'live time since the first message';
  return trendsOf(detector).map(({ id, title, unit, values }) => ({
    ...{ id, title, finding: trendFinding(values, unit), form: 'line', expected: undefined },
    bins: values,
    scale: linearScale(Math.max(0, ...values.map((value) => value ?? 0))),
    ...{ xTicks: timeTicks(fromMs, trends, clock), xTitle, signs, edges },
  }));
}

/** `2026-11-29 14:50:45 to 14:52:09 UTC`: the day once. */
function spanText(from: string, to: string): string {
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC`;
}

const ticksWanted = 5;

function timeTicks(fromMs: number, { endMs, columnS }: TrendsView, clock: ReportClock): PlotTick[] {
  const stepMs = stepsMs.find((step) => (endMs - fromMs) / step <= ticksWanted) ?? endMs - fromMs;
  const ticks: PlotTick[] = [];
  for (let ms = Math.ceil(fromMs / stepMs) * stepMs; ms <= endMs; ms += stepMs)
    ticks.push({ at: (ms - fromMs) / (1000 * columnS), text: shortMomentText(ms, clock, stepMs) });
  return ticks;
}

const stepsMs = [1, 5, 10, 20, 60, 120, 300, 600, 1200, 3600, 7200, 14_400, 21_600, 86_400].map((s) => 1000 * s);
