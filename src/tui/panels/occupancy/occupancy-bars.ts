import { robustTop } from '../../../results/plot-scale.js';
import type { ChamberPanel, DetectorView } from '../../../views/detector/detector-view.js';
import type { Choices } from '../../pages/view.js';

/** Hits by channel as bars: `heights` are what is drawn, logarithms where the scale is one. */
export interface OccupancyBars {
  readonly kind: 'hits' | 'gated' | 'ratio';
  readonly heights: Float64Array;
  /** What is expected, in the same units; NaN where nothing is. Undefined where it is not shown. */
  readonly expected: Float64Array | undefined;
  /** Height of a full bar. */
  readonly full: number;
  /** The value of a full bar: hits, or hits over expected. */
  readonly top: number;
  /** On a logarithmic scale: the decade that bars begin at. */
  readonly decadeFirst: number | undefined;
}

/** Of the cells beside a channel a line is drawn only where it has less than this share of theirs: they vary. */
const besideShare = 0.5;

/** A ratio of 1 stands in the middle. */
const ratioTop = 2;
/** Height of a bar at the beginning of the first decade, in decades: it is not 0. */
const firstHeight = 0.2;

/** The bars of a chamber as the keys choose them; undefined = hits by trigger of messages without physics. */
export function occupancyBars(
  panel: ChamberPanel,
  detector: Pick<DetectorView, 'chambers' | 'reference'>,
  choices: Choices,
): OccupancyBars | undefined {
  const { gated } = panel.occupancy;
  if (choices.isGated && gated === undefined) return undefined;
  const show = detector.reference?.show ?? 'overlay';
  const { expected } = panel.occupancy;
  if (show === 'ratio' && !choices.isGated && expected !== undefined) return ratioBars(panel, expected, choices);
  const hits = hitsOf(panel, choices) ?? panel.occupancy.hits;
  const top = topOf(panel, detector.chambers, choices);
  const decadeFirst = choices.isLog ? firstDecadeOf(hits) : undefined;
  const height = (count: number): number => (decadeFirst === undefined ? count : logHeight(count, decadeFirst));
  return {
    kind: choices.isGated ? 'gated' : 'hits',
    heights: hits.map(height),
    expected: choices.isGated || show === 'off' ? undefined : expectedLine(panel)?.map((count) => height(count)),
    full: top === 0 ? 1 : height(top),
    ...{ top, decadeFirst },
  };
}

/** How high a count stands on a logarithmic scale, in decades. */
export function logHeight(count: number, decadeFirst: number): number {
  return count > 0 ? Math.max(0, Math.log10(count) - decadeFirst) + firstHeight : 0;
}

/** The decade of the lowest bar that is not empty. */
function firstDecadeOf(hits: Float64Array): number {
  const lowest = hits.reduce((low, count) => (count > 0 && count < low ? count : low), Infinity);
  return Number.isFinite(lowest) ? Math.floor(Math.log10(lowest)) : 0;
}

function expectedLine({ occupancy }: ChamberPanel): Float64Array | undefined {
  const { expected, expectedBy, hits } = occupancy;
  const isShown = (mean: number, channel: number): boolean =>
    mean > 0 && (expectedBy === 'reference' || hits[channel] < besideShare * mean);
  return expected?.map((mean, channel) => (isShown(mean, channel) ? mean : NaN));
}

function ratioBars({ occupancy }: ChamberPanel, expected: Float64Array, { scale }: Choices): OccupancyBars {
  const heights = occupancy.hits.map((count, channel) => (expected[channel] > 0 ? count / expected[channel] : NaN));
  const top = scale === 'full' ? Math.max(ratioTop, ...heights.filter((ratio) => ratio >= 0)) : ratioTop;
  const one = heights.map((ratio) => (Number.isNaN(ratio) ? NaN : 1));
  return { kind: 'ratio', heights, expected: one, full: top, top, decadeFirst: undefined };
}

function hitsOf({ occupancy: { hits, gated } }: ChamberPanel, { isGated }: Choices): Float64Array | undefined {
  return isGated ? gated : hits;
}

function topOf(panel: ChamberPanel, chambers: readonly ChamberPanel[], choices: Choices): number {
  // On a logarithmic scale a hot channel takes little from the others.
  if (choices.scale === 'full' || choices.isLog) return Math.max(0, ...(hitsOf(panel, choices) ?? []));
  const of = choices.scale === 'same' ? chambers : [panel];
  return Math.max(0, ...of.map((one) => robustTop(ordinary(one, choices))));
}

/** Hits of the channels that do not stand out: those say what is ordinary. */
function ordinary(panel: ChamberPanel, choices: Choices): Float64Array {
  const { signs } = panel.occupancy;
  return (hitsOf(panel, choices) ?? new Float64Array()).filter(
    (_, channel) => signs[channel] !== '^' && signs[channel] !== 'k',
  );
}
