import { chamberLayers, type ClockUnits, orbitNsOf } from '../../domain/geometry.js';
import { hitLimits } from '../../domain/hit.js';
import { DtstreamError } from '../../errors.js';
import { type Detector, type LayerPlane, detectorOf, layerCells } from './detector.js';
import type { MuonFaults } from '../faults/muon-faults.js';
import { type NoiseTable, deadWires, drawNoiseWire, noiseTableOf } from './noise.js';
import { Bursts } from './bursts.js';
import type { ResolvedSimulatorOptions } from './options.js';
import { Random } from './random.js';
import { HitQueue, type QueuedHit, drawDelayOrbits, hitMark } from './stream-order.js';
import { crossingCells, drawTrack } from './track.js';
import type { Muon, PlaneCrossing } from './truth.js';

/** Spread of a measured time, in ns. */
const resolutionNs = 3;
/** When a cell fires again after a hit, in ns. */
const afterpulseNs = { min: 150, max: 600 };
/** Events in a row without a hit after which there will never be one. */
const silentEventsMax = 1_000_000;

/** What a fault does to a hit: bits of `hitMark`, and how much later its time is. */
interface HitChange {
  readonly marks: number;
  readonly laterNs: number;
}
const unchanged: HitChange = { marks: 0, laterNs: 0 };

/** What others have a part in. */
export interface EventHooks {
  /** Called for every muon before any of its hits is taken, its orbit counted from the start of the run. */
  readonly onMuon?: ((muon: Muon) => void) | undefined;
  /** What becomes of hits of particles. */
  readonly faults?: MuonFaults | undefined;
}

/**
 * The hits of muons and noise in the order in which the read-out sends them.
 *
 * Time runs in orbits since the start of the run. Muons and noise are one Poisson process; a hit waits in the queue
 * until no later event can come before it. Bursts are a process of their own beside it.
 */
export class EventStream {
  /** Muons thrown so far, also those whose hits still wait. */
  muons = 0;
  readonly #options: ResolvedSimulatorOptions;
  readonly #detector: Detector;
  readonly #dead: Uint8Array;
  readonly #noise: NoiseTable;
  readonly #random: Random;
  readonly #bursts: Bursts;
  readonly #queue = new HitQueue();
  readonly #clock: ClockUnits;
  readonly #orbitNs: number;
  readonly #eventsPerOrbit: number;
  readonly #muonShare: number;
  readonly #onMuon: ((muon: Muon) => void) | undefined;
  readonly #faults: MuonFaults | undefined;
  /** Probability of a hit in a crossed cell, by layer. */
  readonly #efficiency: readonly number[];
  /** Time of the next event, in orbits since the start of the run. */
  #next: number;

  /** @throws DtstreamError `usage` when the options leave nothing that gives a hit */
  constructor(options: ResolvedSimulatorOptions, { onMuon, faults }: EventHooks = {}) {
    this.#options = options;
    this.#onMuon = onMuon;
    this.#faults = faults;
    this.#efficiency =
      options.layerEfficiency.length > 0
        ? options.layerEfficiency
        : Array.from({ length: chamberLayers }, () => options.cellEfficiency);
    this.#detector = detectorOf(options.geometry);
    this.#clock = options.geometry.clock;
    this.#orbitNs = orbitNsOf(this.#clock);
    this.#dead = deadWires(options);
    this.#noise = noiseTableOf(options, new Random(options.detectorSeed, 1));
    this.#random = new Random(options.seed, 2);
    const rateHz = options.muonRateHz + this.#noise.totalHz;
    if (rateHz === 0) throw noHitError();
    this.#eventsPerOrbit = rateHz * this.#orbitNs * 1e-9;
    this.#muonShare = options.muonRateHz / rateHz;
    this.#next = this.#gap();
    this.#bursts = new Bursts(options, new Random(options.seed, 6));
  }

  /** Starts a new run: what still waits is lost, as when a run is stopped. */
  restart(): void {
    this.#queue.clear();
    this.#next = this.#gap();
    this.#bursts.restart();
  }

  /** Lets `orbits` pass in which nothing is taken; what waits still comes, and a burst ends. */
  pause(orbits: number): void {
    this.#next += orbits;
    this.#bursts.pause(orbits);
  }

  /**
   * Puts the next hit into `hit`.
   *
   * @throws DtstreamError `usage` when the options leave nothing that gives a hit
   */
  take(hit: QueuedHit): void {
    let events = 0;
    while (this.#queue.firstKey > Math.min(this.#next, this.#bursts.next)) {
      if (++events > silentEventsMax) throw noHitError();
      if (this.#bursts.next < this.#next) {
        this.#burstHit();
        continue;
      }
      const orbit = Math.floor(this.#next);
      const ns = (this.#next - orbit) * this.#orbitNs;
      if (this.#random.chance(this.#muonShare)) this.#muon(orbit, ns);
      else this.#record(drawNoiseWire(this.#noise, this.#random), orbit, ns);
      this.#next += this.#gap();
    }
    this.#queue.pop(hit);
  }

  #gap(): number {
    return this.#random.exponential() / this.#eventsPerOrbit;
  }

  /** The next hit of a burst; its delay is drawn from the bursts' random stream, so that all other hits stay. */
  #burstHit(): void {
    const { next } = this.#bursts;
    const orbit = Math.floor(next);
    const wire = this.#bursts.takeWire();
    if (this.#dead[wire] === 0) this.#queueHit(wire, orbit, (next - orbit) * this.#orbitNs, this.#bursts.random);
  }

  #muon(orbit: number, ns: number): void {
    const random = this.#random;
    const { planes, middleMm, scintillatorWire, scintillatorDelayNs } = this.#detector;
    const { deltaRayShare, scintillatorEfficiency } = this.#options;
    this.muons++;
    if (scintillatorWire >= 0 && random.chance(scintillatorEfficiency)) {
      this.#queueHit(scintillatorWire, orbit, ns + scintillatorDelayNs);
    }
    const track = drawTrack(random);
    const crossings: PlaneCrossing[] | undefined = this.#onMuon === undefined ? undefined : [];
    for (let index = 0; index < planes.length; index++) {
      const plane = planes[index];
      const cells = crossingCells(track, plane, middleMm);
      if (cells < 0) continue;
      const cell = Math.floor(cells);
      const startNs = ns + plane.delayNs + resolutionNs * random.bell();
      const wire = plane.firstWire + chamberLayers * cell;
      const isFound = random.chance(this.#efficiency[plane.layer]);
      if (isFound) {
        const driftNs = 2 * Math.abs(cells - cell - 0.5) * this.#detector.driftTimeNsMax;
        this.#recordDrift(plane, wire, orbit, { startNs, driftNs });
      }
      crossings?.push({ plane, cells, isHit: isFound && this.#dead[wire] === 0 });
      if (random.chance(deltaRayShare)) {
        // The electron starts anywhere in the cell beside: its hit is earlier or later than the muon's.
        const beside = random.chance(0.5) ? cell + 1 : cell - 1;
        const driftNs = random.uniform() * this.#detector.driftTimeNsMax;
        if (beside >= 0 && beside < layerCells) {
          this.#recordDrift(plane, plane.firstWire + chamberLayers * beside, orbit, { startNs, driftNs });
        }
      }
    }
    if (crossings !== undefined) this.#onMuon?.({ number: this.muons, orbit, ns, track, crossings });
  }

  /** A hit of a particle, as the faults leave it. */
  #recordDrift(
    plane: LayerPlane,
    wire: number,
    orbit: number,
    { startNs, driftNs }: { readonly startNs: number; readonly driftNs: number },
  ): void {
    const faults = this.#faults;
    if (faults === undefined) {
      this.#record(wire, orbit, startNs + driftNs);
      return;
    }
    faults.look(plane, this.#next);
    const marks = (faults.isLost ? hitMark.lost : 0) | (faults.velocity === 1 ? 0 : hitMark.moved);
    this.#record(wire, orbit, startNs + driftNs, { marks, laterNs: driftNs / faults.velocity - driftNs });
  }

  /** A hit of a cell and, at times, its afterpulse. */
  #record(wire: number, orbit: number, ns: number, change = unchanged): void {
    if (this.#dead[wire] === 1) return;
    this.#queueHit(wire, orbit, ns, this.#random, change);
    if (this.#random.chance(this.#options.afterpulseShare)) {
      const span = afterpulseNs.max - afterpulseNs.min;
      this.#queueHit(wire, orbit, ns + afterpulseNs.min + span * this.#random.uniform(), this.#random, change);
    }
  }

  /**
   * Queues a hit `ns` after the start of `orbit`; past the orbit's end it belongs to the next one. A changed time leaves
   * its place among the others.
   */
  #queueHit(wire: number, orbit: number, healthyNs: number, random = this.#random, change = unchanged): void {
    const orbitNs = this.#orbitNs;
    const { orbitBx, bxNs, bxTdcCounts } = this.#clock;
    const ns = healthyNs + change.laterNs;
    const orbitsLater = Math.floor(ns / orbitNs);
    const counts = Math.floor((ns - orbitsLater * orbitNs) / (bxNs / bxTdcCounts));
    const bx = Math.min(Math.floor(counts / bxTdcCounts), orbitBx - 1);
    const delay = drawDelayOrbits(this.#options.disorderOrbits, random);
    const bits = change.marks | (wire << 17) | (bx << 5) | Math.min(counts - bx * bxTdcCounts, hitLimits.TDC_MEAS - 1);
    this.#queue.push(orbit + healthyNs / orbitNs + delay, orbit + orbitsLater, bits);
  }
}

function noHitError(): DtstreamError {
  return new DtstreamError('usage', 'cannot simulate: the rates, efficiencies and dead channels leave nothing to hit');
}
