import type { Geometry } from '../../src/domain/geometry.js';
import type { PhysicsPlan } from '../../src/domain/physics-plan.js';
import { heightsSquaredMm2 } from '../../src/physics/cells.js';
import { linesOfThree } from '../../src/physics/line-of-three.js';
import { SegmentCounts } from '../../src/physics/segment-counts.js';
import { SegmentSearch } from '../../src/physics/segment-search.js';
import { detectorOf } from '../../src/sources/simulator/detector.js';
import { Deviations } from './deviations.js';
import type { OrbitRows } from './orbit-rows.js';
import { chamberTruth, type TruthMuon } from './truth-muon.js';

/** A segment so far from the muon is not of it. */
const slopeAwayMax = 0.1;
const xAwayUmMax = 2000;
/** A slope so far off is in the tail of the resolution. */
const slopeTail = 0.03;
const pullTail = 5;

/** What segments of one chamber are worth. */
export class ChamberJudgement {
  /** Muons that gave the reference of an orbit, those of them with a hit in three layers, and those with a segment to find. */
  muons = 0;
  crossing = 0;
  reachable = 0;
  /** Of the reachable ones: with a segment, and with one that is the muon's. */
  any = 0;
  found = 0;
  /** Segments in orbits of such a muon, and those of no muon of the orbit. */
  segments = 0;
  fake = 0;
  /** Slopes of all segments of reachable muons, and of those with four and with three hits. */
  readonly slope = new Deviations(slopeTail);
  readonly slopeFour = new Deviations(slopeTail);
  readonly slopeThree = new Deviations(slopeTail);
  /** The slope's size: negative = too flat. */
  readonly steepness = new Deviations(slopeTail);
  /** Places in um, in the middle of the chamber, and both in units of their errors; of four hits. */
  readonly xUm = new Deviations(5 * 100);
  readonly slopePull = new Deviations(pullTail);
  readonly xPull = new Deviations(pullTail);
  /** Segments of four and three hits with the wrong side of a wire. */
  wrongSideFour = 0;
  wrongSideThree = 0;
}

/** Searches segments orbit by orbit and compares them with the muon that gave the orbit its reference. */
export class SegmentJudge {
  readonly chambers: readonly ChamberJudgement[];
  /** The same counts as in messages. */
  readonly counts: SegmentCounts;
  /** The same of muons that cross all four layers of the chamber. */
  readonly countsInside: SegmentCounts;
  readonly #plan: PhysicsPlan;
  readonly #geometry: Geometry;
  readonly #searches: readonly SegmentSearch[];
  /** Time from a muon to its trigger, in ns. */
  readonly #triggerDelayNs: number;

  constructor(geometry: Geometry, plan: PhysicsPlan) {
    this.#geometry = geometry;
    this.#plan = plan;
    this.#triggerDelayNs = detectorOf(geometry).scintillatorDelayNs;
    this.chambers = plan.chambers.map(() => new ChamberJudgement());
    const options = plan.chambers.map((chamber) => ({ ...plan, ...chamber, columns: chamber.channels / 4 }));
    this.counts = new SegmentCounts(options);
    this.countsInside = new SegmentCounts(options);
    this.#searches = plan.chambers.map((chamber) => new SegmentSearch({ ...plan, ...chamber }));
  }

  /** @param muons all muons of the orbit that may be judged */
  judge({ trigger, hits }: OrbitRows, muons: readonly TruthMuon[]): void {
    if (trigger === Infinity) return;
    const { tickNs, orbitTicks, chambers } = this.#plan;
    // The trigger has no error but its tick.
    const own = muons.find(({ ns }) => Math.abs((ns + this.#triggerDelayNs) / tickNs - trigger - 0.5) < 0.51);
    chambers.forEach(({ windowFirst, windowLast }, chamber) => {
      if (trigger + windowFirst < 0 || trigger + windowLast > orbitTicks - 1) return;
      const channels: number[] = [];
      const ticks: number[] = [];
      for (let at = 0; at < hits.length; at += 3) {
        if (hits[at] !== chamber) continue;
        channels.push(hits[at + 1]);
        ticks.push(hits[at + 2] - trigger);
      }
      const search = this.#searches[chamber];
      search.find(Uint8Array.from(channels), Int32Array.from(ticks), 0, channels.length);
      this.counts.add(chamber, search);
      if (own !== undefined) this.#judgeChamber(chamber, search, own, muons);
    });
  }

  #judgeChamber(chamber: number, search: SegmentSearch, own: TruthMuon, muons: readonly TruthMuon[]): void {
    const judgement = this.chambers[chamber];
    const { rotated } = this.#geometry.chambers[chamber];
    const truth = chamberTruth(own, chamber, rotated);
    const isSegment = search.kind === 'four' || search.kind === 'three';
    judgement.muons++;
    if (truth.hits >= 3) judgement.crossing++;
    if (truth.isReachable) judgement.reachable++;
    if (!truth.sides.includes(undefined)) this.countsInside.add(chamber, search);
    if (!isSegment) return;
    const { slope, xUm } = lineOf(search);
    const isNear = (of: ReturnType<typeof chamberTruth>): boolean =>
      Math.abs(slope - of.slope) <= slopeAwayMax && Math.abs(xUm - of.xUm) <= xAwayUmMax;
    judgement.segments++;
    if (!muons.some((muon) => isCrossing(muon, chamber))) judgement.fake++;
    if (!truth.isReachable) return;
    judgement.any++;
    if (isNear(truth)) judgement.found++;
    const off = slope - truth.slope;
    judgement.slope.add(off);
    judgement.steepness.add(truth.slope < 0 ? -off : off);
    const isWrong = truth.sides.some(
      (side, layer) => search.channels[layer] >= 0 && side !== undefined && ((search.sides >> layer) & 1) !== side,
    );
    if (search.kind === 'three') {
      judgement.slopeThree.add(off);
      if (isWrong) judgement.wrongSideThree++;
      return;
    }
    judgement.slopeFour.add(off);
    if (isWrong) judgement.wrongSideFour++;
    judgement.xUm.add(xUm - truth.xUm);
    const { sigmaXUm } = this.#plan;
    judgement.slopePull.add((1000 * off * Math.sqrt(heightsSquaredMm2)) / sigmaXUm);
    judgement.xPull.add((2 * (xUm - truth.xUm)) / sigmaXUm);
  }
}

function isCrossing({ planes }: TruthMuon, chamber: number): boolean {
  return planes.some(([of]) => of === chamber);
}

/** Slope and place in the middle of the chamber of a segment. */
function lineOf({ missing, xUm }: SegmentSearch): { slope: number; xUm: number } {
  const [x0, x1, x2, x3] = xUm;
  if (missing < 0) return { slope: (3 * x0 + x1 - x2 - 3 * x3) / 130_000, xUm: (x0 + x1 + x2 + x3) / 4 };
  const { layers, slope, slopeNorm, middle, middleNorm } = linesOfThree[missing];
  const along = (factors: readonly number[]): number =>
    layers.reduce((sum, layer, index) => sum + factors[index] * xUm[layer], 0);
  return { slope: along(slope) / slopeNorm, xUm: along(middle) / middleNorm };
}
