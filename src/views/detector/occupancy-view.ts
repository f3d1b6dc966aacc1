import { layerOf } from '../../domain/geometry.js';
import { median } from '../../domain/median.js';
import { lazy } from '../../domain/lazy.js';
import { cellsBeside } from '../../quality/neighbour-statistic.js';
import type { ChamberReference } from '../../quality/quality-reference.js';
import type { FarChannel, OccupancyView } from './detector-view.js';
import type { ChannelSign } from './verdicts.js';

/** Beyond so many standard deviations a channel is marked: one of 256 in six windows of a healthy detector. */
const markedSigma = 3.4;
/** Channels that are named. */
const furthestMax = 10;

export interface OccupancyOptions {
  /** By channel of the chamber. */
  readonly hits: Float64Array;
  readonly gated: Float64Array | undefined;
  readonly reference: ChamberReference | undefined;
  /** Live time of the window over that of the reference; undefined where one of them is not known. */
  readonly scale: number | undefined;
  /** What the tests say of each channel; blank where they say that it is well. */
  readonly verdicts: readonly ChannelSign[];
}

/** Hits by channel beside what is expected of them. */
export function occupancyView(options: OccupancyOptions): OccupancyView {
  const { hits, gated, reference, scale, verdicts } = options;
  const byReference = reference && scale !== undefined ? expectedHits(reference, hits.length) : undefined;
  const beside = lazy(() => expectedBeside(hits));
  const expected = byReference?.map((count) => count * (scale ?? 0)) ?? beside();
  const sigmas = Array.from(hits, (count, channel) => {
    const mean = expected[channel];
    if (!(mean > 0)) return 0;
    const counted = byReference?.[channel] ?? mean;
    // Both counts fluctuate: that of the window, and that of the reference scaled to it.
    return (count - mean) / Math.sqrt(mean + mean ** 2 / counted);
  });
  const signs = verdicts.map((sign, channel): ChannelSign => {
    if (sign !== ' ' || byReference === undefined) return sign;
    return sigmas[channel] > markedSigma ? '+' : sigmas[channel] < -markedSigma ? '-' : ' ';
  });
  const channel = hits.indexOf(Math.max(...hits));
  const far = lazy(() => furthest({ hits, expected, signs, sigmas }));
  return {
    ...{ hits, gated, expected, signs },
    get beside() {
      return beside();
    },
    expectedBy: byReference === undefined ? 'neighbours' : 'reference',
    chi2Ndf: byReference && chi2Ndf(sigmas, byReference),
    max: { channel, hits: hits[channel] },
    get furthest() {
      return far();
    },
  };
}

/** Hits of the reference by channel: it has orbits in which a channel was active, and hits of the whole chamber. */
function expectedHits({ activeOrbits, hits, notLearned }: ChamberReference, channels: number): Float64Array {
  const active = activeOrbits.reduce((sum, orbits) => sum + orbits, 0);
  return Float64Array.from({ length: channels }, (_, channel) =>
    active === 0 || notLearned.includes(channel) ? NaN : (activeOrbits[channel] * hits) / active,
  );
}

/** The median of the cells beside each one in its layer. */
function expectedBeside(hits: Float64Array): Float64Array {
  return hits.map((_, channel) => median(cellsBeside(channel, hits.length).map((other) => hits[other])));
}

function chi2Ndf(sigmas: readonly number[], counted: Float64Array): number | undefined {
  const of = sigmas.filter((_, channel) => counted[channel] > 0);
  return of.length === 0 ? undefined : of.reduce((sum, sigma) => sum + sigma ** 2, 0) / of.length;
}

function furthest({
  hits,
  expected,
  signs,
  sigmas,
}: Pick<OccupancyView, 'hits' | 'signs'> & {
  readonly expected: Float64Array;
  readonly sigmas: readonly number[];
}): FarChannel[] {
  const all = [...hits].map((count, channel) => ({
    ...{ channel, layer: layerOf(channel), cell: channel >> 2, sign: signs[channel], hits: count },
    ...{ expected: expected[channel], sigma: sigmas[channel] },
  }));
  const isJudged = ({ sign }: FarChannel): boolean => sign === 'x' || sign === '^' || sign === 'k';
  const order = (one: FarChannel, other: FarChannel): number =>
    Number(isJudged(other)) - Number(isJudged(one)) || Math.abs(other.sigma) - Math.abs(one.sigma);
  return all
    .filter((one) => one.expected > 0)
    .sort(order)
    .slice(0, furthestMax);
}
