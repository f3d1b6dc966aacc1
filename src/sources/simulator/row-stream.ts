import { orbitNsOf } from '../../domain/geometry.js';
import { hitHead, hitLimits } from '../../domain/hit.js';
import { rowCode, wireCodes } from '../../domain/row-code.js';
import { type RowFields, drawAncillary, drawLeadOrbits } from './ancillary.js';
import { detectorOf } from './detector.js';
import { EventStream } from './event.js';
import { type MalformedRow, drawMalformed, malformedKinds } from './malformed.js';
import type { ResolvedSimulatorOptions } from './options.js';
import { Random } from './random.js';
import { type QueuedHit, hitMark } from './stream-order.js';
import type { Muon, TruthLines } from './truth.js';
import type { MuonFaults } from '../faults/muon-faults.js';
import { type SimulatorTally, newRowCounts, tallyOf } from './tally.js';

/** What a stream needs to know of faults; all others act on its rows. */
export interface StreamFaults {
  readonly muonFaults: MuonFaults | undefined;
  /**
   * The raw orbit of a muon as the read-out shows it.
   *
   * @param at when it passed, in orbits since the start
   * @param healthy the raw orbit without faults
   */
  counterOf(at: number, healthy: number): number;
}

/**
 * The rows of a simulated run one after the other: hits, and between them stray, ancillary and malformed rows.
 *
 * Each kind draws from a random stream of its own, so the hits are the same in both formats and whatever else is mixed in.
 */
export class RowStream {
  /** The row that {@link advance} made; overwritten by the next one, unless another one was put in its place. */
  row: RowFields = { head: 0, fpga: 0, tdcChannel: 0, orbitCnt: 0, bxCounter: 0, tdcMeas: 0 };
  /** Set when the row is malformed; then `row` is to be ignored. */
  malformed: MalformedRow | undefined;
  /** Orbit of the row, in orbits since the start of the run. */
  orbit = 0;
  /** Bits of `hitMark`: what faults do to the row. */
  marks = 0;

  readonly #options: ResolvedSimulatorOptions;
  readonly #events: EventStream;
  readonly #codes: Uint16Array;
  readonly #strayWires: readonly number[];
  readonly #kinds: Random;
  readonly #extras: Random;
  readonly #garbage: Random;
  readonly #counts = newRowCounts();
  readonly #hit: QueuedHit = { key: 0, orbit: 0, bits: 0 };
  /** Shares of malformed, ancillary and stray rows, added up. */
  readonly #sums: readonly [number, number, number];
  readonly #rowsMax: number;
  /** Row counts at which a run or a pause begins, ascending. */
  readonly #restarts: readonly number[];
  readonly #gaps: readonly number[];
  #rows = 0;
  #runs = 1;
  #gapsDone = 0;
  /** Orbit counter at the start of the run. */
  #origin: number;
  /** Largest orbit of a hit since the start of the run. */
  #frontier = 0;

  /**
   * @param truth is told of every muon
   * @param faults what becomes of the hits of particles, and by how much the counter is moved
   * @throws DtstreamError `usage` when the options leave nothing that gives a hit
   */
  constructor(options: ResolvedSimulatorOptions, truth?: TruthLines, faults?: StreamFaults) {
    this.#options = options;
    const onMuon = (muon: Muon): void => {
      const orbit = this.#counterOf(muon.orbit);
      truth?.add({
        ...muon,
        orbit:
          faults === undefined
            ? orbit
            : faults.counterOf(muon.orbit + muon.ns / orbitNsOf(options.geometry.clock), orbit),
      });
    };
    this.#events = new EventStream(options, {
      onMuon: truth?.hasMuons === true ? onMuon : undefined,
      faults: faults?.muonFaults,
    });
    this.#codes = wireCodes(options.geometry);
    this.#strayWires = detectorOf(options.geometry).strayWires;
    this.#kinds = new Random(options.seed, 3);
    this.#extras = new Random(options.seed, 4);
    this.#garbage = new Random(options.seed, 5);
    const { malformedShare, ancillaryShare, strayShare } = options;
    const strays = this.#strayWires.length === 0 ? 0 : strayShare;
    this.#sums = [malformedShare, malformedShare + ancillaryShare, malformedShare + ancillaryShare + strays];
    this.#rowsMax = options.rows ?? Infinity;
    this.#restarts = ascending(options.restartAfterRows);
    this.#gaps = ascending(options.gapAfterRows);
    this.#origin = options.startOrbit;
  }

  /** The bytes of a malformed row. */
  get bytes(): Uint8Array | undefined {
    return this.malformed?.bytes;
  }

  /** When the last hit left the read-out, in orbits since the start of the run. */
  get leavesAt(): number {
    return this.#hit.key;
  }

  /** Makes the next row; false at the end. */
  advance(): boolean {
    if (this.#rows >= this.#rowsMax) return false;
    if (this.#rows === this.#restarts[this.#runs - 1]) this.#restart();
    if (this.#rows === this.#gaps[this.#gapsDone]) {
      this.#gapsDone++;
      this.#events.pause(this.#options.gapOrbits);
    }
    let kind = this.#kinds.uniform();
    // No word is malformed: there such a row is left out, not replaced, and the others stay what they are.
    while (this.#options.format === 'words' && kind < this.#sums[0]) kind = this.#kinds.uniform();
    this.malformed = undefined;
    this.marks = 0;
    if (kind < this.#sums[0]) this.#malformed();
    else if (kind < this.#sums[1]) this.#ancillary();
    else if (kind < this.#sums[2]) this.#stray();
    else this.#takeHit();
    this.#rows++;
    return true;
  }

  /** Muons thrown so far. */
  get muons(): number {
    return this.#events.muons;
  }

  /** What was made so far. */
  tally(): SimulatorTally {
    const chambers = this.#options.geometry.chambers.length;
    return tallyOf(this.#counts, { chambers, runs: this.#runs, muons: this.#events.muons });
  }

  #takeHit(): void {
    this.#events.take(this.#hit);
    const { orbit, bits } = this.#hit;
    if (orbit > this.#frontier) this.#frontier = orbit;
    this.marks = bits & (hitMark.lost | hitMark.moved);
    this.#fillHit((bits >>> 17) & 0xfff, (bits >>> 5) & 0xfff, bits & 31);
    const share = this.#options.corruptOrbitShare;
    if (share > 0 && this.#garbage.chance(share)) this.row.orbitCnt = this.#garbage.uint32();
  }

  /** A hit of an input that belongs to no chamber, in the orbit of the hit before. */
  #stray(): void {
    const wire = this.#strayWires[this.#extras.below(this.#strayWires.length)];
    const { orbitBx, bxTdcCounts } = this.#options.geometry.clock;
    this.#fillHit(wire, this.#extras.below(orbitBx), this.#extras.below(bxTdcCounts));
  }

  #fillHit(wire: number, bxCounter: number, tdcMeas: number): void {
    const row = this.row;
    row.head = hitHead;
    row.fpga = wire >>> 9;
    row.tdcChannel = wire & 511;
    this.orbit = this.#hit.orbit;
    row.orbitCnt = this.#counterOf(this.orbit);
    row.bxCounter = bxCounter;
    row.tdcMeas = tdcMeas;
    this.#counts.byCode[this.#codes[wire]]++;
  }

  #ancillary(): void {
    drawAncillary(this.row, this.#extras, this.#options.format);
    const lead = drawLeadOrbits(this.#options.ancillaryLeadOrbits, this.#extras);
    this.orbit = this.#frontier + lead;
    this.row.orbitCnt = this.#counterOf(this.orbit);
    this.#counts.byCode[rowCode.droppedHead]++;
  }

  #malformed(): void {
    const random = this.#garbage;
    this.orbit = this.#frontier;
    const orbitCnt = this.#counterOf(this.orbit);
    const hit = { head: hitHead, fpga: 0, tdcChannel: random.below(128), orbitCnt, bxCounter: 1, tdcMeas: 2 };
    this.malformed = drawMalformed(hit, random);
    this.#counts.byMalformed[malformedKinds.indexOf(this.malformed.malformed)]++;
  }

  #restart(): void {
    const back = this.#frontier - this.#options.restartStepOrbits;
    this.#origin = this.#counterOf(((back % hitLimits.ORBIT_CNT) + hitLimits.ORBIT_CNT) % hitLimits.ORBIT_CNT);
    this.#events.restart();
    this.#runs++;
    this.#frontier = 0;
    this.#hit.orbit = 0;
  }

  /** The counter after `orbits` of the run: 32 bits that wrap. */
  #counterOf(orbits: number): number {
    return (this.#origin + orbits) % hitLimits.ORBIT_CNT;
  }
}

/** The different numbers in ascending order. */
function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((one, other) => one - other);
}
