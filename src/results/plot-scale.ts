/** How bins are scaled: none is drawn higher than `top`, which is below `max` where a few are far above the others. */
export interface PlotScale {
  readonly top: number;
  readonly max: number;
}

/** The top of a scale stands so far above this quantile of the bins that are not empty. */
const ordinaryShare = 0.95;
const headroom = 1.25;
/** With fewer bins that are not empty, none is cut: too few to say what is ordinary. */
const ordinaryMin = 10;

/**
 * Where a bar is full by what is ordinary: a quarter above the 95th percentile of the bins that are not empty, or the
 * highest of a few; 0 where all are empty.
 */
export function robustTop(bins: ArrayLike<number>): number {
  const seen = Float64Array.from(bins)
    .filter((value) => value > 0)
    .sort();
  if (seen.length < ordinaryMin) return seen.at(-1) ?? 0;
  return headroom * seen[Math.ceil(ordinaryShare * seen.length) - 1];
}

/** The scale of bins, so that one hot channel, or one second of catching up, does not flatten all others. */
export function plotScale(bins: ArrayLike<number>): PlotScale {
  let max = 0;
  for (let bin = 0; bin < bins.length; bin++) if (bins[bin] > max) max = bins[bin];
  return { top: Math.min(max, robustTop(bins)), max };
}
