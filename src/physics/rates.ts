import jStat from 'jstat';
import type { DriftHistogram } from './drift-histogram.js';

/** A rate with its standard deviation, in Hz. */
export interface Rate {
  readonly hz: number;
  readonly sigmaHz: number;
}

/** A share with the ends of its interval. */
export interface Interval {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Rate of a channel from the slots in which it has a hit, so that a burst counts once: `-ln(1 - active/live) / slotS`.
 * A channel active in all slots counts as active in all but half of one.
 *
 * @param live slots, of several lanes the mean
 * @param slotS length of a slot in seconds
 * @returns undefined where nothing was live
 */
export function slotRate(active: number, live: number, slotS: number): Rate | undefined {
  return live > 0 ? rateOf(Math.min(active, live - 0.5) / live, live, slotS) : undefined;
}

/**
 * Noise of a channel, exact for a process independent of all else in its chamber: `ln(1 + single/empty) / orbitS`.
 *
 * @param single orbits in which it is the only active channel of the chamber
 * @param empty orbits without an active channel: {@link emptyOrbits}
 * @returns undefined where no orbit is empty
 */
export function channelNoise(single: number, empty: number, orbitS: number): Rate | undefined {
  return empty > 0 ? rateOf(single / (single + empty), single + empty, orbitS) : undefined;
}

/**
 * Live orbits in which a chamber has no active channel.
 *
 * @param activeChannels orbits by number of active channels; entry 0 is not looked at
 */
export function emptyOrbits(liveSlots: number, slotOrbits: number, activeChannels: readonly number[]): number {
  return activeChannels.slice(1).reduce((left, orbits) => left - orbits, slotOrbits * liveSlots);
}

/**
 * Rate of hits that come together: those of an orbit count as one cluster of a compound Poisson process, whose variance
 * is the sum of the squared sizes. Bursts over several orbits make the true error larger.
 *
 * @param hits of the chamber, repeated ones included
 * @param activeChannels orbits by number of active channels; entry 0 is not looked at
 * @param liveS seconds
 * @returns undefined where nothing was live
 */
export function hitRate(hits: number, activeChannels: readonly number[], liveS: number): Rate | undefined {
  if (liveS <= 0) return undefined;
  const moment = (power: number): number =>
    activeChannels.reduce((sum, orbits, channels) => sum + orbits * channels ** power, 0);
  const active = moment(1);
  return { hz: hits / liveS, sigmaHz: active === 0 ? 0 : ((hits / active) * Math.sqrt(moment(2))) / liveS };
}

/** Drift times before this are of no muon, in ns. */
const sidebandEndNs = -50;

/**
 * Noise of a chamber from the drift times of its trigger orbits before -50 ns (bins 0 to 79 of the default binning).
 *
 * @returns in Hz; undefined without an orbit or a bin there
 */
export function sidebandNoise({ counts, offsetNs, binNs }: DriftHistogram, orbits: number): Rate | undefined {
  const bins = Math.min(counts.length, Math.round((sidebandEndNs - offsetNs) / binNs));
  if (orbits === 0 || bins <= 0) return undefined;
  const seconds = orbits * bins * binNs * 1e-9;
  const entries = counts.slice(0, bins).reduce((sum, count) => sum + count, 0);
  return { hz: entries / seconds, sigmaHz: Math.sqrt(entries) / seconds };
}

/** Wilson's interval of one standard deviation (68 %); undefined of nothing. */
export function wilsonInterval(passed: number, total: number): Interval | undefined {
  if (total === 0) return undefined;
  const share = passed / total;
  const middle = (passed + 0.5) / (total + 1);
  const half = Math.sqrt(total * share * (1 - share) + 0.25) / (total + 1);
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

const tail = 0.025;

/** Clopper's and Pearson's interval of 95 %, from quantiles of the beta distribution; undefined of nothing. */
export function clopperPearsonInterval(passed: number, total: number): Interval | undefined {
  if (total === 0) return undefined;
  const failed = total - passed;
  return {
    share: passed / total,
    low: passed === 0 ? 0 : jStat.ibetainv(tail, passed, failed + 1),
    high: failed === 0 ? 1 : jStat.ibetainv(1 - tail, passed + 1, failed),
  };
}

/** Largest mean that gives so few events of a Poisson process in 5 % of the cases or more: an upper limit of 95 %. */
export function poissonUpperLimit(events: number): number {
  return jStat.gammapinv(0.95, events + 1);
}

/** Rate of a Poisson process seen in a share of `trials` spans of time; the error by the delta method. */
function rateOf(share: number, trials: number, spanS: number): Rate {
  return { hz: -Math.log1p(-share) / spanS, sigmaHz: Math.sqrt(share / ((1 - share) * trials)) / spanS };
}
