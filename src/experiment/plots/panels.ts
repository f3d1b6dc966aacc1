import { type Axis, measuredAxis, settingAxis } from '../../plots/axis.js';
import {
  type Configuration,
  configurationText,
  type Dimension,
  dimensionNames,
  followsThreads,
  variedDimensions,
} from '../runs/configuration.js';
import {
  type ConfigurationRuns,
  drainedRows,
  groupRuns,
  orderedConfigurations,
  type Report,
  spreadOver,
} from '../report.js';
import type { Measurements } from '../runs/run-result.js';
import type { Spread } from '../runs/spread.js';

/** One configuration in a plot: the median over its repeats, with the smallest and the largest of them. */
export interface PanelPoint {
  /** Position on the x axis: the value of the setting, or the number of a word in `Panel.words`. */
  readonly x: number;
  readonly y: Spread;
  /** Whether something is wrong with a run behind it. */
  readonly isFaulty: boolean;
}

interface PanelLine {
  /** `2 threads`; empty where there is one line only. */
  readonly label: string;
  readonly points: readonly PanelPoint[];
}

/** One measured quantity against one setting. */
export interface Panel {
  readonly axis: Dimension;
  readonly xAxis: Axis;
  /** Names of the positions 0, 1, …, of a setting that is no number. */
  readonly words: readonly string[] | undefined;
  readonly lines: readonly PanelLine[];
  /** Speed that is proportional to the setting, from the first point of the first line; undefined where that is no aim. */
  readonly ideal: readonly { readonly x: number; readonly y: number }[] | undefined;
}

/** One measured quantity, a panel for each setting, all on one scale. */
export interface PanelRow {
  readonly title: string;
  readonly yAxis: Axis;
  /** One for each column. */
  readonly panels: readonly Panel[];
}

/** Small multiples: a column for each setting that varies, a row for each quantity. */
export interface PanelFigure {
  /** Name of a column, and the settings that are fixed in it. */
  readonly columns: readonly { readonly title: string; readonly fixed: string }[];
  readonly rows: readonly PanelRow[];
  readonly notes: string;
}

interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly of: (measured: Measurements) => number | undefined;
  /** Whether more hardware should make it proportionally more. */
  readonly isSpeed?: boolean;
}

const rowsPerSecond = { unit: 'rows/s', of: (one: Measurements) => one.processedRowsPerSecond } as const;
const batchTime: Quantity = { name: 'processing time of a batch', unit: 'ms', of: (one) => one.computeMs?.p50 };
const drainQuantities: readonly Quantity[] = [{ name: 'throughput', ...rowsPerSecond, isSpeed: true }, batchTime];
const liveQuantities: readonly Quantity[] = [
  { name: 'latency of a hit', unit: 'ms', of: (one) => one.latencyMs?.p50 },
  batchTime,
  { name: 'processed', ...rowsPerSecond },
];

/** More lines than this in a panel cannot be told apart. */
const linesMax = 4;
/** Settings by which the lines of a panel may differ, the first that varies. */
const lineDimensions = [
  'threads',
  'instances',
  'rate',
  'encoding',
  'physics',
  'rowsPerMessage',
] as const satisfies Dimension[];
/** What a setting that is not shown in a panel has, where it was measured: the default of `dtstream bench`. */
const usual: Partial<Configuration> = {
  ...{ instances: 1, partitions: 10, rowsPerMessage: 1, encoding: 'csv', physics: 'full', rate: 1000 },
};

/** The pictures of a report. */
export function panelFigure(report: Report): PanelFigure {
  const isLive = drainedRows(report.experiment) === undefined;
  const groups = groupRuns(report.runs, orderedConfigurations(report.runs));
  const configurations = groups.map(({ configuration }) => configuration);
  const varied = variedDimensions(configurations);
  const axes = varied.length > 0 ? varied : (['threads'] as const);
  const quantities = (isLive ? liveQuantities : drainQuantities).filter(({ of }) =>
    groups.some((group) => spreadOver(group, of) !== undefined),
  );
  const columns = axes.map((axis) => columnOf(axis, groups, varied));
  return {
    columns: columns.map(({ title, fixed }) => ({ title, fixed })),
    rows: quantities.map((quantity) => rowOf(quantity, axes, columns)),
    notes:
      'Points are medians over the repeats, bars reach from the smallest to the largest.' +
      (isLive ? '' : ' Thin line: proportional to the setting.') +
      (groups.some(({ faults }) => faults.length > 0) ? ' A cross marks runs that are not valid, see the table.' : ''),
  };
}

/** What a column shows: lines of configurations that differ in its setting only. */
interface ColumnLines {
  readonly title: string;
  readonly fixed: string;
  readonly lines: readonly { readonly label: string; readonly groups: readonly ConfigurationRuns[] }[];
}

function columnOf(axis: Dimension, groups: readonly ConfigurationRuns[], varied: readonly Dimension[]): ColumnLines {
  const configurations = groups.map(({ configuration }) => configuration);
  const valuesOf = (name: Dimension): Configuration[Dimension][] => [
    ...new Set(configurations.map((one) => one[name])),
  ];
  const by = lineDimensions.find((name) => name !== axis && varied.includes(name) && valuesOf(name).length <= linesMax);
  const isFollowing = followsThreads(configurations);
  // Shards as many as threads are the default, where that was measured with every number of threads.
  const mayFollow = axis !== 'shards' && valuesOf('threads').every((threads) => valuesOf('shards').includes(threads));
  const fixed = varied.filter((name) => name !== axis && name !== by);
  const isChosen = (configuration: Configuration): boolean =>
    fixed.every((name) => {
      if (name === 'shards' && mayFollow) return configuration.shards === configuration.threads;
      const preferred = usual[name];
      const values = valuesOf(name);
      return configuration[name] === (preferred !== undefined && values.includes(preferred) ? preferred : values[0]);
    });
  const chosen = groups.filter(({ configuration }) => isChosen(configuration));
  const texts = fixed.flatMap((name) =>
    name === 'shards' && mayFollow ? ['shards as threads'] : configurationText(chosen[0].configuration, [name]),
  );
  if (isFollowing && axis === 'threads') texts.push('shards as threads');
  const values = by === undefined ? [undefined] : valuesOf(by);
  return {
    title: dimensionNames[axis],
    fixed: texts.join(', '),
    lines: values.map((value) => {
      const own = chosen.filter(({ configuration }) => by === undefined || configuration[by] === value);
      return { label: by === undefined ? '' : configurationText(own[0].configuration, [by]), groups: own };
    }),
  };
}

/** Names of large numbers, for the unit of an axis. */
const factors = [
  { factor: 1e6, name: 'million ' },
  { factor: 1e3, name: 'thousand ' },
  { factor: 1, name: '' },
] as const;

function rowOf(quantity: Quantity, axes: readonly Dimension[], columns: readonly ColumnLines[]): PanelRow {
  const spreads = columns.flatMap(({ lines }) =>
    lines.flatMap(({ groups }) => groups.flatMap((group) => spreadOver(group, quantity.of) ?? [])),
  );
  const largest = Math.max(0, ...spreads.map(({ max }) => max));
  const { factor, name } = factors.find((one) => largest >= one.factor && quantity.unit === 'rows/s') ?? factors[2];
  const panels = columns.map((column, i) => panelOf(axes[i], column, { ...quantity, factor }));
  const values = panels.flatMap(({ lines }) =>
    lines.flatMap(({ points }) => points.flatMap(({ y }) => [y.min, y.max])),
  );
  const yAxis = measuredAxis(values);
  const scale = yAxis.kind === 'linear' ? '' : ' (logarithmic)';
  return { title: `${quantity.name}, ${name}${quantity.unit}${scale}`, yAxis, panels };
}

function panelOf(
  axis: Dimension,
  { lines }: ColumnLines,
  { of, isSpeed, factor }: Quantity & { readonly factor: number },
): Panel {
  const values = [...new Set(lines.flatMap(({ groups }) => groups.map(({ configuration }) => configuration[axis])))];
  const words = values.every((value) => typeof value === 'number') ? undefined : values.map(String);
  const at = (value: Configuration[Dimension]): number => (words === undefined ? Number(value) : values.indexOf(value));
  const drawn = lines.map(({ label, groups }) => ({
    label,
    points: groups.flatMap((group) => {
      const spread = spreadOver(group, of);
      if (spread === undefined) return [];
      const { median, min, max, count } = spread;
      const y = { median: median / factor, min: min / factor, max: max / factor, count };
      return [{ x: at(group.configuration[axis]), y, isFaulty: group.faults.length > 0 }];
    }),
  }));
  const first = drawn[0]?.points.at(0);
  const mayScale = isSpeed === true && (axis === 'threads' || axis === 'instances') && first !== undefined;
  const numbers = values.map(at).sort((a, b) => a - b);
  const ideal = mayScale ? numbers.map((x) => ({ x, y: (first.y.median * x) / first.x })) : undefined;
  return { axis, xAxis: settingAxis(numbers), words, lines: drawn, ideal: numbers.length < 2 ? undefined : ideal };
}
