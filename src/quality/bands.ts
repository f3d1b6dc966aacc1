import type { QualitySettings } from './quality-settings.js';
import type { Side } from './reference-bounds.js';

/**
 * What a test tells apart: values inside of a band from those beyond an alternative. In an alarm it is the way back:
 * still beyond `returnEdge`, or already at `returnTo`.
 */
export interface Band {
  readonly edge: number;
  readonly alternative: number;
  readonly returnEdge: number;
  readonly returnTo: number;
}

/** Active slots of a channel as multiples of its reference; the first two are settings. */
export const channelReturns = {
  low: { returnEdge: 0.5, returnTo: 1 },
  high: { returnEdge: 2, returnTo: 1 },
} as const;

/** The band of a channel with a reference. */
export function channelBand(side: Side, settings: QualitySettings): Band {
  const { bandLow, alternativeLow, bandHigh, alternativeHigh } = settings;
  return side === 'low'
    ? { edge: bandLow, alternative: alternativeLow, ...channelReturns.low }
    : { edge: bandHigh, alternative: alternativeHigh, ...channelReturns.high };
}

/** Of a channel by its neighbours: multiples of their mean. */
export const neighbourBands = {
  low: { edge: 0.1, alternative: 0.01, returnEdge: 0.1, returnTo: 0.5 },
  high: { edge: 5, alternative: 10, returnEdge: 5, returnTo: 2 },
} as const satisfies Record<string, Band>;

/** Efficiency of a channel. */
export const channelEfficiencyBand: Band = { edge: 0.7, alternative: 0.3, returnEdge: 0.5, returnTo: 0.8 };

/** Rates of chambers and of the trigger, as multiples of their reference. */
export const rateBands = {
  low: { edge: 0.7, alternative: 0.4, returnEdge: 0.5, returnTo: 1 },
  high: { edge: 1.4, alternative: 2.5, returnEdge: 2, returnTo: 1 },
} as const satisfies Record<string, Band>;

/** Variance over mean of a chamber's orbits that is allowed for: noise comes in bursts. */
export const chamberDispersion = 3;

/** Share of trigger orbits with a hit in time, as a multiple of its reference. */
export const triggerMatchBand: Band = { edge: 0.7, alternative: 0.3, returnEdge: 0.5, returnTo: 1 };

/** Efficiency of a layer: as a multiple of its reference, and without one. */
export const layerEfficiencyBand: Band = { edge: 0.9, alternative: 0.7, returnEdge: 0.8, returnTo: 1 };
export const layerEfficiencyAlone: Band = { edge: 0.7, alternative: 0.5, returnEdge: 0.6, returnTo: 0.8 };

/** How far an edge of the time box may be from its reference, and how far it must be to be found, in ns. */
export const boxBands = {
  box_rise: { edgeNs: 3, alternativeNs: 10 },
  box_fall: { edgeNs: 3, alternativeNs: 10 },
  box_width: { edgeNs: 4, alternativeNs: 12 },
} as const;
