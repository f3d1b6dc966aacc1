import type { BoxFit } from '../domain/physics-message.js';
import { halfCellUm } from './cells.js';
import type { DriftHistogram } from './drift-histogram.js';
import { type EdgeFit, fitEdge } from './edge-fit.js';

const entriesMin = 1_000;
/** Below, the running mean is wider. */
const entriesNarrow = 2_000;
const runningMeanNs = { narrow: 25, wide: 50 };
const plateauNs = 250;
/** Length of the box, in drift times of half a cell. */
const lengthMin = 0.6;
const lengthMax = 1.5;
/** An edge found further from where it was looked for is another one. */
const shiftNsMax = 30;
const sigmaRiseNsMax = 15;
const sigmaFallNsMax = 25;
const widthErrorMax = 0.015;
const devianceMax = 2.5;

const notFitted = {
  ...{ rise_ns: null, rise_err: null, fall_ns: null, fall_err: null, width_ns: null, width_err: null },
  ...{ sigma_rise: null, sigma_fall: null, deviance: null, ndf: null, v_eff_um_ns: null, t_trig_ns: null },
};

/**
 * Fits both edges of a time box, each alone: the plateau between them is not flat, and afterpulses follow.
 *
 * @param velocityUmNs drift velocity of the geometry, which says how long a box may be
 */
export function fitBox(histogram: DriftHistogram, velocityUmNs: number): BoxFit {
  const entries = histogram.counts.reduce((sum, count) => sum + count, 0);
  if (entries < entriesMin) return { status: 'few', entries, ...notFitted };
  const start = findBox(histogram, entries);
  const length = ((start.fallNs - start.riseNs) * velocityUmNs) / halfCellUm;
  if (length < lengthMin || length > lengthMax) return { status: 'no_box', entries, ...notFitted };
  const rise = fitEdge(histogram, start.riseNs);
  const fall = mirror(fitEdge(mirrored(histogram), -start.fallNs));
  const isFar = Math.abs(rise.edgeNs - start.riseNs) > shiftNsMax || Math.abs(fall.edgeNs - start.fallNs) > shiftNsMax;
  if (!rise.isConverged || !fall.isConverged || isFar) return { status: 'failed', entries, ...notFitted };
  const widthNs = fall.edgeNs - rise.edgeNs;
  const widthErrorNs = Math.hypot(rise.errorNs, fall.errorNs);
  return {
    status: statusOf(rise, fall, widthErrorNs / widthNs),
    entries,
    rise_ns: rise.edgeNs,
    rise_err: rise.errorNs,
    fall_ns: fall.edgeNs,
    fall_err: fall.errorNs,
    width_ns: widthNs,
    width_err: widthErrorNs,
    sigma_rise: rise.sigmaNs,
    sigma_fall: fall.sigmaNs,
    deviance: rise.deviance + fall.deviance,
    ndf: rise.ndf + fall.ndf,
    v_eff_um_ns: halfCellUm / widthNs,
    t_trig_ns: -rise.edgeNs,
  };
}

function statusOf(rise: EdgeFit, fall: EdgeFit, widthError: number): BoxFit['status'] {
  if (rise.sigmaNs > sigmaRiseNsMax || fall.sigmaNs > sigmaFallNsMax || !(widthError <= widthErrorMax))
    return 'smeared';
  if (rise.deviance + fall.deviance > devianceMax * (rise.ndf + fall.ndf)) return 'poor';
  return rise.isSigmaAtLimit || fall.isSigmaAtLimit ? 'sigma_limit' : 'ok';
}

/** The longest stretch in which the running mean is above half of the plateau. */
function findBox({ counts, offsetNs, binNs }: DriftHistogram, entries: number): { riseNs: number; fallNs: number } {
  const reach = Math.round((entries < entriesNarrow ? runningMeanNs.wide : runningMeanNs.narrow) / binNs / 2);
  const below = new Float64Array(counts.length + 1);
  for (let bin = 0; bin < counts.length; bin++) below[bin + 1] = below[bin] + counts[bin];
  const means = new Float64Array(counts.length);
  for (let bin = 0; bin < counts.length; bin++) {
    const [from, to] = [Math.max(0, bin - reach), Math.min(counts.length, bin + reach + 1)];
    means[bin] = (below[to] - below[from]) / (to - from);
  }
  const highest = means
    .toSorted()
    .reverse()
    .slice(0, Math.max(1, Math.round(plateauNs / binNs)));
  const half = highest.reduce((sum, mean) => sum + mean, 0) / highest.length / 2;
  let [first, end] = [0, 0];
  for (let from = 0; from < means.length; from++) {
    let to = from;
    while (to < means.length && means[to] > half) to++;
    if (to - from > end - first) [first, end] = [from, to];
    from = to;
  }
  return { riseNs: offsetNs + binNs * first, fallNs: offsetNs + binNs * end };
}

/** The same histogram with time running backwards. */
function mirrored({ counts, offsetNs, binNs }: DriftHistogram): DriftHistogram {
  return { counts: [...counts].reverse(), offsetNs: -(offsetNs + binNs * counts.length), binNs };
}

function mirror(fit: EdgeFit): EdgeFit {
  return { ...fit, edgeNs: -fit.edgeNs };
}
