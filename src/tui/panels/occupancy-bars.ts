import { robustTop } from '../../results/plot-scale.js';
import type { ChamberPanel, DetectorView } from '../../views/detector/detector-view.js';
import type { Choices } from '../pages/view.js';

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
  readonly isLog: boolean;
}

/** A ratio of 1 stands in the middle. */
const ratioTop = 2;
/** Of a bar of one hit, in decades: 1 is not 0. */
const firstDecade = 0.3;

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
  const height = choices.isLog ? logHeight : (value: number): number => value;
  return {
    kind: choices.isGated ? 'gated' : 'hits',
    heights: hits.map(height),
    expected:
      choices.isGated || show === 'off' ? undefined : expected?.map((value) => (value > 0 ? height(value) : NaN)),
    full: choices.isLog ? logHeight(Math.max(1, top)) : top === 0 ? 1 : top,
    ...{ top, isLog: choices.isLog },
  };
}

/** How high a count stands on a logarithmic scale, in decades. */
export function logHeight(count: number): number {
  return count > 0 ? Math.max(0, Math.log10(count)) + firstDecade : 0;
}

function ratioBars({ occupancy }: ChamberPanel, expected: Float64Array, { scale }: Choices): OccupancyBars {
  const heights = occupancy.hits.map((count, channel) => (expected[channel] > 0 ? count / expected[channel] : NaN));
  const top = scale === 'full' ? Math.max(ratioTop, ...heights.filter((ratio) => ratio >= 0)) : ratioTop;
  const one = heights.map((ratio) => (Number.isNaN(ratio) ? NaN : 1));
  return { kind: 'ratio', heights, expected: one, full: top, top, isLog: false };
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
