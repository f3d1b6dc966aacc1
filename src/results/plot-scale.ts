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

/** The scale of bins, so that one hot channel, or one second of catching up, does not flatten all others. */
export function plotScale(bins: ArrayLike<number>): PlotScale {
  const seen = Float64Array.from(bins)
    .filter((value) => value > 0)
    .sort();
  const max = seen.at(-1) ?? 0;
  if (seen.length < ordinaryMin) return { top: max, max };
  return { top: Math.min(max, headroom * seen[Math.ceil(ordinaryShare * seen.length) - 1]), max };
}
