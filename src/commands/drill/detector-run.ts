import type { ComputePool } from '../../compute/pool.js';
import type { BatchMessage } from '../../domain/batch-message.js';
import type { Geometry } from '../../domain/geometry.js';
import { processDirect } from '../../pipeline/direct/direct.js';
import type { Fault } from '../../sources/faults/fault.js';
import type { SourceFormat } from '../../sources/hit-source.js';
import { openSimulator, type SimulatorSource } from '../../sources/simulator/simulator.js';

/** Rows of the default simulator per second of detector time, about. */
export const rowsPerSecond = 5500;
/** As much later than others as process lets a hit come by default, in orbits. */
const latenessOrbits = 4096;
/** Rows of a run beyond those that are usual, after which it ends: a fault may leave none that takes time. */
const rowsMoreMax = 500_000;

/** Options of the simulator by name that make a detector and its run; those that are absent have their defaults. */
export type DetectorOptions = Readonly<Partial<Record<'seed' | 'detectorSeed' | 'muonRateHz' | 'noiseRateHz', number>>>;

/** A message, and how far the detector is with it: live seconds since the first row. */
export interface TimedMessage {
  readonly message: BatchMessage;
  readonly atS: number;
}

export interface DetectorRunOptions {
  readonly geometry: Geometry;
  readonly simulator: DetectorOptions;
  readonly format: SourceFormat;
  /** Multiple of the default rates of muons and noise. */
  readonly rateFactor: number;
  readonly faults?: readonly Fault[] | undefined;
  /** Detector time in s at which the run ends. */
  readonly untilS: number;
  readonly signal: AbortSignal;
}

/** A simulated detector with process behind it: one message a second of detector time, as a live process publishes them. */
export class DetectorRun {
  readonly #options: DetectorRunOptions;
  readonly #source: SimulatorSource;

  constructor(options: DetectorRunOptions) {
    this.#options = options;
    const { geometry, simulator, format, rateFactor, faults, untilS } = options;
    const rows = Math.ceil(2 * rowsPerSecond * rateFactor * untilS) + rowsMoreMax;
    this.#source = openSimulator({ ...simulator, geometry, format, rows }, undefined, faults);
  }

  async *messages(pool: ComputePool): AsyncGenerator<TimedMessage, void, undefined> {
    const { geometry, rateFactor, untilS, signal } = this.#options;
    let atS = 0;
    const messages = processDirect(this.#sources(), pool, {
      ...{ geometry, lateness: latenessOrbits, detail: 'none', producer: 'drill/0', now: Date.now, signal },
      batchRows: Math.max(1, Math.round(rowsPerSecond * rateFactor)),
    });
    for await (const { message } of messages) {
      if (signal.aborted) return;
      atS += message.physics?.live_s ?? 0;
      yield { message, atS };
      if (atS >= untilS) return;
    }
  }

  /** The lines of the truth about the fault, for the rows made so far. */
  get faultLines(): readonly object[] {
    return this.#source.faultLines();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- sources come one after the other, elsewhere with waits
  async *#sources(): AsyncGenerator<SimulatorSource> {
    yield this.#source;
  }
}

/** Bytes of a chunk of rows: about three seconds of the detector, so that hardly more is simulated than is needed. */
export function chunkBytesOf(rateFactor: number): number {
  const bytes = 2 ** Math.round(Math.log2(3 * rowsPerSecond * rateFactor * 8));
  return Math.min(1 << 21, Math.max(1 << 14, bytes));
}
