import {
  compareValues,
  type Configuration,
  configurationKey,
  type Dimension,
  followsThreads,
  variedDimensions,
} from '../runs/configuration.js';
import { type ConfigurationRuns, groupRuns, orderedConfigurations, type Report, spreadOver } from '../report.js';
import type { Measurements } from '../runs/run-result.js';
import { fitScalability, type ScalabilityLaw, type ScalingPoint } from './scalability.js';
import { type Spread, spreadOf } from '../runs/spread.js';

/** A value of an axis beside the smallest value, with all other settings equal: a ratio for each such pair. */
interface AxisValue {
  readonly value: Configuration[Dimension];
  /** Rows/s in units of those at the smallest value, over all pairs. */
  readonly speedUp: Spread;
  /** Speed-up divided by the resources added; only of threads and instances. */
  readonly efficiency: Spread | undefined;
  /** CPU time per row in units of that at the smallest value. */
  readonly cpu: Spread;
  /** Time of a batch (the median of its run) in units of that at the smallest value. */
  readonly batchTime: Spread | undefined;
}

/** How speed depends on one setting. */
export interface AxisScaling {
  readonly axis: Dimension;
  /** The smallest value first; that has the ratio 1. */
  readonly values: readonly AxisValue[];
  /** The law through all ratios; undefined with fewer than three values. */
  readonly law: ScalabilityLaw | undefined;
  readonly points: readonly ScalingPoint[];
}

/** Settings of which more is more hardware at work. */
const resources: readonly Dimension[] = ['threads', 'instances'];

/** How the measured speed depends on each setting that varies. */
export function scalingOf({ runs }: Pick<Report, 'runs'>): AxisScaling[] {
  const groups = groupRuns(runs, orderedConfigurations(runs)).filter(({ runs: own }) =>
    own.some(({ measured }) => measured !== null),
  );
  const configurations = groups.map(({ configuration }) => configuration);
  const isFollowing = followsThreads(configurations);
  return variedDimensions(configurations).flatMap((axis) => {
    const scaling = scalingAlong(axis, groups, isFollowing);
    return scaling === undefined ? [] : [scaling];
  });
}

function scalingAlong(
  axis: Dimension,
  groups: readonly ConfigurationRuns[],
  isFollowing: boolean,
): AxisScaling | undefined {
  const series = new Map<string, ConfigurationRuns[]>();
  for (const group of groups) {
    const shards = isFollowing ? 1 : group.configuration.shards;
    const key = configurationKey({ ...group.configuration, shards, [axis]: groups[0].configuration[axis] });
    series.set(key, [...(series.get(key) ?? []), group]);
  }
  const values = [...new Set(groups.map(({ configuration }) => configuration[axis]))].sort(compareValues);
  const [first] = values;
  const pairs = (value: Configuration[Dimension]): (readonly [ConfigurationRuns, ConfigurationRuns])[] =>
    [...series.values()].flatMap((own) => {
      const at = (wanted: Configuration[Dimension]): ConfigurationRuns | undefined =>
        own.find(({ configuration }) => configuration[axis] === wanted);
      const [base, other] = [at(first), at(value)];
      return base === undefined || other === undefined ? [] : [[base, other] as const];
    });
  const points: ScalingPoint[] = [];
  const found = values.flatMap((value) => {
    const own = pairs(value);
    const ratios = (of: (measured: Measurements) => number | undefined): Spread | undefined =>
      spreadOf(own.map(([base, other]) => median(other, of) / median(base, of)).filter(Number.isFinite));
    const speedUp = ratios((one) => one.processedRowsPerSecond);
    const cpu = ratios((one) => one.cpuSecondsPerMillionRows.process);
    if (speedUp === undefined || cpu === undefined) return [];
    const isResource = resources.includes(axis) && typeof value === 'number' && typeof first === 'number';
    if (isResource) {
      const rates = own.map(([base, other]) => median(other, rate) / median(base, rate));
      points.push(...rates.map((ratio) => ({ threads: value, rate: ratio })));
    }
    const efficiency = isResource ? scaled(speedUp, first / value) : undefined;
    return [{ value, speedUp, efficiency, cpu, batchTime: ratios((one) => one.computeMs?.p50) }];
  });
  return found.length < 2 ? undefined : { axis, values: found, points, law: fitScalability(points) };
}

function rate({ processedRowsPerSecond }: Measurements): number {
  return processedRowsPerSecond;
}

function median(group: ConfigurationRuns, of: (measured: Measurements) => number | undefined): number {
  return spreadOver(group, of)?.median ?? Number.NaN;
}

function scaled({ median: middle, min, max, count }: Spread, factor: number): Spread {
  return { median: middle * factor, min: min * factor, max: max * factor, count };
}
