import { chamberChannels } from '../domain/geometry.js';
import { plainNumbers } from '../domain/plain-numbers.js';
import { cellWidthUm, channelOf, halfCellUm, layers } from './cells.js';
import { linesOfThree } from './line-of-three.js';
import type { SegmentCuts, SegmentSearch } from './segment-search.js';

const slopeBins = 40;
const placeBins = 66;
const chi2Bins = 40;
const slopeMax = 1;
const placeBinUm = 10_500;
const chi2Bin = 0.5;
/** A line nearer to the walls of a cell is no probe of it. */
const wallUm = 2_000;

/** Where each count of a chamber begins, from the chamber's first; residuals are n, sum and sum of squares by layer. */
export const segmentCountAt = layOut({
  events: 1,
  four: 1,
  three: layers,
  busy: 1,
  slope: slopeBins,
  place: placeBins,
  chi2: chi2Bins,
  residual: 3 * layers,
  probePass: chamberChannels,
  probeFail: chamberChannels,
});
/** Counts of one chamber. */
export const segmentCountsSize = segmentCountAt.end;

/** What a chamber's counts need beside the segment. */
export interface SegmentCountOptions extends Pick<SegmentCuts, 'sigmaXUm' | 'chi2Three'> {
  /** Place of the chamber's left wall, in whole um. */
  readonly xUm: number;
  /** Cells of a layer. */
  readonly columns: number;
}

/** Segments of one chamber under the keys of a message. */
export interface SegmentTotals {
  events: number;
  four: number;
  three: number[];
  busy: number;
  slope: number[];
  x_mm: number[];
  chi2: number[];
  residual: { n: number; sum_um: number; sum2_um2: number }[];
  probe_pass: number[];
  probe_fail: number[];
}

/**
 * Counts of segments, for one chamber after the other in one block: whole numbers that add up.
 *
 * A 4-hit segment is a probe of each of its layers (pass), a 3-hit one of its missing layer (fail); both are given to
 * the cell that the line of the *other three* hits crosses.
 */
export class SegmentCounts {
  /** {@link segmentCountsSize} numbers a chamber, exact up to 2^53. */
  readonly values: Float64Array;
  readonly #chambers: readonly SegmentCountOptions[];

  constructor(chambers: readonly SegmentCountOptions[]) {
    this.#chambers = chambers;
    this.values = new Float64Array(chambers.length * segmentCountsSize);
  }

  /** Counts what the search of one orbit has found; every orbit searched, also one without hits, is an event. */
  add(chamber: number, segment: SegmentSearch): void {
    const { values } = this;
    const at = chamber * segmentCountsSize;
    values[at + segmentCountAt.events]++;
    if (segment.kind === 'four') this.#addFour(at, this.#chambers[chamber], segment);
    else if (segment.kind === 'three') this.#addThree(at, this.#chambers[chamber], segment);
    else if (segment.kind === 'busy') values[at + segmentCountAt.busy]++;
  }

  #addFour(at: number, options: SegmentCountOptions, { xUm, sides }: SegmentSearch): void {
    const { values } = this;
    const x0 = xUm[0];
    const x1 = xUm[1];
    const x2 = xUm[2];
    const x3 = xUm[3];
    values[at + segmentCountAt.four]++;
    this.#count(at + segmentCountAt.slope, 3 * x0 + x1 - x2 - 3 * x3 + 130_000 * slopeMax, 6_500, slopeBins);
    this.#count(at + segmentCountAt.place, x0 + x1 + x2 + x3 - 4 * options.xUm, 4 * placeBinUm, placeBins);
    const a = x0 - x1 - x2 + x3;
    const b = x0 - 3 * x1 + 3 * x2 - x3;
    this.#count(at + segmentCountAt.chi2, 5 * a * a + b * b, 20 * chi2Bin * options.sigmaXUm ** 2, chi2Bins);
    this.#addResidual(at, 0, sides & 1, 3 * x0 - 4 * x1 - x2 + 2 * x3);
    this.#addResidual(at, 1, sides & 2, -4 * x0 + 7 * x1 - 2 * x2 - x3);
    this.#addResidual(at, 2, sides & 4, -x0 - 2 * x1 + 7 * x2 - 4 * x3);
    this.#addResidual(at, 3, sides & 8, 2 * x0 - x1 - 4 * x2 + 3 * x3);
    for (let layer = 0; layer < layers; layer++) this.#addProbe(at + segmentCountAt.probePass, options, layer, xUm);
  }

  #addThree(at: number, options: SegmentCountOptions, { xUm, missing }: SegmentSearch): void {
    const { slope, slopeNorm, middle, middleNorm } = linesOfThree[missing];
    this.values[at + segmentCountAt.three + missing]++;
    const tilt = product(slope, missing, xUm) + slopeNorm * slopeMax;
    this.#count(at + segmentCountAt.slope, tilt, (2 * slopeMax * slopeNorm) / slopeBins, slopeBins);
    const place = product(middle, missing, xUm) - middleNorm * options.xUm;
    this.#count(at + segmentCountAt.place, place, middleNorm * placeBinUm, placeBins);
    this.#addProbe(at + segmentCountAt.probeFail, options, missing, xUm);
  }

  /** Ten times the distance from the line, in um: positive = too far from the wire; rounded half up. */
  #addResidual(at: number, layer: number, right: number, tenfold: number): void {
    const residual = Math.floor(((right === 0 ? -tenfold : tenfold) + 5) / 10);
    const first = at + segmentCountAt.residual + 3 * layer;
    this.values[first]++;
    this.values[first + 1] += residual;
    this.values[first + 2] += residual * residual;
  }

  /** Counts the cell of a layer that the line of the other three hits crosses well inside. */
  #addProbe(
    at: number,
    { xUm: left, columns, sigmaXUm, chi2Three }: SegmentCountOptions,
    layer: number,
    xUm: Float64Array,
  ): void {
    const { closure, closureNorm, missing, missingNorm } = linesOfThree[layer];
    const deviation = product(closure, layer, xUm);
    if (deviation * deviation > closureNorm * chi2Three * sigmaXUm ** 2) return;
    const place = product(missing, layer, xUm) - missingNorm * (left + halfCellUm * (layer & 1));
    const column = Math.floor(place / (missingNorm * cellWidthUm));
    const inCell = place - column * missingNorm * cellWidthUm;
    if (column < 0 || column >= columns) return;
    if (inCell < missingNorm * wallUm || inCell > missingNorm * (cellWidthUm - wallUm)) return;
    this.values[at + channelOf(layer, column)]++;
  }

  /** Counts `value` in bins of a width from 0; the upper edge of the last one belongs to it. */
  #count(at: number, value: number, width: number, bins: number): void {
    const bin = value === bins * width ? bins - 1 : Math.floor(value / width);
    if (bin >= 0 && bin < bins) this.values[at + bin]++;
  }
}

/** The counts of a chamber as a message has them. */
export function segmentTotals(values: Float64Array, chamber: number): SegmentTotals {
  const at = chamber * segmentCountsSize;
  const take = (from: number, length: number): number[] => plainNumbers(values, at + from, at + from + length);
  const residual = take(segmentCountAt.residual, 3 * layers);
  return {
    events: values[at + segmentCountAt.events],
    four: values[at + segmentCountAt.four],
    three: take(segmentCountAt.three, layers),
    busy: values[at + segmentCountAt.busy],
    slope: take(segmentCountAt.slope, slopeBins),
    x_mm: take(segmentCountAt.place, placeBins),
    chi2: take(segmentCountAt.chi2, chi2Bins),
    residual: Array.from({ length: layers }, (_, layer) => {
      const [n, sum_um, sum2_um2] = residual.slice(3 * layer);
      return { n, sum_um, sum2_um2 };
    }),
    probe_pass: take(segmentCountAt.probePass, chamberChannels),
    probe_fail: take(segmentCountAt.probeFail, chamberChannels),
  };
}

/** Factors times the places in the three layers other than `missing`. */
function product(factors: readonly [number, number, number], missing: number, xUm: Float64Array): number {
  const { layers: used } = linesOfThree[missing];
  return factors[0] * xUm[used[0]] + factors[1] * xUm[used[1]] + factors[2] * xUm[used[2]];
}

/** Places of parts that follow one another, and where the last one ends. */
function layOut<Part extends string>(sizes: Readonly<Record<Part, number>>): Readonly<Record<Part | 'end', number>> {
  let end = 0;
  const places: Record<string, number> = {};
  for (const [part, size] of Object.entries<number>(sizes)) {
    places[part] = end;
    end += size;
  }
  return { ...places, end } as Record<Part | 'end', number>;
}
