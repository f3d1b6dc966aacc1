import { leastSquares } from './line-fit.js';

/** A speed measured with so many threads. */
export interface ScalingPoint {
  readonly threads: number;
  readonly rate: number;
}

/** The universal scalability law: `rate(n) = single * n / (1 + contention * (n - 1) + coherency * n * (n - 1))`. */
export interface ScalabilityLaw {
  /** Speed of one thread. */
  readonly single: number;
  /** Share of the work that only one thread can do at a time (σ). */
  readonly contention: number;
  /** What each thread costs every other (κ). */
  readonly coherency: number;
}

/**
 * Fits the law: `n / rate` is a sum of 1, n - 1 and n (n - 1) with the coefficients 1/single, σ/single and κ/single, which
 * least squares finds. A negative coefficient has no meaning: it is left out and the others are fitted again.
 *
 * Source: N. Gunther, "Guerrilla Capacity Planning", Springer 2007, chapter 5.
 *
 * @returns undefined when there are fewer than three numbers of threads
 */
export function fitScalability(points: readonly ScalingPoint[]): ScalabilityLaw | undefined {
  if (new Set(points.map(({ threads }) => threads)).size < 3) return undefined;
  // Weighted by the rate: its relative error is the same at all points.
  const weighted = (of: (n: number) => number): number[] =>
    points.map(({ threads, rate }) => (of(threads) * rate) / threads);
  const terms = [weighted(() => 1), weighted((n) => n - 1), weighted((n) => n * (n - 1))];
  const values = weighted((n) => n).map((value, i) => value / points[i].rate);
  for (const used of [[0, 1, 2], [0, 1], [0, 2], [0]]) {
    const found = leastSquares(
      used.map((k) => terms[k]),
      values,
    );
    if (found === undefined || found.some((value) => value < -tiny * found[0])) continue;
    const coefficient = (k: number): number => Math.max(0, found[used.indexOf(k)] ?? 0) / found[0];
    return { single: 1 / found[0], contention: coefficient(1), coherency: coefficient(2) };
  }
  return undefined;
}

const tiny = 1e-9;

/** The speed that the law expects. */
export function expectedRate({ single, contention, coherency }: ScalabilityLaw, threads: number): number {
  return (single * threads) / (1 + contention * (threads - 1) + coherency * threads * (threads - 1));
}

/** Where more threads make it slower; Infinity when they never do. */
export function peakThreads({ contention, coherency }: ScalabilityLaw): number {
  return coherency === 0 ? Infinity : Math.sqrt(Math.max(0, 1 - contention) / coherency);
}

/** A further thread that gives less than this is not worth it. */
const gainMin = 0.05;

/** The knee: the fewest threads whose speed was measured to be within 5 % of the best. */
export function kneeThreads(points: readonly ScalingPoint[]): number {
  const best = Math.max(...points.map(({ rate }) => rate));
  return Math.min(...points.filter(({ rate }) => rate >= (1 - gainMin) * best).map(({ threads }) => threads));
}
