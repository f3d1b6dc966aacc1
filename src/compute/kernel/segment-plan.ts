/** What segments are searched with; src/physics/segment-search.ts has the same cuts. */

/** Drift times and distances: the length of a tick in ns, and the velocity in um/ns. */
let tickNs: f64 = 0;
let velocity: f64 = 0;
/** A sum must be below these: in um^2 / 20 of four hits, in um^2 / 42 of three. */
export let limitFour: f64 = 0;
export let limitThree: f64 = 0;
export let slopeMax: f64 = 0;
/** Square of the resolution of a place, in um^2, and the most chi2 of a line of three hits. */
export let sigma2: f64 = 0;
export let chi2Three: f64 = 0;

/** f64 a chamber: drift time at the reference, in ns. */
const offsetsNs = memory.data(512, 16);
/** u32 a chamber: cells in a layer. */
const columnCounts = memory.data(256, 16);

export function useSegments(
  tickLengthNs: f64,
  velocityUmNs: f64,
  sumOfFour: f64,
  sumOfThree: f64,
  largestSlope: f64,
  sigmaSquared: f64,
  largestChi2: f64,
): void {
  tickNs = tickLengthNs;
  velocity = velocityUmNs;
  limitFour = sumOfFour;
  limitThree = sumOfThree;
  slopeMax = largestSlope;
  sigma2 = sigmaSquared;
  chi2Three = largestChi2;
}

export function useCells(chamber: u32, offsetNs: f64, columns: u32): void {
  store<f64>(offsetsNs + (chamber << 3), offsetNs);
  store<u32>(columnCounts + (chamber << 2), columns);
}

/** Drift distance of a hit so many ticks after the reference, in whole um. */
export function driftUm(chamber: u32, ticks: i32): f64 {
  return floor(velocity * (f64(ticks) * tickNs + load<f64>(offsetsNs + (chamber << 3))) + 0.5);
}

export function columnsOf(chamber: u32): i32 {
  return load<i32>(columnCounts + (chamber << 2));
}
