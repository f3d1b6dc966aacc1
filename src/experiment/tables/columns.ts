import { type Dimension, dimensionValue, variedDimensions } from '../runs/configuration.js';
import type { Quantiles } from '../runs/quantiles.js';
import { type ConfigurationRuns, spreadOver } from '../report.js';
import type { Measurements } from '../runs/run-result.js';
import { relativeSpread, type Spread } from '../runs/spread.js';

/** A column of the table. */
export interface Column {
  readonly title: string;
  readonly isText?: boolean;
  readonly cell: (group: ConfigurationRuns) => string;
}

/** What a table shows: live runs at a rate, or runs over a topic that was filled before, perhaps each time again. */
export type TableKind = 'live' | 'drain' | 'fill and drain';

const dimensionTitles: Readonly<Record<Dimension, string>> = {
  instances: 'inst',
  threads: 'thr',
  partitions: 'part',
  shards: 'shards',
  rowsPerMessage: 'rows/msg',
  encoding: 'enc',
  physics: 'physics',
  rate: 'asked/s',
  batchIntervalMs: 'interval ms',
};

/**
 * The columns of an experiment's table: a dimension only where it differs between configurations, and the rate always
 * where there is one. Every number is the median over the repeats.
 */
export function columnsOf(groups: readonly ConfigurationRuns[], kind: TableKind): Column[] {
  const varied = variedDimensions(groups.map(({ configuration }) => configuration));
  const shown = varied.filter((dimension) => dimension !== 'rate');
  return kind === 'live' ? liveColumns([...shown, 'rate']) : drainColumns(shown, kind);
}

function settings(shown: readonly Dimension[]): Column[] {
  return shown.map((dimension) => ({
    title: dimensionTitles[dimension],
    cell: ({ configuration }) => dimensionValue(dimension, configuration),
  }));
}

function drainColumns(shown: readonly Dimension[], kind: TableKind): Column[] {
  const fill = (group: ConfigurationRuns): string => withSpread(spreadOver(group, (one) => one.producedRowsPerSecond));
  return [
    ...settings(shown),
    ...(kind === 'drain' ? [] : [{ title: 'filled rows/s', cell: fill }]),
    { title: 'rows/s', cell: (group) => withSpread(spreadOver(group, (one) => one.processedRowsPerSecond)) },
    number('seconds', (measured) => measured.seconds, digits(3)),
    number('CPU s/M', (measured) => measured.cpuSecondsPerMillionRows.process, digits(3)),
    times('batch ms', (measured) => measured.computeMs),
    number('rows/batch', (measured) => measured.rowsPerBatch, whole),
    number('MB', (measured) => measured.peakMemoryBytes.process / 1e6, whole),
    { title: 'verdict', isText: true, cell: verdictText },
  ];
}

function liveColumns(shown: readonly Dimension[]): Column[] {
  return [
    ...settings(shown),
    number('produced/s', (measured) => measured.producedRowsPerSecond, whole),
    { title: 'processed/s', cell: (group) => withSpread(spreadOver(group, (one) => one.processedRowsPerSecond)) },
    times('compute ms', (measured) => measured.computeMs),
    times('commit ms', (measured) => measured.commitMs),
    latency(),
    number('backlog', (measured) => measured.backlogRows, whole),
    number('grows/s', (measured) => measured.backlogSlope, signed),
    number('CPU s/M', (measured) => measured.cpuSecondsPerMillionRows.process, digits(3)),
    number('MB', (measured) => measured.peakMemoryBytes.process / 1e6, whole),
    { title: 'verdict', isText: true, cell: verdictText },
  ];
}

/** What the titles mean, a line each. */
export const columnNotes: Readonly<Record<'live' | 'drain', string>> = {
  live: `
Numbers are medians over the repeats, ± is half their range. Times are p50/p90/p99/max.
compute: from the last row of a batch to its message. commit: from the message until it is visible in data_clean.
latency: from the scheduled time of a hit until its orbit is visible; ≥ if some were not visible at the end.
backlog: rows due but not yet in a message at the end, and its growth. CPU and MB are those of process.`.trim(),
  drain: `
Numbers are medians over the repeats, ± is half their range. Times are p50/p90/p99/max.
rows/s and seconds: from the first row of the first message to the last message, all instances together.
batch: processing time, from the last row of a batch to its message. CPU: all of process, its start included.`.trim(),
};

function verdictText(group: ConfigurationRuns): string {
  if (group.faults.length > 0) return group.faults.join('; ');
  const late = spreadOver(group, (measured) => measured.verify.lateOrbits)?.max ?? 0;
  const notAsked = group.runs.some(({ measured }) => measured?.verify.result === 'not asked');
  return `ok${notAsked ? ', not verified' : ''}${late > 0 ? `, ${whole(late)} late orbits` : ''}`;
}

function number(title: string, of: (measured: Measurements) => number, format: (value: number) => string): Column {
  return { title, cell: (group) => formatted(spreadOver(group, of), format) };
}

function times(title: string, of: (measured: Measurements) => Quantiles | null): Column {
  return { title, cell: (group) => quantileText(group, of) };
}

function latency(): Column {
  return {
    title: 'latency ms',
    cell: (group) => {
      const text = quantileText(group, (measured) => measured.latencyMs);
      const unseen = spreadOver(group, (measured) => measured.hitsUnseen)?.max ?? 0;
      return unseen > 0 && text !== '-' ? `≥ ${text}` : text;
    },
  };
}

function quantileText(group: ConfigurationRuns, of: (measured: Measurements) => Quantiles | null): string {
  const at = (key: 'p50' | 'p90' | 'p99' | 'max'): Spread | undefined => spreadOver(group, (one) => of(one)?.[key]);
  if (at('p50') === undefined) return '-';
  return (['p50', 'p90', 'p99', 'max'] as const).map((key) => formatted(at(key), digits(2))).join('/');
}

function withSpread(spread: Spread | undefined): string {
  if (spread === undefined) return '-';
  return spread.count < 2
    ? whole(spread.median)
    : `${whole(spread.median)} ±${(relativeSpread(spread) * 100).toFixed(1)}%`;
}

function formatted(spread: Spread | undefined, format: (value: number) => string): string {
  return spread === undefined ? '-' : format(spread.median);
}

/** Whole numbers from 10^digits on, below that so many digits. */
function digits(count: number): (value: number) => string {
  return (value) => {
    if (Math.abs(value) >= 10 ** (count - 1)) return whole(value);
    return String(Number(value.toPrecision(count)));
  };
}

function signed(value: number): string {
  const rounded = Math.round(value);
  return rounded > 0 ? `+${whole(rounded)}` : whole(rounded);
}

function whole(value: number): string {
  const rounded = Math.round(value);
  return (rounded === 0 ? 0 : rounded).toLocaleString('en-US');
}
