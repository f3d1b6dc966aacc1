import jStat from 'jstat';
import type { BoxFit } from '../domain/physics-message.js';
import type { DriftHistogram } from './drift-histogram.js';

/** An edge is fitted within this of it, and says nothing beyond. */
const windowNs = 60;
/** Levels beside an edge are means from here to the end of its window, beyond its own width. */
const levelFromNs = 30;

/**
 * What the fit of a time box expects of each bin near its edges: a Gaussian-smeared step at each, between the levels of
 * the histogram at both of its sides. Undefined away from the edges, and everywhere without a fit.
 */
export function boxCurve(histogram: DriftHistogram, box: BoxFit): (number | undefined)[] {
  const { rise_ns: rise, fall_ns: fall, sigma_rise: sigmaRise, sigma_fall: sigmaFall } = box;
  if (rise === null || fall === null || sigmaRise === null || sigmaFall === null) {
    return histogram.counts.map(() => undefined);
  }
  const edges = [
    { atNs: rise, sigmaNs: sigmaRise },
    { atNs: fall, sigmaNs: sigmaFall },
  ].map((edge) => ({
    ...edge,
    before: meanOf(histogram, edge.atNs - windowNs, edge.atNs - levelFromNs),
    after: meanOf(histogram, edge.atNs + levelFromNs, edge.atNs + windowNs),
  }));
  return histogram.counts.map((_, bin) => {
    const ns = middleOf(histogram, bin);
    const edge = edges.find(({ atNs }) => Math.abs(ns - atNs) <= windowNs);
    if (edge === undefined) return undefined;
    const step = (1 + jStat.erf((ns - edge.atNs) / edge.sigmaNs / Math.SQRT2)) / 2;
    return edge.before + (edge.after - edge.before) * step;
  });
}

function middleOf({ offsetNs, binNs }: DriftHistogram, bin: number): number {
  return offsetNs + (bin + 0.5) * binNs;
}

/** Mean of the bins whose middle is in a stretch of time; 0 without any. */
function meanOf(histogram: DriftHistogram, fromNs: number, toNs: number): number {
  const counts = histogram.counts.filter((_, bin) => {
    const ns = middleOf(histogram, bin);
    return ns >= fromNs && ns <= toNs;
  });
  return counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length);
}
