import { driftUm, limitFour, limitThree, slopeMax } from './segment-plan';

/**
 * The straight line through the hits of a chamber in one orbit: src/physics/segment-search.ts says which one, and this
 * finds the same. Numbers are the same doubles, places from the chamber's left wall. Hits are bits of a mask, and the layers
 * of a chamber every fourth one of them, so that lower bits of a layer are lower channels.
 */

/** What {@link searchSegment} found: hits of the segment; {@link busyHits} = too many hits, not searched. */
export let foundHits: u32 = 0;
export const busyHits: u32 = 5;
/** Layer without a hit; none of four. */
export let missingLayer: u32 = 0;
/** Bit l = the muon passed right of the wire in layer l. */
export let sides: u32 = 0;
/** f64 by layer: where the muon crossed, in um. */
const placesUm = memory.data(32, 16);

/** Smallest tick in time of each channel, i32 by row code; of the orbit at hand. */
export const firstTicks = memory.data(16384, 16);
/** Drift distance of each channel of the chamber at hand, f64. */
const drifts = memory.data(512, 16);

/** Channels of layers from the top: the first of every four, the third, the second, the fourth. */
const firstLayer: u64 = 0x1111111111111111;
const layerHitsMax: u32 = 8;
const chamberHitsMax: u32 = 20;
const halfCellUm: f64 = 21_000;

/** By layer left out, f64: what three places make the residual, their slope, their middle and the place left out of. */
export const threesStride: usize = 17 << 3;
// prettier-ignore
export const threes = memory.data<f64>([
  1, -2, 1,  6,   1, 0, -1,   26_000,   7, 4, 1,  12,    4, 1, -2,  3,   7,
  1, -3, 2, 14,   5, -1, -4, 182_000,  11, 9, 8,  28,    4, 2, 1,   7,   3,
  2, -3, 1, 14,   4, 1, -5,  182_000,   8, 9, 11, 28,    1, 2, 4,   7,   3,
  1, -2, 1,  6,   1, 0, -1,   26_000,   1, 4, 7,  12,   -2, 1, 4,   3,   7,
], 16);

let best: f64 = 0;

/** Searches the channels of a chamber that are in time. */
export function searchSegment(chamber: u32, channels: u64): void {
  foundHits = 0;
  const hits0 = channels & firstLayer;
  const hits1 = channels & (firstLayer << 2);
  const hits2 = channels & (firstLayer << 1);
  const hits3 = channels & (firstLayer << 3);
  if (u32(popcnt(channels)) > chamberHitsMax || hasMany(hits0) || hasMany(hits1) || hasMany(hits2) || hasMany(hits3)) {
    foundHits = busyHits;
    return;
  }
  const ticks = firstTicks + (chamber << 8);
  for (let rest = channels; rest != 0; rest &= rest - 1) {
    const channel = usize(ctz(rest));
    store<f64>(drifts + (channel << 3), driftUm(chamber, load<i32>(ticks + (channel << 2))));
  }
  best = limitFour;
  findFour(hits0, hits1, hits2, hits3);
  if (foundHits != 0) return;
  best = limitThree;
  findThree(0, hits1, hits2, hits3);
  findThree(1, hits0, hits2, hits3);
  findThree(2, hits0, hits1, hits3);
  findThree(3, hits0, hits1, hits2);
}

/** Where the muon crossed a layer that has a hit of the segment, in um. */
export function placeUm(layer: u32): f64 {
  return load<f64>(placesUm + (layer << 3));
}

function hasMany(hits: u64): boolean {
  return u32(popcnt(hits)) > layerHitsMax;
}

function findFour(hits0: u64, hits1: u64, hits2: u64, hits3: u64): void {
  for (let rest0 = hits0; rest0 != 0; rest0 &= rest0 - 1) {
    const c0 = u32(ctz(rest0));
    for (let rest1 = hits1 & below(0, 1, c0); rest1 != 0; rest1 &= rest1 - 1) {
      const c1 = u32(ctz(rest1));
      for (let rest2 = hits2 & below(1, 2, c1); rest2 != 0; rest2 &= rest2 - 1) {
        const c2 = u32(ctz(rest2));
        for (let rest3 = hits3 & below(2, 3, c2); rest3 != 0; rest3 &= rest3 - 1) tryFour(c0, c1, c2, u32(ctz(rest3)));
      }
    }
  }
}

/** All 16 sides of four hits: `5 A^2 + B^2`, A = x0 - x1 - x2 + x3, B = x0 - 3 x1 + 3 x2 - x3. */
function tryFour(c0: u32, c1: u32, c2: u32, c3: u32): void {
  const d0 = driftOf(c0);
  const d1 = driftOf(c1);
  const d2 = driftOf(c2);
  const d3 = driftOf(c3);
  const w0 = wireUm(c0, 0);
  const w1 = wireUm(c1, 1);
  const w2 = wireUm(c2, 2);
  const w3 = wireUm(c3, 3);
  const wireA = w0 - w1 - w2 + w3;
  const wireB = w0 - 3 * w1 + 3 * w2 - w3;
  for (let upper: u32 = 0; upper < 8; upper++) {
    const x1 = onSide(d1, upper & 1);
    const x2 = onSide(d2, (upper >>> 1) & 1);
    const x3 = onSide(d3, upper >>> 2);
    const a = wireA - x1 - x2 + x3;
    const b = wireB - 3 * x1 + 3 * x2 - x3;
    const left = 5 * (a - d0) * (a - d0) + (b - d0) * (b - d0);
    if (left < best) takeFour(w0 - d0, w1 + x1, w2 + x2, w3 + x3, 2 * upper, left);
    const right = 5 * (a + d0) * (a + d0) + (b + d0) * (b + d0);
    if (right < best) takeFour(w0 + d0, w1 + x1, w2 + x2, w3 + x3, 2 * upper + 1, right);
  }
}

function takeFour(x0: f64, x1: f64, x2: f64, x3: f64, itsSides: u32, sum: f64): void {
  if (abs(3 * x0 + x1 - x2 - 3 * x3) > 130_000 * slopeMax) return;
  best = sum;
  foundHits = 4;
  sides = itsSides;
  setPlace(0, x0);
  setPlace(1, x1);
  setPlace(2, x2);
  setPlace(3, x3);
}

/** Hits of the three layers other than `missing`, from the top. */
function findThree(missing: u32, uppers: u64, middles: u64, lowers: u64): void {
  const upper = u32(missing == 0);
  const middle: u32 = missing < 2 ? 2 : 1;
  const lower: u32 = missing == 3 ? 2 : 3;
  for (let rest0 = uppers; rest0 != 0; rest0 &= rest0 - 1) {
    const c0 = u32(ctz(rest0));
    for (let rest1 = middles & below(upper, middle, c0); rest1 != 0; rest1 &= rest1 - 1) {
      const c1 = u32(ctz(rest1));
      for (let rest2 = lowers & below(middle, lower, c1); rest2 != 0; rest2 &= rest2 - 1) {
        const c2 = u32(ctz(rest2));
        tryThree(
          missing,
          wireUm(c0, upper),
          wireUm(c1, middle),
          wireUm(c2, lower),
          driftOf(c0),
          driftOf(c1),
          driftOf(c2),
        );
      }
    }
  }
}

function tryThree(missing: u32, w0: f64, w1: f64, w2: f64, d0: f64, d1: f64, d2: f64): void {
  const factors = threes + usize(missing) * threesStride;
  for (let its: u32 = 0; its < 8; its++) {
    const x0 = w0 + onSide(d0, its & 1);
    const x1 = w1 + onSide(d1, (its >>> 1) & 1);
    const x2 = w2 + onSide(d2, its >>> 2);
    const a = product(factors, x0, x1, x2);
    const sum = load<f64>(factors, 16 << 3) * a * a;
    if (sum >= best) continue;
    if (abs(product(factors + (4 << 3), x0, x1, x2)) > load<f64>(factors, 7 << 3) * slopeMax) continue;
    best = sum;
    foundHits = 3;
    missingLayer = missing;
    setPlace(u32(missing == 0), x0);
    setPlace(missing < 2 ? 2 : 1, x1);
    setPlace(missing == 3 ? 2 : 3, x2);
  }
}

/** Three factors times three places. */
export function product(factors: usize, x0: f64, x1: f64, x2: f64): f64 {
  return load<f64>(factors) * x0 + load<f64>(factors, 8) * x1 + load<f64>(factors, 16) * x2;
}

/** The channels of a layer that a track with a slope of at most 1 reaches from a channel of a layer above. */
function below(upper: u32, lower: u32, channel: u32): u64 {
  const bit = u64(1) << channel;
  // Layers two apart: the cell below, and those beside it.
  if (lower - upper == 2) return (bit << 1) | (bit >> 3) | (bit << 5);
  // From an odd layer, which is shifted by half a cell to the right, to an even one: the cell below, and the next one.
  if (upper == 1) return (bit >> 1) | (bit << 3);
  return (bit << 2) | (bit >> 2);
}

/** Place of a wire from the left wall of the chamber. */
function wireUm(channel: u32, layer: u32): f64 {
  return halfCellUm * f64(i32(2 * (channel >>> 2) + 1 + (layer & 1)));
}

function driftOf(channel: u32): f64 {
  return load<f64>(drifts + (channel << 3));
}

function onSide(drift: f64, right: u32): f64 {
  return right == 0 ? -drift : drift;
}

function setPlace(layer: u32, place: f64): void {
  store<f64>(placesUm + (layer << 3), place);
}
