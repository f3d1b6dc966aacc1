import { chamberChannels } from '../domain/geometry.js';
import { cellWidthUm, channelLayers, halfCellUm, layers, wireHalfCells } from './cells.js';
import { linesOfThree } from './line-of-three.js';

/** Cuts of the search, as in the configuration. */
export interface SegmentCuts {
  /** Resolution of a place, in whole um. */
  readonly sigmaXUm: number;
  /** Most chi2 of 4 hits (2 degrees of freedom) and of 3 hits (1). */
  readonly chi2Four: number;
  readonly chi2Three: number;
  /** Largest slope dx/dy, either way. */
  readonly slopeMax: number;
}

/** A residual sum must be below these: in um^2 / 20 of four hits, in um^2 / 42 of three. */
export function sumLimits({ sigmaXUm, chi2Four, chi2Three }: SegmentCuts): { four: number; three: number } {
  return {
    four: aboveWhole(20 * chi2Four * sigmaXUm ** 2),
    three: aboveWhole(sumsOfThree * chi2Three * sigmaXUm ** 2),
  };
}

/** What the search must know of a chamber. */
export interface SegmentSearchOptions extends SegmentCuts {
  /** Place of the chamber's left wall, in whole um. */
  readonly xUm: number;
  readonly velocityUmNs: number;
  readonly tickNs: number;
  /** Drift time of a hit at the reference, in ns. */
  readonly t0Ns: number;
  /** In-time window in ticks from the reference, both ends inclusive. */
  readonly windowFirst: number;
  readonly windowLast: number;
}

/** `busy` = too many hits: not searched. */
export type SegmentKind = 'none' | 'three' | 'four' | 'busy';

const layerHitsMax = 8;
const chamberHitsMax = 20;
const layerRoom = chamberChannels / layers;
/** Greater than every tick. */
const noTick = 0x7fff_ffff;
/** Common multiple of the norms of residual sums: those of three hits are compared in whole numbers of um^2 / 42. */
const sumsOfThree = 42;
const sumFactors = linesOfThree.map(({ closureNorm }) => sumsOfThree / closureNorm);

/**
 * Finds the straight line through the hits of a chamber in one orbit.
 *
 * Places are whole um and sums whole um^2, exact in doubles, so that every count of the same hits agrees to the entry. The
 * best segment has 4 hits before 3, then the smallest residual sum; ties go to the lower missing layer, the smallest
 * channels from layer 0 down, then the sides as a binary number. Candidates come in that order, and the first one stays.
 *
 * Nothing is allocated after construction. Guarded by benchmarks/segments.ts.
 */
export class SegmentSearch {
  kind: SegmentKind = 'none';
  /** Layer without a hit of the segment; -1 with four hits. */
  missing = -1;
  /** Bit l = the muon passed right of the wire in layer l. */
  sides = 0;
  /** By layer: channel of the hit; -1 at the missing layer. */
  readonly channels = new Int16Array(layers).fill(-1);
  /** By layer: where the muon crossed, in um; NaN at the missing layer. */
  readonly xUm = new Float64Array(layers).fill(NaN);

  readonly #left: number;
  readonly #windowFirst: number;
  readonly #windowLast: number;
  /** Drift distance in whole um, by tick from the start of the window. */
  readonly #distances: Float64Array;
  readonly #limits: { readonly four: number; readonly three: number };
  readonly #slopeMax: number;
  /** By channel: smallest tick in the window, and its drift distance. */
  readonly #ticks = new Int32Array(chamberChannels).fill(noTick);
  readonly #drifts = new Float64Array(chamberChannels);
  /** By layer: the hit channels, ascending. */
  readonly #hit = new Uint8Array(chamberChannels);
  readonly #hits = new Uint8Array(layers);
  #best = 0;

  constructor(options: SegmentSearchOptions) {
    const { xUm, velocityUmNs, tickNs, t0Ns, windowFirst, windowLast } = options;
    this.#left = xUm;
    this.#windowFirst = windowFirst;
    this.#windowLast = windowLast;
    this.#distances = Float64Array.from({ length: windowLast - windowFirst + 1 }, (_, index) =>
      Math.floor(velocityUmNs * ((windowFirst + index) * tickNs + t0Ns) + 0.5),
    );
    this.#limits = sumLimits(options);
    this.#slopeMax = options.slopeMax;
  }

  /**
   * Searches the hits [from, to) of the chamber in one orbit, in any order; of each cell the first hit in the window counts.
   *
   * @param ticks from the reference
   */
  find(channels: Uint8Array, ticks: Int32Array, from: number, to: number): SegmentKind {
    this.kind = 'none';
    const total = this.#gather(channels, ticks, from, to);
    if (total < layers - 1) {
      this.#forget();
      return 'none';
    }
    const hits = this.#hits;
    const most = Math.max(hits[0], hits[1], hits[2], hits[3]);
    if (most > layerHitsMax || total > chamberHitsMax) this.kind = 'busy';
    else {
      if (hits[0] > 0 && hits[1] > 0 && hits[2] > 0 && hits[3] > 0) this.#findFour();
      if (this.kind === 'none') this.#findThree();
    }
    this.#forget();
    return this.kind;
  }

  /** Takes the first hit of each cell; returns how many cells. */
  #gather(channels: Uint8Array, ticks: Int32Array, from: number, to: number): number {
    let total = 0;
    for (let index = from; index < to; index++) {
      const tick = ticks[index];
      if (tick < this.#windowFirst || tick > this.#windowLast) continue;
      const channel = channels[index];
      const known = this.#ticks[channel];
      if (tick >= known) continue;
      this.#ticks[channel] = tick;
      this.#drifts[channel] = this.#distances[tick - this.#windowFirst];
      if (known !== noTick) continue;
      const layer = channelLayers[channel];
      const start = layer * layerRoom;
      let at = start + this.#hits[layer]++;
      for (; at > start && this.#hit[at - 1] > channel; at--) this.#hit[at] = this.#hit[at - 1];
      this.#hit[at] = channel;
      total++;
    }
    return total;
  }

  #forget(): void {
    for (let layer = 0; layer < layers; layer++) {
      const start = layer * layerRoom;
      for (let at = start; at < start + this.#hits[layer]; at++) this.#ticks[this.#hit[at]] = noTick;
      this.#hits[layer] = 0;
    }
  }

  #findFour(): void {
    this.#best = this.#limits.four;
    const hit = this.#hit;
    const ends = this.#hits;
    for (let i0 = 0; i0 < ends[0]; i0++) {
      const c0 = hit[i0];
      for (let i1 = 0; i1 < ends[1]; i1++) {
        const c1 = hit[layerRoom + i1];
        if (!isAdjacent(c0, c1)) continue;
        for (let i2 = 0; i2 < ends[2]; i2++) {
          const c2 = hit[2 * layerRoom + i2];
          if (!isAdjacent(c1, c2)) continue;
          for (let i3 = 0; i3 < ends[3]; i3++) {
            const c3 = hit[3 * layerRoom + i3];
            if (isAdjacent(c2, c3)) this.#tryFour(c0, c1, c2, c3);
          }
        }
      }
    }
  }

  /** All 16 sides of four hits: `5 A^2 + B^2`, A = x0 - x1 - x2 + x3, B = x0 - 3 x1 + 3 x2 - x3. */
  #tryFour(c0: number, c1: number, c2: number, c3: number): void {
    const [h0, h1, h2, h3] = [wireHalfCells[c0], wireHalfCells[c1], wireHalfCells[c2], wireHalfCells[c3]];
    const d0 = this.#drifts[c0];
    const d1 = this.#drifts[c1];
    const d2 = this.#drifts[c2];
    const d3 = this.#drifts[c3];
    const wireA = halfCellUm * (h0 - h1 - h2 + h3);
    const wireB = halfCellUm * (h0 - 3 * h1 + 3 * h2 - h3);
    for (let upper = 0; upper < 8; upper++) {
      const x1 = (upper & 1) === 0 ? -d1 : d1;
      const x2 = (upper & 2) === 0 ? -d2 : d2;
      const x3 = (upper & 4) === 0 ? -d3 : d3;
      const a = wireA - x1 - x2 + x3;
      const b = wireB - 3 * x1 + 3 * x2 - x3;
      const left = 5 * (a - d0) * (a - d0) + (b - d0) * (b - d0);
      if (left < this.#best) this.#takeFour(c0, c1, c2, c3, 2 * upper, left);
      const right = 5 * (a + d0) * (a + d0) + (b + d0) * (b + d0);
      if (right < this.#best) this.#takeFour(c0, c1, c2, c3, 2 * upper + 1, right);
    }
  }

  #takeFour(c0: number, c1: number, c2: number, c3: number, sides: number, sum: number): void {
    const x0 = this.#place(c0, sides & 1);
    const x1 = this.#place(c1, sides & 2);
    const x2 = this.#place(c2, sides & 4);
    const x3 = this.#place(c3, sides & 8);
    if (Math.abs(3 * x0 + x1 - x2 - 3 * x3) > 130_000 * this.#slopeMax) return;
    this.#best = sum;
    this.kind = 'four';
    this.missing = -1;
    this.sides = sides;
    this.#setLayer(0, c0, x0);
    this.#setLayer(1, c1, x1);
    this.#setLayer(2, c2, x2);
    this.#setLayer(3, c3, x3);
  }

  #findThree(): void {
    this.#best = this.#limits.three;
    const hit = this.#hit;
    const ends = this.#hits;
    for (let missing = 0; missing < layers; missing++) {
      const [upper, middle, lower] = linesOfThree[missing].layers;
      for (let i = 0; i < ends[upper]; i++) {
        const first = hit[upper * layerRoom + i];
        for (let j = 0; j < ends[middle]; j++) {
          const second = hit[middle * layerRoom + j];
          if (!isReachable(first, second, middle - upper)) continue;
          for (let k = 0; k < ends[lower]; k++) {
            const third = hit[lower * layerRoom + k];
            if (isReachable(second, third, lower - middle)) this.#tryThree(missing, first, second, third);
          }
        }
      }
    }
  }

  #tryThree(missing: number, first: number, second: number, third: number): void {
    const { layers: used, closure, slope, slopeNorm } = linesOfThree[missing];
    for (let sides = 0; sides < 8; sides++) {
      const x0 = this.#place(first, sides & 1);
      const x1 = this.#place(second, sides & 2);
      const x2 = this.#place(third, sides & 4);
      const a = closure[0] * x0 + closure[1] * x1 + closure[2] * x2;
      const sum = sumFactors[missing] * a * a;
      if (sum >= this.#best) continue;
      if (Math.abs(slope[0] * x0 + slope[1] * x1 + slope[2] * x2) > slopeNorm * this.#slopeMax) continue;
      this.#best = sum;
      this.kind = 'three';
      this.missing = missing;
      this.sides = ((sides & 1) << used[0]) | (((sides >> 1) & 1) << used[1]) | ((sides >> 2) << used[2]);
      this.#setLayer(missing, -1, NaN);
      this.#setLayer(used[0], first, x0);
      this.#setLayer(used[1], second, x1);
      this.#setLayer(used[2], third, x2);
    }
  }

  /** Where the muon crossed the layer of a hit, right of its wire or left. */
  #place(channel: number, right: number): number {
    const wire = this.#left + halfCellUm * wireHalfCells[channel];
    return right === 0 ? wire - this.#drifts[channel] : wire + this.#drifts[channel];
  }

  #setLayer(layer: number, channel: number, xUm: number): void {
    this.channels[layer] = channel;
    this.xUm[layer] = xUm;
  }
}

/** Whether two wires of adjacent layers are half a cell apart. */
function isAdjacent(one: number, other: number): boolean {
  const apart = wireHalfCells[one] - wireHalfCells[other];
  return apart === 1 || apart === -1;
}

/** Whether a track with a slope of at most 1 crosses both cells: of adjacent layers, or of layers two apart. */
function isReachable(one: number, other: number, layersApart: number): boolean {
  if (layersApart === 1) return isAdjacent(one, other);
  return Math.abs(wireHalfCells[one] - wireHalfCells[other]) * halfCellUm <= cellWidthUm;
}

/** Smallest whole number above a limit that counts as reached, rounding of the limit aside. */
function aboveWhole(limit: number): number {
  return Math.floor(limit + 1e-6) + 1;
}
