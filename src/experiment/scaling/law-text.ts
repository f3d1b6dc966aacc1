import { expectedRate, peakThreads, type ScalabilityLaw, type ScalingPoint } from './scalability.js';

/** Points further off the law than this were not measured on a quiet machine, or follow another law. */
const residualMax = 0.2;

/**
 * What the universal scalability law says of points.
 *
 * @param law the one fitted to them; undefined = there were too few
 * @param what is counted: `threads`
 */
export function lawText(
  points: readonly ScalingPoint[],
  law: ScalabilityLaw | undefined,
  what: 'threads' | 'instances',
): string {
  if (law === undefined) return `The scalability law needs at least three numbers of ${what}.`;
  const residual = Math.max(...points.map(({ threads, rate }) => Math.abs(expectedRate(law, threads) / rate - 1)));
  if (residual > residualMax) {
    return `The points do not follow the universal scalability law: they differ from it by up to ${Math.ceil(residual * 100)} %.`;
  }
  const single =
    law.single >= 100 ? `one ${what.slice(0, -1)} ${Math.round(law.single).toLocaleString('en-US')} rows/s, ` : '';
  return (
    `Universal scalability law: ${single}contention σ = ${short(law.contention)}, ` +
    `coherency κ = ${short(law.coherency)}, ${peakText(law, what)}; the points are within ${Math.ceil(residual * 100)} % of it.`
  );
}

function peakText(law: ScalabilityLaw, what: string): string {
  const peak = peakThreads(law);
  return peak === Infinity ? 'no peak' : `peak at ${short(Math.max(1, peak))} ${what}`;
}

function short(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(2)));
}
