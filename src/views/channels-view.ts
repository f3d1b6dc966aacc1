import { chamberLayers } from '../domain/geometry.js';
import type { SegmentCounts } from '../domain/physics-message.js';
import { layersNotJudged, type Outlier, outliers } from '../results/outliers.js';

/** Channels that a physicist looks at first, by two independent measures. No verdict. */
export interface ChannelsView {
  /** By hits beside the medians of chamber and layer, the furthest first. */
  readonly byHits: {
    readonly hot: readonly Outlier[];
    /** Without a hit. */
    readonly dead: readonly Outlier[];
    readonly low: readonly Outlier[];
    /** Where there are too few hits to say. */
    readonly notJudged: readonly { readonly chamber: number; readonly layers: readonly number[] }[];
  };
  /** By efficiency, the least efficient first; undefined without segments. */
  readonly byProbes: ProbedChannels | undefined;
}

/** Channels by the share of the lines through their cell that they have a hit of. */
export interface ProbedChannels {
  /** No probe passed. */
  readonly dead: readonly ProbedChannel[];
  readonly weak: readonly ProbedChannel[];
  /** Channels with too few probes to say. */
  readonly notJudged: number;
}

/** A channel through whose cell lines of the other three layers went. */
export interface ProbedChannel {
  readonly chamber: number;
  readonly channel: number;
  /** Lines with a hit of the cell, and all. */
  readonly passed: number;
  readonly probes: number;
}

/** With fewer probes an efficiency says little: a good channel fails 5 of 15 once in 10,000. */
const probesMin = 15;
/** Below, a channel is weak: the edge of the band of the quality test of channels. */
const efficiencyMin = 0.7;

/**
 * @param hits by channel of each chamber, as many entries as it has channels
 * @param segments of each chamber, undefined where they were not counted
 */
export function channelsView(
  hits: readonly Float64Array[],
  segments: readonly (SegmentCounts | undefined)[],
): ChannelsView {
  const found = outliers(hits, Infinity);
  return {
    byHits: {
      hot: found.filter(({ ofChamber }) => ofChamber > 1),
      dead: found.filter((outlier) => outlier.hits === 0),
      low: found.filter((outlier) => outlier.ofChamber <= 1 && outlier.hits > 0),
      notJudged: hits
        .map((ofChamber, chamber) => ({ chamber, layers: layersNotJudged(ofChamber) }))
        .filter(({ layers }) => layers.length > 0),
    },
    byProbes: segments.some((counts) => counts !== undefined) ? probedChannels(hits, segments) : undefined,
  };
}

function probedChannels(
  hits: readonly Float64Array[],
  segments: readonly (SegmentCounts | undefined)[],
): ProbedChannels {
  const all = segments.flatMap((counts, chamber) =>
    counts === undefined
      ? []
      : [...hits[chamber].keys()].map((channel) => {
          const passed = counts.probe_pass[channel];
          return { chamber, channel, passed, probes: passed + counts.probe_fail[channel] };
        }),
  );
  const judged = all.filter(({ probes }) => probes >= probesMin);
  const weak = judged
    .filter(({ passed, probes }) => passed < efficiencyMin * probes)
    .sort((one, other) => one.passed / one.probes - other.passed / other.probes || other.probes - one.probes);
  return {
    dead: weak.filter(({ passed }) => passed === 0),
    weak: weak.filter(({ passed }) => passed > 0),
    notJudged: all.length - judged.length,
  };
}

/** `0 layer 2` where some of its layers are meant, `0` where all are. */
export function chamberLayersText({ chamber, layers }: ChannelsView['byHits']['notJudged'][number]): string {
  if (layers.length === chamberLayers) return String(chamber);
  return `${chamber} ${layers.length === 1 ? 'layer' : 'layers'} ${layers.join(' ')}`;
}
