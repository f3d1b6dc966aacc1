import { columnsOf, chi2Three, sigma2 } from './segment-plan';
import {
  busyHits,
  foundHits,
  missingLayer,
  placeUm,
  product,
  searchSegment,
  sides,
  threes,
  threesStride,
} from './segment-search';

/** Counts of segments, f64: {@link length} a chamber; src/physics/segment-counts.ts has the same places and rules. */
let counts: usize = 0;
const fourAt: u32 = 1;
const threeAt: u32 = 2;
const busyAt: u32 = 6;
const slopeAt: u32 = 7;
const placeAt: u32 = 47;
const chi2At: u32 = 113;
const residualAt: u32 = 153;
const probePassAt: u32 = 165;
const probeFailAt: u32 = 229;
const length: usize = 293;

const slopeBins: i32 = 40;
const placeBins: i32 = 66;
const chi2Bins: i32 = 40;
const placeBinUm: f64 = 10_500;
const cellUm: f64 = 42_000;
const wallUm: f64 = 2_000;

export function useSegmentCounts(countsAt: usize): void {
  counts = countsAt;
}

/** Searches the channels of a chamber that are in time, in an orbit with enough of them, and counts what is found. */
export function countSegment(chamber: u32, channels: u64): void {
  const at = counts + ((usize(chamber) * length) << 3);
  searchSegment(chamber, channels);
  if (foundHits == 4) addFour(at, chamber);
  else if (foundHits == 3) addThree(at, chamber);
  else if (foundHits == busyHits) addTo(at, busyAt, 1);
}

function addFour(at: usize, chamber: u32): void {
  const x0 = placeUm(0);
  const x1 = placeUm(1);
  const x2 = placeUm(2);
  const x3 = placeUm(3);
  addTo(at, fourAt, 1);
  countIn(at, slopeAt, 3 * x0 + x1 - x2 - 3 * x3 + 130_000, 6_500, slopeBins);
  countIn(at, placeAt, x0 + x1 + x2 + x3, 4 * placeBinUm, placeBins);
  const a = x0 - x1 - x2 + x3;
  const b = x0 - 3 * x1 + 3 * x2 - x3;
  countIn(at, chi2At, 5 * a * a + b * b, 10 * sigma2, chi2Bins);
  addResidual(at, 0, 3 * x0 - 4 * x1 - x2 + 2 * x3);
  addResidual(at, 1, -4 * x0 + 7 * x1 - 2 * x2 - x3);
  addResidual(at, 2, -x0 - 2 * x1 + 7 * x2 - 4 * x3);
  addResidual(at, 3, 2 * x0 - x1 - 4 * x2 + 3 * x3);
  addProbe(at, probePassAt, chamber, 0, x1, x2, x3);
  addProbe(at, probePassAt, chamber, 1, x0, x2, x3);
  addProbe(at, probePassAt, chamber, 2, x0, x1, x3);
  addProbe(at, probePassAt, chamber, 3, x0, x1, x2);
}

function addThree(at: usize, chamber: u32): void {
  const missing = missingLayer;
  const x0 = placeUm(u32(missing == 0));
  const x1 = placeUm(missing < 2 ? 2 : 1);
  const x2 = placeUm(missing == 3 ? 2 : 3);
  const factors = threes + usize(missing) * threesStride;
  const slopeNorm = load<f64>(factors, 7 << 3);
  addTo(at, threeAt + missing, 1);
  countIn(
    at,
    slopeAt,
    product(factors + (4 << 3), x0, x1, x2) + slopeNorm,
    (2 * slopeNorm) / f64(slopeBins),
    slopeBins,
  );
  countIn(at, placeAt, product(factors + (8 << 3), x0, x1, x2), load<f64>(factors, 11 << 3) * placeBinUm, placeBins);
  addProbe(at, probeFailAt, chamber, missing, x0, x1, x2);
}

/** Ten times the distance from the line, in um: positive = too far from the wire; rounded half up. */
function addResidual(at: usize, layer: u32, tenfold: f64): void {
  const residual = floor((((sides >>> layer) & 1 ? tenfold : -tenfold) + 5) / 10);
  const first = residualAt + 3 * layer;
  addTo(at, first, 1);
  addTo(at, first + 1, residual);
  addTo(at, first + 2, residual * residual);
}

/** Counts the cell of a layer that the line of the other three hits crosses well inside. */
function addProbe(at: usize, probesAt: u32, chamber: u32, layer: u32, x0: f64, x1: f64, x2: f64): void {
  const factors = threes + usize(layer) * threesStride;
  const deviation = product(factors, x0, x1, x2);
  if (deviation * deviation > load<f64>(factors, 3 << 3) * chi2Three * sigma2) return;
  const norm = load<f64>(factors, 15 << 3);
  const place = product(factors + (12 << 3), x0, x1, x2) - norm * (0.5 * cellUm * f64(layer & 1));
  const column = floor(place / (norm * cellUm));
  const inCell = place - column * norm * cellUm;
  if (column < 0 || column >= f64(columnsOf(chamber))) return;
  if (inCell < norm * wallUm || inCell > norm * (cellUm - wallUm)) return;
  addTo(at, probesAt + 4 * u32(column) + ((layer & 1) << 1) + (layer >>> 1), 1);
}

/** Counts a value in bins of a width from 0; the upper edge of the last one belongs to it. */
function countIn(at: usize, place: u32, value: f64, width: f64, bins: i32): void {
  const bin = value == f64(bins) * width ? f64(bins - 1) : floor(value / width);
  if (bin >= 0 && bin < f64(bins)) addTo(at, place + u32(bin), 1);
}

/** Adds to the number at a place of a chamber. */
function addTo(at: usize, place: u32, more: f64): void {
  const place8 = at + (usize(place) << 3);
  store<f64>(place8, load<f64>(place8) + more);
}
