import type { Summary } from '../domain/batch-message.js';
import { chamberChannels, chamberLayers, layerOf } from '../domain/geometry.js';
import type { ChamberPlan, PhysicsPlan } from '../domain/physics-plan.js';
import type { ChamberReference, QualityReference } from './quality-reference.js';
import { corruptRows, referenceOfSummary } from './reference-of.js';
import type { AxisOptions, UhiHistogram, UhiMetadata } from './uhi-histogram.js';

/** What histograms say that the sums do not: how long a tick is, and the offsets of the chambers. */
export type DriftPlan = Pick<PhysicsPlan, 'tickNs'> & { readonly chambers: readonly Pick<ChamberPlan, 't0Ns'>[] };

type Values = UhiHistogram['storage']['values'];

/** A histogram of a chamber, as files hold it. */
export interface ChamberHistogram {
  readonly chamber: number;
  readonly name: string;
  readonly axes: readonly AxisOptions[];
  /** Counts by bin, flow bins included; of two axes a list for each bin of the first one. */
  readonly values: Values;
  readonly metadata: UhiMetadata;
}

const columns = chamberChannels / chamberLayers;
const channelAxis = { name: 'channel', label: 'channel of the chamber', lower: 0, upper: 64, bins: chamberChannels };
/** Axes of all histograms but drift times. */
export const axes = {
  hits: [channelAxis],
  active_slots: [channelAxis],
  active_orbits: [channelAxis],
  single: [channelAxis],
  gated: [
    { name: 'layer', label: 'layer from the top', lower: 0, upper: chamberLayers, bins: chamberLayers },
    { name: 'column', label: 'cell of the layer', lower: 0, upper: columns, bins: columns },
  ],
  active: [{ name: 'active', label: 'active channels', lower: 0, upper: 65, bins: chamberChannels + 1 }],
  slope: [{ name: 'slope', label: 'slope', lower: -1, upper: 1, bins: 40 }],
  x_mm: [{ name: 'x', label: 'place in the middle of the chamber [mm]', lower: 0, upper: 693, bins: 66 }],
  chi2: [{ name: 'chi2', label: 'chi2 of segments of four hits', lower: 0, upper: 20, bins: 40 }],
  probe_pass: [channelAxis],
  probe_fail: [channelAxis],
} satisfies Record<string, AxisOptions[]>;

const countNames = ['active_slots', 'active_orbits', 'single', 'active'] as const;
export const segmentNames = ['slope', 'x_mm', 'chi2', 'probe_pass', 'probe_fail'] as const;

/** The histograms of a reference, chamber by chamber. */
export function referenceHistograms(reference: QualityReference, plan: DriftPlan): ChamberHistogram[] {
  const common = detectorMetadata(reference);
  return reference.chambers.flatMap((sums, chamber) => {
    const of = (name: string, own: AxisOptions[], values: Values, more: UhiMetadata = {}): ChamberHistogram => {
      const metadata = { ...common, ...chamberMetadata(sums), ...more };
      return { chamber, name, axes: own, values, metadata };
    };
    const lists = countsOf(sums);
    const { segments } = sums;
    return [
      ...countNames.map((name) => of(name, axes[name], [...lists[name]])),
      of('gated', axes.gated, byCell(sums.gated)),
      ...Object.entries({ drift: sums.drift, drift_chambers: sums.driftChambers }).flatMap(([name, drift]) => {
        if (drift === undefined) return [];
        const { tick_first, ticks_bin, offset_ns, under, counts, over } = drift;
        const more = { tick_first, ticks_bin, t0_ns: plan.chambers[chamber].t0Ns };
        const axis = driftAxis(offset_ns, counts.length, ticks_bin * plan.tickNs);
        return [of(name, [axis], [under, ...counts, over], more)];
      }),
      ...(segments === undefined
        ? []
        : segmentNames.map((name) => of(name, axes[name], [...segments[name]], { segment_events: segments.events }))),
    ];
  });
}

/**
 * The histograms of a summary of messages of one lane: those of a reference, and `hits`. Without physics there are `hits`
 * and `active` alone.
 */
export function summaryHistograms(summary: Summary, plan: DriftPlan): ChamberHistogram[] {
  const reference = referenceOfSummary(summary, 'summary');
  const counted = reference === undefined ? activeHistograms(summary) : referenceHistograms(reference, plan);
  return Object.entries(summary.channel_hits_chamber ?? {}).flatMap(([key, hits]) => {
    const others = counted.filter(({ chamber }) => chamber === Number(key));
    const of = { chamber: Number(key), name: 'hits', axes: axes.hits, values: hits, metadata: others[0].metadata };
    return [of, ...others];
  });
}

function activeHistograms({ active_channels_chamber, ledger }: Summary): ChamberHistogram[] {
  const metadata = { rows_read: ledger.rows_read, ...corruptRows(ledger) };
  return Object.entries(active_channels_chamber).map(([chamber, values]) => ({
    ...{ chamber: Number(chamber), name: 'active', axes: axes.active, values, metadata },
  }));
}

function detectorMetadata(reference: QualityReference): UhiMetadata {
  const { geometry, slots, liveS, triggerOrbits, rowsRead, corrupt, rejected, orbits, times, learned } = reference;
  return {
    geometry,
    ...{ live_slots: slots, live_s: liveS, trigger_orbits: triggerOrbits, rows_read: rowsRead, corrupt },
    ...(rejected !== undefined && { rejected }),
    ...(orbits && { orbit_first: orbits[0], orbit_last: orbits[1] }),
    ...(times && { from: times[0], to: times[1] }),
    ...(learned && { learned_from: learned[0], learned_to: learned[1] }),
  };
}

function chamberMetadata({ hits, repeats, bursts, matched, inTime, notLearned }: ChamberReference): UhiMetadata {
  return { hits, repeats, bursts, matched, in_time: inTime, not_learned: notLearned.join(',') };
}

function countsOf({ activeSlots, activeOrbits, single, active }: ChamberReference) {
  return { active_slots: activeSlots, active_orbits: activeOrbits, single, active };
}

export function driftAxis(lower: number, bins: number, binNs: number): AxisOptions {
  return { name: 'drift', label: 'drift time [ns]', lower, upper: lower + bins * binNs, bins, hasFlow: true };
}

/** Counts by layer and column. */
function byCell(counts: readonly number[]): number[][] {
  const cells = Array.from({ length: chamberLayers }, () => new Array<number>(columns).fill(0));
  counts.forEach((value, channel) => (cells[layerOf(channel)][channel >> 2] = value));
  return cells;
}

/** The reverse of {@link byCell}, of the rows one after the other. */
export function byChannel(cells: readonly number[]): number[] {
  return Array.from({ length: chamberChannels }, (_, channel) => cells[columns * layerOf(channel) + (channel >> 2)]);
}
