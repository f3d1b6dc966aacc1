import { crc32 } from 'node:zlib';
import type { Geometry } from '../../domain/geometry.js';
import { Bursts } from '../simulator/bursts.js';
import { chamberWire } from '../simulator/noise.js';
import { Random } from '../simulator/random.js';
import { addHits, type HitProcess } from './add-hits.js';
import { corruptRows } from './corrupt-rows.js';
import type { FaultArgs } from './arguments.js';
import { type Fault, windowOf } from './fault.js';
import type { RowStage } from './fault-row.js';
import { faultKinds, kindRules } from './kinds.js';
import { loseRows } from './lose-rows.js';
import { moveTime } from './move-time.js';
import { fillCounter, noteWrap, restartOrbits, stepCounter } from './orbit-counter.js';
import { FaultRecord } from './record.js';
import { doubleTriggers, duplicateRows } from './repeat-rows.js';
import { noWire, rewire, straightWires } from './rewire.js';
import type { StageFault } from './stage-fault.js';
import { boardWires, chamberWires, triggerWires, wiresOf } from './wires.js';

/** Hits of a burst, an orbit each, and bursts a second. */
const burst = { hits: 50, perSecond: 1 };

/** Faults of one run, ready to act on its rows. */
export interface ChainOptions {
  readonly geometry: Geometry;
  /** Seed of the random streams of all faults. */
  readonly seed: number;
  /** Whether the rows at hand are words. */
  readonly isWords: () => boolean;
  /** No row leaves so many orbits after it was measured. */
  readonly disorderOrbits: number;
  /** Whether the input has ended. */
  readonly isAtEnd: () => boolean;
  /** The raw orbit of orbit 0, of which none may be known before the first row. */
  readonly startOrbit: () => number;
  /** What only a simulator has. */
  readonly simulator?: SimulatorParts;
}

export interface SimulatorParts {
  /** Hits of a channel that is `factor` times as frequent, beyond those that it has. */
  hotHits(fault: Fault, stage: StageFault): HitProcess;
  /** Rows of an older time. */
  staleRows(fault: Fault, stepsBefore: number): RowStage;
}

/** The faults of a run: their records, and their stages behind one another. */
export class FaultChain {
  /** In the order of the text. */
  readonly records: readonly FaultRecord[];
  readonly #options: ChainOptions;
  /** In the order in which they act. */
  readonly #inOrder: readonly FaultRecord[];

  constructor(faults: readonly Fault[], options: ChainOptions) {
    this.#options = options;
    this.records = faults.map((fault) => new FaultRecord(fault));
    this.#inOrder = [...this.records].sort((one, other) => compare(one.fault, other.fault));
  }

  stageFault(record: FaultRecord): StageFault {
    const { geometry, seed, isWords } = this.#options;
    const { fault } = record;
    // Of the text and the start alone, so that neither other faults nor its end change what a fault draws.
    const random = new Random(seed, crc32(`${fault.text}@${fault.startS}`));
    return { window: windowOf(fault, geometry), record, random, clock: geometry.clock, isWords };
  }

  /**
   * Puts all faults behind the rows. Whatever their order in the text, they act in that of the detector: cells, cables,
   * boards, the orbit counter, the way to the log.
   */
  behind(rows: RowStage): RowStage {
    const isTransport = ({ fault: { kind } }: FaultRecord): boolean => kind === 'duplicate' || kind === 'corrupt';
    let stage = rows;
    for (const record of this.#inOrder) if (!isTransport(record)) stage = this.#stage(stage, record);
    stage = fillCounter(stage, () => this.baseOrbit);
    for (const record of this.#inOrder) if (isTransport(record)) stage = this.#stage(stage, record);
    return stage;
  }

  /** The raw orbit of orbit 0. */
  get baseOrbit(): number {
    const wrap = this.#inOrder.find(({ fault }) => fault.kind === 'orbit-wrap');
    if (wrap === undefined) return this.#options.startOrbit();
    const at = Math.floor(this.stageFault(wrap).window.from);
    return -at - this.stepsBefore(at);
  }

  /** By how many orbits the counter is ahead at a time, in orbits since the first row. */
  stepsBefore(at: number): number {
    return this.#inOrder.reduce((sum, { fault }) => {
      return windowOf(fault, this.#options.geometry).from <= at ? sum + this.#stepOf(fault) : sum;
    }, 0);
  }

  #stepOf({ kind, args }: Fault): number {
    if (kind === 'restart') return -restartOrbits;
    const { clock } = this.#options.geometry;
    return kind === 'orbit-gap' ? Math.round((args.seconds * 1e9) / (clock.orbitBx * clock.bxNs)) : 0;
  }

  #stage(before: RowStage, record: FaultRecord): RowStage {
    const { fault } = record;
    const { kind, args } = fault;
    const { geometry, disorderOrbits, simulator } = this.#options;
    const stage = this.stageFault(record);
    switch (kind) {
      case 'hot':
        return simulator === undefined
          ? before
          : addHits(before, stage, simulator.hotHits(fault, stage), disorderOrbits);
      case 'burst':
        return addHits(before, stage, burstsOf(args, geometry, stage), disorderOrbits);
      case 'dead':
        return loseRows(before, stage, { wires: channelWires(args, geometry), share: 0 });
      case 'weak':
        return loseRows(before, stage, { wires: channelWires(args, geometry), share: args.share });
      case 'lost-chamber':
        return loseRows(before, stage, { wires: wiresOf(chamberWires(geometry, args.chamber)), share: 0 });
      case 'trigger-lost':
        return loseRows(before, stage, { wires: wiresOf(triggerWires(geometry)), share: 0 });
      case 'lost-fpga':
        return loseRows(before, stage, { wires: wiresOf(boardWires(args.board)), share: 0, board: args.board });
      case 'swap':
        return rewire(before, stage, swapped(args, geometry));
      case 'shift':
        return rewire(before, stage, shifted(args, geometry));
      case 't0':
        return moveTime(before, stage, this.#later(chamberWires(geometry, args.chamber), args.ns));
      case 'trigger-late':
        return moveTime(before, stage, this.#later(triggerWires(geometry), args.ns));
      case 'clock-slip':
        return moveTime(before, stage, this.#later(boardWires(args.board), args.bx * geometry.clock.bxNs));
      case 'orbit-slip':
        return moveTime(before, stage, { wires: wiresOf(boardWires(args.board)), counts: 0, orbits: args.orbits });
      case 'trigger-double':
        return doubleTriggers(before, stage, wiresOf(triggerWires(geometry)), args.share);
      case 'orbit-gap':
      case 'restart':
        return stepCounter(before, stage, { orbits: this.#stepOf(fault) }, this.#options);
      case 'stale-buffer': {
        const between = simulator?.staleRows(fault, this.#stepsOfEarlier(record));
        return stepCounter(before, stage, { orbits: 0, ...(between && { between }) }, this.#options);
      }
      case 'orbit-wrap':
        return noteWrap(before, stage);
      case 'duplicate':
        return duplicateRows(before, stage, args.share);
      case 'corrupt':
        return corruptRows(before, stage, args.share);
      case 'layer-hv':
      case 'drift':
        // Act while hits are made: MuonFaults.
        return before;
      default:
        return kind satisfies never;
    }
  }

  #later(wires: readonly number[], ns: number): { wires: Uint8Array; counts: number; orbits: number } {
    const { bxNs, bxTdcCounts } = this.#options.geometry.clock;
    // Rounded, so that whole counts are whole: 25 ns are 30 counts of 25/30 ns.
    return { wires: wiresOf(wires), counts: Math.round((ns * bxTdcCounts * 1e6) / bxNs) / 1e6, orbits: 0 };
  }

  /** Steps of the counter whose stages come before this one. */
  #stepsOfEarlier(record: FaultRecord): number {
    const earlier = this.#inOrder.slice(0, this.#inOrder.indexOf(record));
    return earlier.reduce((sum, { fault }) => sum + this.#stepOf(fault), 0);
  }
}

/** By kind, steps of the counter by time. */
function compare(one: Fault, other: Fault): number {
  if (isStep(one) && isStep(other) && one.startS !== other.startS) return one.startS - other.startS;
  const kinds = faultKinds.indexOf(one.kind) - faultKinds.indexOf(other.kind);
  if (kinds !== 0 || one.startS !== other.startS) return kinds || one.startS - other.startS;
  return one.text < other.text ? -1 : 1;
}

function isStep({ kind }: Fault): boolean {
  return kindRules[kind].isMoment === true && kind !== 'orbit-wrap';
}

function channelWires(args: FaultArgs, geometry: Geometry): Uint8Array {
  return wiresOf([chamberWire(geometry, { chamber: args.chamber, channel: args.channel })]);
}

function burstsOf(args: FaultArgs, geometry: Geometry, { random, window }: StageFault): HitProcess {
  const bursts = new Bursts({ bursts: [{ chamber: args.chamber, channel: args.channel, ...burst }], geometry }, random);
  bursts.pause(window.from);
  return bursts;
}

function swapped(args: FaultArgs, geometry: Geometry): Int16Array {
  const wires = straightWires();
  const [one, other] = [args.one, args.other].map((channel) =>
    chamberWire(geometry, { chamber: args.chamber, channel }),
  );
  wires[one] = other;
  wires[other] = one;
  return wires;
}

function shifted(args: FaultArgs, geometry: Geometry): Int16Array {
  const wires = straightWires();
  const first = chamberWire(geometry, { chamber: args.chamber, channel: 0 });
  for (let channel = args.first; channel <= args.last; channel++) {
    const to = channel + args.by;
    wires[first + channel] = to >= args.first && to <= args.last ? first + to : noWire;
  }
  return wires;
}
