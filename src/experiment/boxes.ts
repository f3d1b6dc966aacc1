import { configurationText, dimensions, variedDimensions } from './configuration.js';
import type { Quantiles } from './quantiles.js';
import { type ConfigurationRuns, groupRuns, orderedConfigurations, type Report, spreadOver } from './report.js';
import type { Measurements } from './run-result.js';

/** One configuration in a box plot. */
export interface FiveNumbers {
  readonly label: string;
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  /** The largest value of all, where it is beyond `high`. */
  readonly far: number | undefined;
  /** Whether something is wrong with a run behind it. */
  readonly isFaulty: boolean;
}

/** A box plot: a box a configuration, all on one scale. */
export interface BoxPlot {
  readonly title: string;
  readonly boxes: readonly FiveNumbers[];
}

/** The plots of a report: those that have anything to show. */
export function boxPlots({ runs }: Report): BoxPlot[] {
  const groups = groupRuns(runs, orderedConfigurations(runs));
  const varied = variedDimensions(groups.map(({ configuration }) => configuration));
  const named = varied.length > 0 ? varied : dimensions.slice(0, 2);
  const label = (group: ConfigurationRuns): string => configurationText(group.configuration, named);
  const plots: BoxPlot[] = [
    {
      title: 'latency, ms: from the scheduled time of a hit to its visibility',
      boxes: timeBoxes(groups, label, (one) => one.latencyMs),
    },
    {
      title: 'compute, ms: from the last row of a batch to its message',
      boxes: timeBoxes(groups, label, (one) => one.computeMs),
    },
    {
      title: 'processed, rows/s: one box over the repeats',
      boxes: groups.flatMap((group) => rateBox(group, label(group))),
    },
  ];
  return plots.filter(({ boxes }) => boxes.length > 0);
}

/** What the parts of a box are. */
export const boxNotes =
  'box: p25 to p75 with the median; line: from the minimum to p99; dot: the maximum. Medians over the repeats.';

function timeBoxes(
  groups: readonly ConfigurationRuns[],
  label: (group: ConfigurationRuns) => string,
  of: (measured: Measurements) => Quantiles | null,
): FiveNumbers[] {
  return groups.flatMap((group) => {
    const at = (key: keyof Quantiles): number | undefined => spreadOver(group, (one) => of(one)?.[key])?.median;
    const [low, q1, median, q3, high, far] = (['min', 'p25', 'p50', 'p75', 'p99', 'max'] as const).map(at);
    if ([low, q1, median, q3, high].some((value) => value === undefined)) return [];
    const box = { low: low ?? 0, q1: q1 ?? 0, median: median ?? 0, q3: q3 ?? 0, high: high ?? 0, far };
    return [{ label: label(group), ...box, isFaulty: group.faults.length > 0 }];
  });
}

function rateBox(group: ConfigurationRuns, label: string): FiveNumbers[] {
  const values = group.runs.flatMap(({ measured }) => (measured === null ? [] : [measured.processedRowsPerSecond]));
  if (values.length === 0) return [];
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const low = Math.floor(place);
    return sorted[low] + (sorted[Math.ceil(place)] - sorted[low]) * (place - low);
  };
  const box = { low: at(0), q1: at(0.25), median: at(0.5), q3: at(0.75), high: at(1), far: undefined };
  return [{ label, ...box, isFaulty: group.faults.length > 0 }];
}
