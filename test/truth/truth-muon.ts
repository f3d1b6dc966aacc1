/** What is read of a muon's line of `simulate --truth`; docs/simulator.md has the format. */
export interface TruthMuon {
  readonly muon: number;
  readonly orbit: number;
  readonly ns: number;
  readonly slope_x: number;
  readonly slope_y: number;
  readonly planes: readonly (readonly [
    chamber: number,
    layer: number,
    cell: number,
    x_mm: number,
    side: number,
    hit: number,
  ])[];
}

/** What a muon did in one chamber. */
export interface ChamberTruth {
  /** Layers with a hit of the muon itself. */
  readonly hits: number;
  /** Whether a segment is to be found: hits in three layers, both middle ones crossed, a slope of at most 1. */
  readonly isReachable: boolean;
  /** Slope in the view of the chamber. */
  readonly slope: number;
  /** Where the muon crossed the middle of the chamber, in um; NaN where it missed a middle layer. */
  readonly xUm: number;
  /** By layer: 1 right of the wire, 0 left of it, undefined where it missed. */
  readonly sides: readonly (number | undefined)[];
}

export function chamberTruth(
  { planes, slope_x, slope_y }: TruthMuon,
  chamber: number,
  isRotated: boolean,
): ChamberTruth {
  const xMm: number[] = [NaN, NaN, NaN, NaN];
  const sides: (number | undefined)[] = [undefined, undefined, undefined, undefined];
  let hits = 0;
  for (const [of, layer, , x, side, hit] of planes) {
    if (of !== chamber) continue;
    xMm[layer] = x;
    sides[layer] = side;
    hits += hit;
  }
  const slope = isRotated ? slope_y : slope_x;
  const xUm = 500 * (xMm[1] + xMm[2]);
  return { hits, isReachable: hits >= 3 && Number.isFinite(xUm) && Math.abs(slope) <= 1, slope, xUm, sides };
}
