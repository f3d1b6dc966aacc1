import jStat from 'jstat';
import type { DriftHistogram } from './drift-histogram.js';
import { invert } from './invert.js';

/** A rising edge. */
export interface EdgeFit {
  readonly isConverged: boolean;
  readonly edgeNs: number;
  /** One sigma, from the inverse Fisher matrix. */
  readonly errorNs: number;
  readonly sigmaNs: number;
  readonly isSigmaAtLimit: boolean;
  readonly deviance: number;
  readonly ndf: number;
}

const windowNs = 60;
const sigmaNsStart = 6;
const sigmaNsMin = 1;
const sigmaNsMax = 60;
/** A level of nothing has no logarithm: at least this share of the other level. */
const backgroundMin = 1e-4;
/** Most that a step changes edge in ns, ln sigma, ln height, ln background. */
const stepMax = [15, 0.7, 1, 1.5];
const stepsMax = 60;
const edgeNsEnd = 0.01;
const logLikelihoodEnd = 0.001;
const dampingFirst = 1e-3;
/** Of Marquardt's damping as H. B. Nielsen changes it (report IMM-REP-1999-05, Technical University of Denmark). */
const dampingLower = 1 / 3;
const dampingRaise = 2;

/** `[edge in ns, ln sigma, ln height, ln background]`, levels in entries per ns. */
type Parameters = readonly number[];

/** Bins of the window: counts, and the lower edge of each with the upper one of the last. */
interface EdgeWindow {
  readonly counts: Float64Array;
  readonly edgesNs: Float64Array;
}

/** What the model says of a window at some parameters. */
interface Evaluation {
  /** Expected entries of each bin. */
  readonly means: Float64Array;
  readonly logLikelihood: number;
  /** Derivatives of the log likelihood, and the Fisher matrix. */
  readonly gradient: Float64Array;
  readonly information: readonly (readonly number[])[];
}

/**
 * Fits a Gaussian-smeared step from a background to a height to the bins within 60 ns of `startNs`: binned Poisson
 * likelihood by Fisher scoring with Marquardt's damping.
 */
export function fitEdge(histogram: DriftHistogram, startNs: number): EdgeFit {
  const window = windowOf(histogram, startNs);
  const ndf = window.counts.length - stepMax.length;
  let parameters = startOf(window, startNs);
  let here = evaluate(window, parameters);
  let damping = dampingFirst;
  let raise = dampingRaise;
  let isConverged = false;
  for (let step = 0; step < stepsMax && !isConverged; step++) {
    const change = scoringStep(here, damping);
    const next = limited(parameters.map((value, index) => value + change[index]));
    const there = evaluate(window, next);
    const gain = there.logLikelihood - here.logLikelihood;
    // A worse point near enough to this one is a matter of rounding.
    isConverged = Math.abs(next[0] - parameters[0]) < edgeNsEnd && Math.abs(gain) < logLikelihoodEnd;
    if (gain >= 0) {
      // A step that gains less than it promised was too long: scoring may go to and fro around the best point.
      const promised = change.reduce((sum, value, index) => sum + value * here.gradient[index], 0) / 2;
      damping *= Math.max(dampingLower, 1 - (2 * Math.min(1, gain / promised) - 1) ** 3);
      raise = dampingRaise;
      parameters = next;
      here = there;
    } else {
      damping *= raise;
      raise *= dampingRaise;
    }
  }
  const [edgeNs, logSigma] = parameters;
  const sigmaNs = Math.exp(logSigma);
  return {
    isConverged,
    edgeNs,
    errorNs: Math.sqrt(invert(here.information)?.[0][0] ?? NaN),
    sigmaNs,
    isSigmaAtLimit: sigmaNs < 1.001 * sigmaNsMin || sigmaNs > 0.999 * sigmaNsMax,
    deviance: devianceOf(window, here),
    ndf,
  };
}

/** The bins whose middle is in the window. */
function windowOf({ counts, offsetNs, binNs }: DriftHistogram, startNs: number): EdgeWindow {
  const first = Math.max(0, Math.ceil((startNs - windowNs - offsetNs) / binNs - 0.5));
  const end = Math.min(counts.length, Math.floor((startNs + windowNs - offsetNs) / binNs - 0.5) + 1);
  const taken = Float64Array.from(counts.slice(first, Math.max(first, end)));
  const edgesNs = new Float64Array(taken.length + 1);
  return { counts: taken, edgesNs: edgesNs.map((_, index) => offsetNs + binNs * (first + index)) };
}

/** Levels are means of the outer thirds of the window. */
function startOf({ counts, edgesNs }: EdgeWindow, startNs: number): Parameters {
  const third = Math.max(1, Math.floor(counts.length / 3));
  const binNs = edgesNs[1] - edgesNs[0];
  const level = (part: Float64Array): number =>
    (part.reduce((sum, count) => sum + count, 0) + 0.5) / (part.length * binNs);
  const height = level(counts.slice(-third));
  return limited([
    startNs,
    Math.log(sigmaNsStart),
    Math.log(height),
    Math.log(Math.min(level(counts.slice(0, third)), height / 2)),
  ]);
}

function limited([edgeNs, logSigma, logHeight, logBackground]: Parameters): Parameters {
  return [
    edgeNs,
    Math.min(Math.log(sigmaNsMax), Math.max(Math.log(sigmaNsMin), logSigma)),
    logHeight,
    Math.max(logHeight + Math.log(backgroundMin), logBackground),
  ];
}

/** Solves (Fisher matrix with its diagonal raised) step = gradient, and cuts what is too long. */
function scoringStep({ gradient, information }: Evaluation, damping: number): readonly number[] {
  const raised = information.map((row, i) => row.map((value, k) => (i === k ? value * (1 + damping) : value)));
  const inverse = invert(raised);
  return stepMax.map((most, i) => {
    const step = inverse === undefined ? 0 : inverse[i].reduce((sum, value, k) => sum + value * gradient[k], 0);
    return Math.max(-most, Math.min(most, step));
  });
}

/**
 * Expected entries of a bin: `b w + (h - b) (G(hi - e) - G(lo - e))` with `G(x) = x Phi(x/sigma) + sigma phi(x/sigma)`, of
 * which `dG/dx = Phi` and `dG/dsigma = phi`.
 */
function evaluate({ counts, edgesNs }: EdgeWindow, parameters: Parameters): Evaluation {
  const edgeNs = parameters[0];
  const [sigmaNs, height, background] = parameters.slice(1).map(Math.exp);
  const { length } = parameters;
  const gradient = new Float64Array(length);
  const sums = new Float64Array(length * length);
  const slopes = new Float64Array(length);
  const means = new Float64Array(counts.length);
  let logLikelihood = 0;
  // Phi, phi and the integral of Phi at the lower edge of a bin.
  let z = (edgesNs[0] - edgeNs) / sigmaNs;
  let step = gaussianStep(z);
  let density = gaussianDensity(z);
  let integral = z * step + density;
  for (let bin = 0; bin < counts.length; bin++) {
    z = (edgesNs[bin + 1] - edgeNs) / sigmaNs;
    const stepAbove = gaussianStep(z);
    const densityAbove = gaussianDensity(z);
    const integralAbove = z * stepAbove + densityAbove;
    const width = edgesNs[bin + 1] - edgesNs[bin];
    const risen = sigmaNs * (integralAbove - integral);
    const mean = background * width + (height - background) * risen;
    slopes[0] = -(height - background) * (stepAbove - step);
    slopes[1] = (height - background) * sigmaNs * (densityAbove - density);
    slopes[2] = height * risen;
    slopes[3] = background * (width - risen);
    const count = counts[bin];
    const excess = count / mean - 1;
    logLikelihood += count * Math.log(mean) - mean;
    means[bin] = mean;
    for (let i = 0; i < length; i++) {
      gradient[i] += excess * slopes[i];
      for (let k = 0; k <= i; k++) sums[i * length + k] += (slopes[i] * slopes[k]) / mean;
    }
    step = stepAbove;
    density = densityAbove;
    integral = integralAbove;
  }
  const information = parameters.map((_, i) =>
    parameters.map((__, k) => sums[Math.max(i, k) * length + Math.min(i, k)]),
  );
  return { means, logLikelihood, gradient, information };
}

function devianceOf({ counts }: EdgeWindow, { means }: Evaluation): number {
  return counts.reduce((sum, count, bin) => {
    const excess = count - means[bin];
    return sum + 2 * ((count === 0 ? 0 : count * Math.log(count / means[bin])) - excess);
  }, 0);
}

const rootTau = Math.sqrt(2 * Math.PI);

/** Phi at `z` standard deviations. */
function gaussianStep(z: number): number {
  return (1 + jStat.erf(z / Math.SQRT2)) / 2;
}

/** phi at `z` standard deviations. */
function gaussianDensity(z: number): number {
  return Math.exp(-(z * z) / 2) / rootTau;
}
