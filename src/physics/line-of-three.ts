/** Straight line through the hits of three of the four layers: whole factors of their places from the top. */
export interface LineOfThree {
  /** The three layers, from the top. */
  readonly layers: readonly [number, number, number];
  /** Residual sum of squares = `(closure . x)^2 / closureNorm`. */
  readonly closure: Factors;
  readonly closureNorm: number;
  /** Slope = `slope . x / slopeNorm`, with x in um. */
  readonly slope: Factors;
  readonly slopeNorm: number;
  /** Place at the chamber's middle = `middle . x / middleNorm`. */
  readonly middle: Factors;
  readonly middleNorm: number;
  /** Place at the layer left out = `missing . x / missingNorm`. */
  readonly missing: Factors;
  readonly missingNorm: number;
}
type Factors = readonly [number, number, number];

/** Least squares in closed form, by the layer left out; layers are 13,000 um apart. */
export const linesOfThree: readonly LineOfThree[] = [
  {
    ...{ layers: [1, 2, 3], closure: [1, -2, 1], closureNorm: 6, slope: [1, 0, -1], slopeNorm: 26_000 },
    ...{ middle: [7, 4, 1], middleNorm: 12, missing: [4, 1, -2], missingNorm: 3 },
  },
  {
    ...{ layers: [0, 2, 3], closure: [1, -3, 2], closureNorm: 14, slope: [5, -1, -4], slopeNorm: 182_000 },
    ...{ middle: [11, 9, 8], middleNorm: 28, missing: [4, 2, 1], missingNorm: 7 },
  },
  {
    ...{ layers: [0, 1, 3], closure: [2, -3, 1], closureNorm: 14, slope: [4, 1, -5], slopeNorm: 182_000 },
    ...{ middle: [8, 9, 11], middleNorm: 28, missing: [1, 2, 4], missingNorm: 7 },
  },
  {
    ...{ layers: [0, 1, 2], closure: [1, -2, 1], closureNorm: 6, slope: [1, 0, -1], slopeNorm: 26_000 },
    ...{ middle: [1, 4, 7], middleNorm: 12, missing: [-2, 1, 4], missingNorm: 3 },
  },
];
