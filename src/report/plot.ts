import { type Axis, linearAxis, logarithmicAxis, tickText } from '../plots/axis.js';
import { plotScale } from '../results/plot-scale.js';

/** A plot of bins beside each other, as all forms of it are made of: the report, and the live page. */
export interface Plot {
  /** Unique on a page: `c0-occupancy`. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, as a sentence. */
  readonly finding: string;
  /** Undefined = nothing is known there. */
  readonly bins: readonly (number | undefined)[];
  /** What is expected, by bin. */
  readonly expected: readonly (number | undefined)[] | undefined;
  readonly scale: Scale;
  /** `columns` are filled down to 0, a `line` is not. */
  readonly form: 'columns' | 'line';
  readonly xTicks: readonly PlotTick[];
  readonly xTitle: string;
  /** Signs above bins. */
  readonly signs: readonly PlotTick[];
  /** Upright lines. */
  readonly edges: readonly PlotTick[];
}

/** Something at a place along the bins, in bins from the left. */
export interface PlotTick {
  readonly at: number;
  readonly text: string;
}

/** The scale of the heights, with texts of its lower end, its middle and its upper end. */
export interface Scale {
  readonly place: Axis['place'];
  readonly texts: readonly [string, string, string];
}

/** A scale from 0 on which ordinary bins have room; higher ones are cut. */
export function robustScale(bins: readonly (number | undefined)[]): Scale {
  const { top } = plotScale(bins.map((value) => value ?? 0));
  return linearScale(top);
}

/** A scale from 0 to a value. */
export function linearScale(max: number): Scale {
  const { place, ticks } = linearAxis(max > 0 ? max : 1);
  const end = ticks[ticks.length - 1];
  return { place, texts: ['0', tickText(end / 2), tickText(end)] };
}

/** Below the lowest decade, so that a single count is seen. */
const singleShare = 0.06;

/** A logarithmic scale of counts, 1 to the next power of ten. */
export function countScale(bins: readonly number[]): Scale {
  const { place, ticks } = logarithmicAxis(1, Math.max(10, ...bins));
  const decades = ticks.length - 1;
  return {
    place: (count) => (count > 0 ? singleShare + (1 - singleShare) * place(count) : 0),
    texts: ['1', decades % 2 === 0 ? tickText(10 ** (decades / 2)) : '', tickText(10 ** decades)],
  };
}

/** Height of the plane of {@link barsPath}, whose bins are 1 wide. */
export const planeHeight = 200;
/** Least height of what is not 0. */
const heightMin = 2;

/** The bins as one path in a plane of as many units as there are bins, {@link planeHeight} high. */
export function barsPath(
  bins: readonly (number | undefined)[],
  { place }: Pick<Scale, 'place'>,
  form: Plot['form'],
): string {
  let path = '';
  /** Of the bin before; undefined where there is none. */
  let before: number | undefined;
  /** Bins that the last horizontal line is long. */
  let length = 0;
  const endLine = (): void => {
    if (length > 0) path += `h${length}`;
    length = 0;
  };
  bins.forEach((value, at) => {
    if (value === undefined || Number.isNaN(value)) {
      endLine();
      if (before !== undefined && form === 'columns') path += `V${planeHeight}`;
      before = undefined;
      return;
    }
    const height = Math.round(planeHeight * Math.min(1, Math.max(0, place(value))));
    const y = planeHeight - (value > 0 ? Math.max(heightMin, height) : height);
    if (before === undefined) path += form === 'columns' ? `M${at} ${planeHeight}V${y}` : `M${at} ${y}`;
    else if (y !== before) {
      endLine();
      path += `V${y}`;
    }
    before = y;
    length++;
  });
  endLine();
  if (before !== undefined && form === 'columns') path += `V${planeHeight}`;
  return path;
}
