import type { ComputePool } from '../../compute/pool.js';
import { type Geometry, orbitNsOf } from '../../domain/geometry.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import type { PhysicsSettings } from '../../domain/physics-settings.js';
import { Quality } from '../../quality/quality.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import type { QualitySettings } from '../../quality/quality-settings.js';
import type { Fault } from '../../sources/faults/fault.js';
import { kindRules } from '../../sources/faults/kinds.js';
import { resolveSimulatorOptions } from '../../sources/simulator/options.js';
import { type DetectorOptions, DetectorRun, type TimedMessage } from './detector-run.js';
import { aheadS, evaluateRun, isRaised, nameOf, type TimedEvent } from './evaluate.js';
import { type FaultLine, faultLineOf } from './fault-line.js';
import { type DrillFault, warmS } from './faults.js';
import { forecastOf } from './forecast.js';
import type { LogDetector } from './log-detector.js';
import { makeReference } from './make-reference.js';
import type { FaultResult, FaultRun, HealthyResult } from './report.js';

/** What all runs of a drill have in common. */
export interface Setup {
  readonly geometry: Geometry;
  readonly physics: PhysicsSettings;
  readonly settings: QualitySettings;
  readonly geometryHash: string;
  readonly plan: PhysicsPlan;
  /** Detector time of a reference, and of a run after the start of its fault, in s. */
  readonly referenceS: number;
  readonly afterS: number;
  readonly signal: AbortSignal;
}

export interface RateDrillOptions {
  readonly pool: ComputePool;
  /** Multiple of the default rates. */
  readonly rateFactor: number;
  /** Runs of each fault. */
  readonly seeds: number;
  /** Runs with a fault go through a log; absent = in this process. */
  readonly throughLog?: LogDetector;
  /** Called with rows as they are read, and what they are for. */
  readonly onRows: (rows: number, what: string) => void;
}

/** Runs of one detector with other seeds: of a reference, and without a fault. */
const referenceSeeds = 1_000_000;
const healthySeeds = 2_000_000;

/** The runs at one rate. Each seed is another detector, with a reference of its own. */
export class RateDrill {
  readonly #setup: Setup;
  readonly #options: RateDrillOptions;
  readonly #references = new Map<number, QualityReference>();

  constructor(setup: Setup, options: RateDrillOptions) {
    this.#setup = setup;
    this.#options = options;
  }

  async fault({ name, fault, format, demand, why }: DrillFault): Promise<FaultResult> {
    const { rateFactor, seeds } = this.#options;
    const runs: FaultRun[] = [];
    let reason = why;
    for (let seed = 1; fault !== undefined && why === undefined && seed <= seeds; seed++) {
      const run = await this.#faultRun(seed, { name, fault, format, demand });
      if (this.#setup.signal.aborted) break;
      if (typeof run === 'string') reason = run;
      else runs.push(run);
    }
    return { name, rateFactor, demand, runs, why: reason };
  }

  /** Equal parts of the time with each seed, whatever is false with one reference. */
  async healthy(seconds: number): Promise<HealthyResult> {
    const { rateFactor, seeds } = this.#options;
    const events: TimedEvent[] = [];
    let liveS = 0;
    for (let seed = 1; seed <= seeds && !this.#setup.signal.aborted; seed++) {
      const run = this.#run(seed, { seed: healthySeeds + seed, untilS: seconds / seeds });
      const part = await this.#eventsOf(run.messages(this.#options.pool), seed, 'no fault');
      events.push(...part.events);
      liveS += part.atS;
    }
    const raised = events.map(({ event }) => event).filter(isRaised);
    const warnings = raised.filter(({ event }) => event === 'warning').map(nameOf);
    const alarms = raised.filter(({ event }) => event !== 'warning').map(nameOf);
    return { rateFactor, seconds: liveS, alarms, warnings };
  }

  /** @returns why there is none */
  async #faultRun(
    seed: number,
    { name, fault, format, demand }: Omit<DrillFault, 'why'> & { readonly fault: Fault },
  ): Promise<FaultRun | string> {
    const { geometry, afterS } = this.#setup;
    const reference = await this.#reference(seed);
    const { threshold } = this.#quality(reference);
    const forecast = forecastOf(fault, { ...this.#setup, reference, threshold, isWords: format === 'words' });
    const { delayS } = forecast;
    if (demand === 'named') {
      if (forecast.why !== undefined) return forecast.why;
      if (delayS !== undefined && 2 * delayS > afterS) {
        return `it takes ${delayS.toFixed(0)} s on average, and twice that is more than the ${afterS} s of a run`;
      }
    }
    const { events, line } = await this.#judge(seed, { name, fault, format });
    const firstS = this.#firstS(fault, line);
    // From a log that is full, process takes more rows at once than while it follows the detector.
    const isLive = this.#options.throughLog === undefined;
    const ahead = isLive ? aheadS.direct : aheadS.log;
    const outcome = evaluateRun(events, line, { firstS, startS: fault.startS, geometry, aheadS: ahead });
    const isTimed = isLive && (fault.kind === 'dead' || fault.kind === 'hot');
    return { seed, outcome, delayS, isTimed };
  }

  async #judge(
    seed: number,
    { name, fault, format }: Pick<DrillFault, 'name' | 'format'> & { readonly fault: Fault },
  ): Promise<{ readonly events: readonly TimedEvent[]; readonly line: FaultLine }> {
    const { throughLog, pool, rateFactor } = this.#options;
    const untilS = warmS + this.#setup.afterS;
    if (throughLog !== undefined) {
      const through = await throughLog.run(this.#simulator(seed, seed), { fault, format, untilS, rateFactor });
      return { events: (await this.#eventsOf(through.messages, seed, name)).events, line: through.line };
    }
    const run = this.#run(seed, { seed, untilS, fault, format });
    const { events } = await this.#eventsOf(run.messages(pool), seed, name);
    return { events, line: faultLineOf(run.faultLines) };
  }

  /** When a fault touches its first row, in live seconds since the first one of all. */
  #firstS({ kind, startS }: Fault, { orbit_first: first }: FaultLine): number {
    // Those of the orbit counter change it at their start.
    if (first === null || kindRules[kind].isMoment === true) return startS;
    const orbits = first - resolveSimulatorOptions({}).startOrbit;
    return Math.max(startS, orbits * orbitNsOf(this.#setup.geometry.clock) * 1e-9);
  }

  async #reference(seed: number): Promise<QualityReference> {
    const known = this.#references.get(seed);
    if (known !== undefined) return known;
    const { referenceS: forS, signal } = this.#setup;
    const run = this.#run(seed, { seed: referenceSeeds + seed, untilS: forS });
    const messages = this.#counted(run.messages(this.#options.pool), `reference ${seed}`);
    const reference = await makeReference(messages, { ...this.#setup, forS });
    if (!signal.aborted) this.#references.set(seed, reference);
    return reference;
  }

  async #eventsOf(
    messages: AsyncIterable<TimedMessage> | readonly TimedMessage[],
    seed: number,
    what: string,
  ): Promise<{ readonly events: readonly TimedEvent[]; readonly atS: number }> {
    const quality = this.#quality(await this.#reference(seed));
    const events: TimedEvent[] = [];
    let atS = 0;
    for await (const timed of this.#counted(messages, what)) {
      atS = timed.atS;
      for (const event of quality.add(timed.message)) events.push({ atS, event });
    }
    return { events, atS };
  }

  /** Messages as they come, with their rows told. */
  async *#counted(
    messages: AsyncIterable<TimedMessage> | readonly TimedMessage[],
    what: string,
  ): AsyncGenerator<TimedMessage> {
    for await (const timed of messages) {
      this.#options.onRows(timed.message.ledger.rows_read, what);
      yield timed;
    }
  }

  #quality(reference: QualityReference | undefined): Quality {
    return new Quality({ ...this.#setup, reference });
  }

  #run(
    detectorSeed: number,
    {
      seed,
      untilS,
      fault,
      format = 'words',
    }: { readonly seed: number; readonly untilS: number } & Partial<Pick<DrillFault, 'fault' | 'format'>>,
  ): DetectorRun {
    const { geometry, signal } = this.#setup;
    const { rateFactor } = this.#options;
    const simulator = this.#simulator(detectorSeed, seed);
    return new DetectorRun({ geometry, simulator, format, rateFactor, faults: fault && [fault], untilS, signal });
  }

  #simulator(detectorSeed: number, seed: number): DetectorOptions {
    const { rateFactor } = this.#options;
    const { muonRateHz, noiseRateHz } = resolveSimulatorOptions({});
    return { seed, detectorSeed, muonRateHz: muonRateHz * rateFactor, noiseRateHz: noiseRateHz * rateFactor };
  }
}
