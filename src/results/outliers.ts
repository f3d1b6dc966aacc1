import { chamberLayers, layerOf } from '../domain/geometry.js';
import { median } from '../domain/median.js';

/** A channel that counts much more or much less than those around it. */
export interface Outlier {
  readonly chamber: number;
  /** 0-63, within the chamber. */
  readonly channel: number;
  readonly hits: number;
  /** Hits over the median of the chamber, and over that of the channel's layer. */
  readonly ofChamber: number;
  readonly ofLayer: number;
}

/** Median below which a ratio says nothing: with 10 hits it is good to a factor of two. */
const medianMin = 10;
/** A ratio within this factor of 1 is no outlier: the middle of a chamber counts twice as much as its edge. */
const factorMin = 2.5;

/**
 * The channels that are furthest from their chamber **and** from their layer, ranked by the smaller of the two distances
 * on a logarithmic scale. A channel without a hit comes as far as its medians tell. No verdict: muons and geometry alone
 * make channels differ.
 *
 * @param chambers hits of each chamber's channels
 */
export function outliers(chambers: readonly Float64Array[], countMax: number): Outlier[] {
  const found = chambers.flatMap((hits, chamber) => {
    const { ofChamber, ofLayers } = mediansOf(hits);
    return [...hits].flatMap((count, channel) => {
      const ofLayer = ofLayers[layerOf(channel)];
      if (ofChamber < medianMin || ofLayer < medianMin) return [];
      const [one, other] = [distanceOf(count, ofChamber), distanceOf(count, ofLayer)];
      // Above one median and below the other is neither hot nor dead.
      const distance = one * other > 0 ? Math.min(Math.abs(one), Math.abs(other)) : 0;
      const outlier = { chamber, channel, hits: count, ofChamber: count / ofChamber, ofLayer: count / ofLayer };
      return distance > Math.log(factorMin) ? [{ outlier, distance }] : [];
    });
  });
  // A stable order: of equal ones the first channel first.
  found.sort((one, other) => other.distance - one.distance);
  return found.slice(0, countMax).map(({ outlier }) => outlier);
}

/** The layers of a chamber in which no channel can be an outlier, because they or the chamber have too few hits. */
export function layersNotJudged(hits: Float64Array): number[] {
  const { ofChamber, ofLayers } = mediansOf(hits);
  return ofLayers.flatMap((ofLayer, layer) => (ofChamber >= medianMin && ofLayer >= medianMin ? [] : [layer]));
}

function mediansOf(hits: Float64Array): { ofChamber: number; ofLayers: number[] } {
  const ofLayers = Array.from({ length: chamberLayers }, (_, layer) =>
    median([...hits].filter((__, channel) => layerOf(channel) === layer)),
  );
  return { ofChamber: median([...hits]), ofLayers };
}

/** How far a count is above a median, as a logarithm; half a hit stands for none. */
function distanceOf(count: number, of: number): number {
  return Math.log(Math.max(count, 0.5) / of);
}
