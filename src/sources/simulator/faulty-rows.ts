import { orbitNsOf } from '../../domain/geometry.js';
import { hitHead, hitLimits } from '../../domain/hit.js';
import { rowCode, wireCodes } from '../../domain/row-code.js';
import { decodeWord } from '../../domain/word.js';
import { SteadyHits } from '../faults/add-hits.js';
import { FaultChain, type SimulatorParts } from '../faults/chain.js';
import { type Fault, windowOf } from '../faults/fault.js';
import { FaultRow, RowPool, type RowStage } from '../faults/fault-row.js';
import { type MuonFault, MuonFaults } from '../faults/muon-faults.js';
import { counterAt } from '../faults/orbit-counter.js';
import { chamberWires } from '../faults/wires.js';
import { layerOf } from '../../domain/geometry.js';
import { DtstreamError } from '../../errors.js';
import { channelRateHz } from './channel-rate.js';
import { malformedKinds } from './malformed.js';
import { chamberWire, noiseTableOf } from './noise.js';
import type { ResolvedSimulatorOptions } from './options.js';
import { Random } from './random.js';
import { RowStream } from './row-stream.js';
import { hitMark } from './stream-order.js';
import { type SimulatorTally, newRowCounts, tallyOf } from './tally.js';
import type { TruthLines } from './truth.js';

/** How far before the rows at hand those of a stale buffer end, in orbits: as in run 591, 210 s. */
const staleOrbits = 2_357_589;

/**
 * The rows of {@link RowStream} as faults leave them: those that no fault touches are the same, in the same order.
 */
export class FaultyRows {
  /** The row that {@link advance} made. */
  row = new FaultRow();
  readonly #options: ResolvedSimulatorOptions;
  readonly #chain: FaultChain;
  readonly #stream: RowStream;
  readonly #stage: RowStage;
  readonly #codes: Uint16Array;
  readonly #pool = new RowPool();
  readonly #counts = newRowCounts();
  readonly #rowsMax: number;
  #rows = 0;

  /** @throws DtstreamError `usage` when options and faults do not go together */
  constructor(options: ResolvedSimulatorOptions, faults: readonly Fault[], truth?: TruthLines) {
    if (options.restartAfterRows.length + options.gapAfterRows.length > 0) {
      throw new DtstreamError(
        'usage',
        'faults have times of their own: use the faults restart and orbit-gap, not restartAfterRows and gapAfterRows',
      );
    }
    this.#options = options;
    this.#codes = wireCodes(options.geometry);
    this.#rowsMax = options.rows ?? Infinity;
    const chain = new FaultChain(faults, {
      geometry: options.geometry,
      seed: options.seed,
      isWords: () => options.format === 'words',
      disorderOrbits: options.disorderOrbits,
      isAtEnd: () => true,
      startOrbit: () => options.startOrbit,
      simulator: simulatorParts(options),
    });
    this.#chain = chain;
    const muonFaults = muonFaultsOf(chain);
    this.#stream = new RowStream({ ...options, rows: undefined }, truth, {
      muonFaults: muonFaults.length === 0 ? undefined : new MuonFaults(muonFaults),
      counterOf: (at, healthy) => counterAt(healthy - options.startOrbit + chain.baseOrbit + chain.stepsBefore(at)),
    });
    this.#stage = chain.behind(rowsOf(this.#stream, options, { pool: this.#pool, muonFaults }));
  }

  /** The bytes of a row that is no hit any more: a malformed line, or a word with a flipped bit. */
  get bytes(): Uint8Array | undefined {
    return this.row.bytes;
  }

  /** Makes the next row; false at the end. */
  advance(): boolean {
    if (this.#rows >= this.#rowsMax) return false;
    for (;;) {
      const row = this.#stage.next();
      if (row === undefined) return false;
      if (row.touchedBy.length > 0) this.#note(row);
      this.#pool.release(this.row);
      this.row = row;
      if (row.isLost) continue;
      this.#count(row);
      this.#rows++;
      return true;
    }
  }

  tally(): SimulatorTally {
    const restarts = this.#chain.records.filter(({ fault, isSeen }) => fault.kind === 'restart' && isSeen).length;
    const chambers = this.#options.geometry.chambers.length;
    return tallyOf(this.#counts, { chambers, runs: 1 + restarts, muons: this.#stream.muons });
  }

  /** The lines of the faults, for the truth: of the rows made so far. */
  faultLines(): readonly object[] {
    const { geometry, format } = this.#options;
    return this.#chain.records.map((record) => record.line({ geometry, isWords: format === 'words' }));
  }

  #note({ touchedBy, orbitCnt }: FaultRow): void {
    for (const record of touchedBy) record.add({ row: this.#rows, orbit: orbitCnt });
  }

  #count(row: FaultRow): void {
    if (row.malformedKind >= 0) {
      this.#counts.byMalformed[row.malformedKind]++;
      return;
    }
    const { bytes } = row;
    const wire = bytes === undefined ? row.wire : wireOfWord(bytes);
    this.#counts.byCode[wire < 0 ? rowCode.droppedHead : this.#codes[wire]]++;
  }
}

/** The rows of a stream, as faults take them. */
function rowsOf(
  stream: RowStream,
  { geometry, startOrbit, corruptOrbitShare }: ResolvedSimulatorOptions,
  { pool, muonFaults }: { readonly pool: RowPool; readonly muonFaults: readonly MuonFault[] },
) {
  const { orbitBx, bxTdcCounts } = geometry.clock;
  const countOrbits = 1 / (orbitBx * bxTdcCounts);
  const marks = markedWires(geometry, muonFaults);
  let atMax = 0;
  return {
    next: () => {
      const row = pool.acquire();
      stream.row = row;
      if (!stream.advance()) return undefined;
      const { malformed } = stream;
      row.leavesAt = stream.leavesAt;
      row.orbit = stream.orbit;
      if (malformed !== undefined) {
        row.at = atMax;
        row.bytes = malformed.bytes;
        row.malformedKind = malformedKinds.indexOf(malformed.malformed);
        return row;
      }
      if (corruptOrbitShare > 0) row.orbitError = row.orbitCnt - counterAt(startOrbit + stream.orbit);
      if (row.head !== hitHead) {
        row.at = atMax;
        return row;
      }
      row.wire = (row.fpga << 9) | row.tdcChannel;
      row.at = row.orbit + (row.bxCounter * bxTdcCounts + row.tdcMeas) * countOrbits;
      if (row.at > atMax) atMax = row.at;
      if (stream.marks !== 0) touchMarked(row, stream.marks, marks);
      return row;
    },
  } satisfies RowStage;
}

/** Faults on hits of particles, and the wires on which they act. */
type MarkedWires = readonly { readonly fault: MuonFault; readonly wires: ReadonlySet<number> }[];

function markedWires(geometry: ResolvedSimulatorOptions['geometry'], faults: readonly MuonFault[]): MarkedWires {
  return faults.map((fault) => {
    const wires = chamberWires(geometry, fault.chamber);
    const isMeant = (_: number, channel: number): boolean => (fault.layer ?? layerOf(channel)) === layerOf(channel);
    return { fault, wires: new Set(wires.filter(isMeant)) };
  });
}

/** The faults by which a hit of a particle was lost or moved; its time may be up to an orbit after that of the muon. */
function touchMarked(row: FaultRow, marks: number, marked: MarkedWires): void {
  row.isLost = (marks & hitMark.lost) !== 0;
  for (const { fault, wires } of marked) {
    const isMeant = (fault.velocity === 1 ? hitMark.lost : hitMark.moved) & marks;
    const { from, until } = fault.window;
    if (isMeant !== 0 && wires.has(row.wire) && row.at >= from && row.at < until + 1) row.touch(fault.record);
  }
}

function muonFaultsOf(chain: FaultChain): readonly MuonFault[] {
  return chain.records.flatMap((record): MuonFault[] => {
    const { kind, args } = record.fault;
    const base = { ...chain.stageFault(record), chamber: args.chamber };
    if (kind === 'drift') return [{ ...base, layer: undefined, share: 1, velocity: args.factor }];
    if (kind === 'layer-hv') return [{ ...base, layer: args.layer, share: args.share, velocity: 1 }];
    return [];
  });
}

function simulatorParts(options: ResolvedSimulatorOptions): SimulatorParts {
  const { geometry } = options;
  const orbitS = orbitNsOf(geometry.clock) * 1e-9;
  return {
    hotHits: ({ args }, { window, random }) => {
      const wire = chamberWire(geometry, { chamber: args.chamber, channel: args.channel });
      const perOrbit = (args.factor - 1) * channelRateHz(options, wire) * orbitS;
      return new SteadyHits({ wire, perOrbit, from: window.from }, random);
    },
    staleRows: (fault, stepsBefore) => {
      const { rows } = fault.args;
      const { from } = windowOf(fault, geometry);
      const noise = noiseTableOf(options, new Random(options.detectorSeed, 1));
      // Not less than they take: each muon and each noise hit gives at least about one row.
      const orbits = Math.ceil(rows / ((options.muonRateHz + noise.totalHz) * orbitS));
      const stream = new RowStream({ ...options, rows, seed: staleSeed(options.seed) });
      const stale = rowsOf(stream, options, { pool: new RowPool(), muonFaults: [] });
      const first = Math.floor(from) + stepsBefore - staleOrbits - orbits;
      return {
        next: () => {
          const row = stale.next();
          if (row === undefined) return undefined;
          row.orbit += first;
          row.at = from;
          row.leavesAt = from;
          return row;
        },
      };
    },
  };
}

/** Another run of the same detector. */
function staleSeed(seed: number): number {
  return (seed + 0x51a1e) % Number.MAX_SAFE_INTEGER;
}

function wireOfWord(bytes: Uint8Array): number {
  const { head, fpga, tdcChannel } = decodeWord(new DataView(bytes.buffer, bytes.byteOffset), 0);
  return head === hitHead ? fpga * hitLimits.TDC_CHANNEL + tdcChannel : -1;
}
