import { type Chamber, chamberLayers, type ClockUnits, layerOf, orbitNsOf } from '../domain/geometry.js';
import { median } from '../domain/median.js';
import type { BoxFit, SegmentCounts, SummaryPhysics } from '../domain/physics-message.js';
import { slotOrbits } from '../domain/slot.js';
import type { DriftHistogram } from '../physics/drift-histogram.js';
import { channelNoise, emptyOrbits, hitRate, type Interval, type Rate, wilsonInterval } from '../physics/rates.js';
import { lazy } from '../domain/lazy.js';
import { driftHistogram } from '../results/time-boxes.js';

/** What is shown of the physics of one chamber. Undefined = there is nothing that says it, which is never shown as 0. */
export interface ChamberView {
  readonly chamber: number;
  /** Hits that are not late. */
  readonly hits: number;
  readonly hitRate: Rate | undefined;
  /** Of the hits: of a channel that had one in the orbit before; of these with the same time. */
  readonly repeats: number;
  readonly duplicates: number;
  /** Orbits with more than 20 active channels. */
  readonly bursts: number;
  /** Hits whose BX_COUNTER is none of an orbit. */
  readonly untimed: number;
  readonly noise: NoiseView | undefined;
  readonly gated: GatedView | undefined;
  readonly drift: DriftView;
  /** Undefined with `--physics counts`. */
  readonly segments: SegmentsView | undefined;
}

/** Noise by the orbits in which a channel is the only active one. */
interface NoiseView {
  /** Of all channels together, in Hz. */
  readonly hz: number;
  /** Of the middle channel, in Hz. */
  readonly medianHz: number;
  readonly hottest: { readonly channel: number; readonly rate: Rate };
}

/** Orbits with a trigger that times the chamber. */
interface GatedView {
  readonly orbits: number;
  /** Of them: whose whole window lies in the orbit. */
  readonly fiducial: number;
  /** Of these: with a hit in time. */
  readonly inTime: Interval | undefined;
  readonly hits: number;
}

/** The drift times that the time box is fitted to. */
export interface DriftView {
  /** What they are measured from. */
  readonly after: 'trigger' | 'chambers';
  readonly histogram: DriftHistogram;
  readonly box: BoxFit | undefined;
}

/** Straight pieces of tracks in a chamber. */
export interface SegmentsView {
  /** Orbits searched, and of them those with too many hits to search. */
  readonly orbits: number;
  readonly busy: number;
  /** Segments of four and of three hits. */
  readonly four: number;
  readonly three: number;
  /** Segments by slope: 40 bins of 0.05 from -1. */
  readonly slopes: readonly number[];
  /** From the top. */
  readonly layers: readonly LayerView[];
}

interface LayerView {
  /** Passed probes of all. */
  readonly efficiency: Interval | undefined;
  /** Distances of the hits of 4-hit segments from their line, in um. */
  readonly residual: { readonly meanUm: number; readonly errorUm: number; readonly rmsUm: number } | undefined;
}

/** What the view of a chamber is made of. */
export interface ChamberSums {
  readonly chamber: number;
  readonly geometry: Pick<Chamber, 'channels'>;
  readonly clock: ClockUnits;
  readonly physics: SummaryPhysics['chambers'][string];
  /** Orbits by number of active channels. */
  readonly activeChannels: readonly number[];
  /** Live slots of the detector. */
  readonly liveSlots: number;
}

export function chamberView(sums: ChamberSums): ChamberView {
  const { chamber, clock, physics, activeChannels, liveSlots } = sums;
  const { repeats, duplicates, bursts, untimed, gated } = physics;
  const hits = physics.layers.reduce((total, count) => total + count, 0);
  // Few pages show them, of the window as it is then.
  const noise = lazy(() => noiseView(sums));
  const segments = lazy(() => physics.segments && segmentsView(physics.segments));
  return {
    ...{ chamber, hits, repeats, duplicates, bursts, untimed },
    hitRate: hitRate(hits, activeChannels, (liveSlots * slotOrbits * orbitNsOf(clock)) / 1e9),
    get noise() {
      return noise();
    },
    gated:
      gated.orbits === 0
        ? undefined
        : {
            orbits: gated.orbits,
            fiducial: gated.matched,
            inTime: wilsonInterval(gated.in_time, gated.matched),
            hits: gated.hits,
          },
    drift: {
      after: physics.drift_chambers === undefined ? 'trigger' : 'chambers',
      histogram: driftHistogram(physics, { clock }),
      box: physics.box,
    },
    get segments() {
      return segments();
    },
  };
}

function noiseView({ geometry, clock, physics, activeChannels, liveSlots }: ChamberSums): NoiseView | undefined {
  const empty = emptyOrbits(liveSlots, slotOrbits, activeChannels);
  const rates = physics.single.slice(0, geometry.channels).flatMap((single, channel) => {
    const rate = channelNoise(single, empty, orbitNsOf(clock) / 1e9);
    return rate === undefined ? [] : [{ channel, rate }];
  });
  if (rates.length === 0) return undefined;
  return {
    hz: rates.reduce((sum, { rate }) => sum + rate.hz, 0),
    medianHz: median(rates.map(({ rate }) => rate.hz)),
    hottest: rates.reduce((most, one) => (one.rate.hz > most.rate.hz ? one : most)),
  };
}

function segmentsView(segments: SegmentCounts): SegmentsView {
  const { events: orbits, busy, four, three, slope: slopes, residual } = segments;
  return {
    ...{ orbits, busy, four, slopes },
    three: three.reduce((sum, count) => sum + count, 0),
    layers: Array.from({ length: chamberLayers }, (_, layer) => ({
      efficiency: layerEfficiency(segments, layer),
      residual: residualView(residual[layer]),
    })),
  };
}

/** Of all probes of the layer's cells; 68 % by Wilson. */
function layerEfficiency({ probe_pass: pass, probe_fail: fail }: SegmentCounts, layer: number): Interval | undefined {
  const ofLayer = (counts: readonly number[]): number =>
    counts.reduce((sum, count, channel) => (layerOf(channel) === layer ? sum + count : sum), 0);
  return wilsonInterval(ofLayer(pass), ofLayer(pass) + ofLayer(fail));
}

function residualView({ n, sum_um: sum, sum2_um2: sum2 }: SegmentCounts['residual'][number]): LayerView['residual'] {
  if (n === 0) return undefined;
  const meanUm = sum / n;
  const rmsUm = Math.sqrt(Math.max(0, sum2 / n - meanUm ** 2));
  return { meanUm, errorUm: rmsUm / Math.sqrt(n), rmsUm };
}
