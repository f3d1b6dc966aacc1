import { channelLayers, halfCellUm, heightsSquaredMm2, layerHeightsMm, layers, wireHalfCells } from './cells.js';

export interface ChamberTimeOptions {
  readonly velocityUmNs: number;
  readonly tickNs: number;
}

const groupHitsMax = 20;
/** Lists of more hits are sorted by the library. */
const insertionMax = 64;
const hitsFirst = 256;
/** Every cut is generous by so much, as times lie on a lattice and meet them exactly: counts agree to the entry. */
export const cutSlack = 1e-9;
/** Cuts, in ns and mm. */
const gapFactor = 1.1;
const spanBeyondNs = 20;
const driftBeyondNs = 15;
const slopeMax = 1;
const sumMaxMm2 = 1;
const halfCellMm = halfCellUm / 1000;

/** Sides of the four hits that give a time: bit l = right of the wire in layer l; not all alike. */
const sideSets = Array.from({ length: 14 }, (_, index) => index + 1);
/** Both upper hits on one side and both lower ones on the other: the time is the least certain. */
const weakSides = [0b0011, 0b1100];

/**
 * The times at which muons crossed a chamber in one orbit, without a reference, from groups of hits in all four layers.
 *
 * With the sides s of the hits, places `x = w + s v (t - t0)` are on a straight line; what of s no line describes,
 * `R = s - mean(s) - y (s.y) / (y.y)`, gives `t0 = R.(w + v s t) / (v R.R)`.
 *
 * Nothing is allocated after construction, until an orbit has more hits than any before.
 */
export class ChamberTime {
  /** Segments of the last orbit. */
  count = 0;
  /** By segment, in order of their groups: when the muon crossed, in ns from the start of the orbit. */
  t0Ns = new Float64Array(hitsFirst / layers);
  /** By segment: bit l = right of the wire in layer l. */
  sides = new Uint8Array(hitsFirst / layers);
  readonly #tickNs: number;
  readonly #driftNsMax: number;
  readonly #velocityMmNs: number;
  /** Largest steps in ticks within a group, and from its first to its last hit of a segment. */
  readonly #gapTicks: number;
  readonly #spanTicks: number;
  /** By side set and layer: factors of the wires' half cells and of the hits' times in t0. */
  readonly #wireFactors: Float64Array;
  readonly #timeFactors: Float64Array;
  /** Hits in order: `tick * 64 + channel`. */
  #keys = new Int32Array(hitsFirst);
  /** By layer: the hits of the group, in order. */
  readonly #group = new Int32Array(layers * groupHitsMax);
  readonly #ends = new Int32Array(layers);
  readonly #best = { sum: 0, t0Ns: 0, sides: 0 };

  constructor({ velocityUmNs, tickNs }: ChamberTimeOptions) {
    this.#tickNs = tickNs;
    this.#driftNsMax = halfCellUm / velocityUmNs;
    this.#velocityMmNs = velocityUmNs / 1000;
    this.#gapTicks = Math.floor((gapFactor * this.#driftNsMax + cutSlack) / tickNs);
    this.#spanTicks = Math.floor((this.#driftNsMax + spanBeyondNs + cutSlack) / tickNs);
    const directions = sideSets.map(timeDirection);
    this.#wireFactors = Float64Array.from(
      directions.flatMap((r) => r.map((part) => (part * halfCellMm) / (this.#velocityMmNs * dot(r, r)))),
    );
    this.#timeFactors = Float64Array.from(
      directions.flatMap((r, index) => r.map((part, layer) => (part * sideOf(sideSets[index], layer)) / dot(r, r))),
    );
  }

  /**
   * Finds the segments of the hits [from, to) of the chamber in one orbit, in any order.
   *
   * @param ticks from the start of the orbit, below 2^17
   * @returns how many segments
   */
  find(channels: Uint8Array, ticks: Int32Array, from: number, to: number): number {
    this.count = 0;
    const hits = to - from;
    if (hits < layers) return 0;
    this.#sort(channels, ticks, from, to);
    const keys = this.#keys;
    for (let first = 0; first < hits;) {
      let end = first + 1;
      while (end < hits && (keys[end] >> 6) - (keys[end - 1] >> 6) <= this.#gapTicks) end++;
      if (end - first >= layers && end - first <= groupHitsMax) this.#searchGroup(first, end);
      first = end;
    }
    return this.count;
  }

  #sort(channels: Uint8Array, ticks: Int32Array, from: number, to: number): void {
    const hits = to - from;
    if (hits > this.#keys.length) this.#grow(2 * hits);
    const keys = this.#keys;
    const isInserted = hits <= insertionMax;
    for (let index = 0; index < hits; index++) {
      const key = ticks[from + index] * 64 + channels[from + index];
      let at = index;
      if (isInserted) for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
      keys[at] = key;
    }
    if (!isInserted) keys.subarray(0, hits).sort();
  }

  #grow(hits: number): void {
    this.#keys = new Int32Array(hits);
    this.t0Ns = new Float64Array(hits / layers);
    this.sides = new Uint8Array(hits / layers);
  }

  #searchGroup(first: number, end: number): void {
    const ends = this.#ends.fill(0);
    for (let at = first; at < end; at++) {
      const layer = channelLayers[this.#keys[at] & 63];
      this.#group[layer * groupHitsMax + ends[layer]++] = this.#keys[at];
    }
    const best = this.#best;
    best.sum = Infinity;
    for (let i0 = 0; i0 < ends[0]; i0++) {
      const k0 = this.#group[i0];
      for (let i1 = 0; i1 < ends[1]; i1++) {
        const k1 = this.#group[groupHitsMax + i1];
        if (!isAdjacent(k0, k1)) continue;
        for (let i2 = 0; i2 < ends[2]; i2++) {
          const k2 = this.#group[2 * groupHitsMax + i2];
          if (!isAdjacent(k1, k2)) continue;
          for (let i3 = 0; i3 < ends[3]; i3++) {
            const k3 = this.#group[3 * groupHitsMax + i3];
            if (isAdjacent(k2, k3)) this.#trySides(k0, k1, k2, k3);
          }
        }
      }
    }
    if (best.sum === Infinity) return;
    this.t0Ns[this.count] = best.t0Ns;
    this.sides[this.count] = best.sides;
    this.count++;
  }

  #trySides(k0: number, k1: number, k2: number, k3: number): void {
    const t0 = k0 >> 6;
    const t1 = k1 >> 6;
    const t2 = k2 >> 6;
    const t3 = k3 >> 6;
    const early = Math.min(t0, t1, t2, t3);
    const late = Math.max(t0, t1, t2, t3);
    if (late - early > this.#spanTicks) return;
    const h0 = wireHalfCells[k0 & 63];
    // Of one wire on, as differences: small numbers lose the least.
    const h1 = wireHalfCells[k1 & 63] - h0;
    const h2 = wireHalfCells[k2 & 63] - h0;
    const h3 = wireHalfCells[k3 & 63] - h0;
    const n0 = (t0 - early) * this.#tickNs;
    const n1 = (t1 - early) * this.#tickNs;
    const n2 = (t2 - early) * this.#tickNs;
    const n3 = (t3 - early) * this.#tickNs;
    const wire = this.#wireFactors;
    const time = this.#timeFactors;
    const best = this.#best;
    const v = this.#velocityMmNs;
    for (let index = 0; index < sideSets.length; index++) {
      const at = layers * index;
      // In ns from the earliest hit, as are the others.
      const start =
        wire[at + 1] * h1 +
        wire[at + 2] * h2 +
        wire[at + 3] * h3 +
        time[at] * n0 +
        time[at + 1] * n1 +
        time[at + 2] * n2 +
        time[at + 3] * n3;
      const drift0 = n0 - start;
      const drift1 = n1 - start;
      const drift2 = n2 - start;
      const drift3 = n3 - start;
      // The earliest and the latest of them are those of the hits.
      if (
        start > driftBeyondNs + cutSlack ||
        (late - early) * this.#tickNs - start > this.#driftNsMax + driftBeyondNs + cutSlack
      )
        continue;
      const sides = sideSets[index];
      const x0 = (sides & 1) === 0 ? -v * drift0 : v * drift0;
      const x1 = halfCellMm * h1 + ((sides & 2) === 0 ? -v * drift1 : v * drift1);
      const x2 = halfCellMm * h2 + ((sides & 4) === 0 ? -v * drift2 : v * drift2);
      const x3 = halfCellMm * h3 + ((sides & 8) === 0 ? -v * drift3 : v * drift3);
      const a = x0 - x1 - x2 + x3;
      const b = x0 - 3 * x1 + 3 * x2 - x3;
      const sum = (5 * a * a + b * b) / 20;
      if (sum > sumMaxMm2 + cutSlack || sum >= best.sum - cutSlack) continue;
      if (Math.abs(3 * x0 + x1 - x2 - 3 * x3) / 130 > slopeMax + cutSlack) continue;
      best.sum = sum;
      best.t0Ns = early * this.#tickNs + start;
      best.sides = sides;
    }
  }
}

/** What of a set of sides no straight line describes: `R`. */
function timeDirection(sides: number): readonly number[] {
  const s = layerHeightsMm.map((_, layer) => sideOf(sides, layer));
  const mean = s.reduce((sum, side) => sum + side, 0) / layers;
  const tilt = dot(s, layerHeightsMm) / heightsSquaredMm2;
  return s.map((side, layer) => side - mean - tilt * layerHeightsMm[layer]);
}

/** 1 right of the wire, -1 left of it. */
function sideOf(sides: number, layer: number): number {
  return (sides & (1 << layer)) === 0 ? -1 : 1;
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * right[index], 0);
}

/** Whether the wires of two hits of adjacent layers are half a cell apart. */
function isAdjacent(one: number, other: number): boolean {
  const apart = wireHalfCells[one & 63] - wireHalfCells[other & 63];
  return apart === 1 || apart === -1;
}

/** Whether a segment with these sides is left out of the event reference: LLRR and RRLL. */
export function isWeakTime(sides: number): boolean {
  return sides === weakSides[0] || sides === weakSides[1];
}
