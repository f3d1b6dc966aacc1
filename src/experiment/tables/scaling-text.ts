import { type Dimension, dimensionNames } from '../runs/configuration.js';
import { lawText } from '../scaling/law-text.js';
import { drainedRows, type Report } from '../report.js';
import { type AxisScaling, scalingOf } from '../scaling/scaling.js';
import type { Spread } from '../runs/spread.js';

/** How speed depends on one setting, as a table. */
export interface ScalingTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What the scalability law says; absent where it does not apply. */
  readonly law?: string;
}

/** A table for each setting that varies; none for live runs, whose speed is that of the rows that come. */
export function scalingTables(report: Report): ScalingTable[] {
  return drainedRows(report.experiment) === undefined ? [] : scalingOf(report).map(tableOf);
}

function tableOf({ axis, values, points, law }: AxisScaling): ScalingTable {
  const name = dimensionNames[axis];
  const [first] = values;
  const { count } = values[values.length - 1].speedUp;
  const over = count === 1 ? '' : `; median (min – max) over ${count} combinations of the other settings`;
  const hasEfficiency = first.efficiency !== undefined;
  return {
    title: `${name}, compared with ${valueText(first.value)}, other settings equal${over}`,
    header: [name, 'speed-up', ...(hasEfficiency ? ['efficiency'] : []), 'CPU per row', 'batch time'],
    rows: values.map(({ value, speedUp, efficiency, cpu, batchTime }) => [
      valueText(value),
      ratioText(speedUp),
      ...(efficiency === undefined ? [] : [ratioText(efficiency)]),
      ratioText(cpu),
      batchTime === undefined ? '-' : ratioText(batchTime),
    ]),
    ...(isLawful(axis) ? { law: lawText(points, law, axis) } : {}),
  };
}

function isLawful(axis: Dimension): axis is 'threads' | 'instances' {
  return axis === 'threads' || axis === 'instances';
}

function valueText(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}

/** `1.45 (1.38 – 1.52)`, or `1.45` where all are the same. */
function ratioText({ median, min, max }: Spread): string {
  const [middle, low, high] = [median, min, max].map((value) => value.toFixed(2));
  return low === high ? middle : `${middle} (${low} – ${high})`;
}
