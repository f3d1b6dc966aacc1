import type { BatchMessage } from '../../src/domain/batch-message.js';
import { chamberChannels, defaultGeometry, type Geometry, orbitNsOf } from '../../src/domain/geometry.js';
import type { ChamberPhysics, Physics } from '../../src/domain/physics-message.js';
import { emptyLedger } from '../../src/domain/summary.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { emptyChamber } from './looks-of.js';

/** What is wrong with the telescope. */
export interface Fault {
  /** Factor of a channel's rate. */
  readonly rate?: (chamber: number, channel: number) => number;
  readonly efficiency?: (chamber: number, channel: number) => number;
  /** Factor of the trigger's rate. */
  readonly trigger?: number;
  /** Share of the trigger's orbits with a hit in time. */
  readonly match?: (chamber: number) => number;
  /** How much later drift times are, in ns. */
  readonly lateNs?: (chamber: number) => number;
}

export interface TelescopeOptions {
  readonly geometry?: Geometry;
  readonly seed?: number;
  readonly lanes?: number;
  /** Slots of one message of each lane. */
  readonly slots?: number;
  readonly geometryHash?: string;
  /** First slot of the raw counter. */
  readonly first?: number;
  /** Rate of every channel, in Hz. */
  readonly hz?: number;
}

const triggerHz = 150;
const matchShare = 0.5;
const probesPerS = 5;
const probeEfficiency = 0.97;
const driftPerS = 450;
const boxNs = 390;

/** Messages of a telescope whose numbers are thrown one by one: what `process` would say of it, without its hits. */
export class Telescope {
  readonly geometry: Geometry;
  readonly #options: Required<TelescopeOptions>;
  readonly #random: RandomSource;
  readonly #slotS: number;
  #slot: number;
  #ids = 0;
  #run = 0;

  constructor(options: TelescopeOptions = {}) {
    const defaults = { geometry: defaultGeometry, seed: 1, lanes: 1, slots: 160, first: 1_000_000, hz: 8 };
    this.#options = { ...defaults, geometryHash: 'telescope', ...options };
    this.geometry = this.#options.geometry;
    this.#random = new RandomSource(this.#options.seed);
    this.#slotS = (64 * orbitNsOf(this.geometry.clock)) / 1e9;
    this.#slot = this.#options.first;
  }

  /** The next messages of so many live seconds, of all lanes by turns. */
  messages(seconds: number, fault: Fault = {}): BatchMessage[] {
    const { slots } = this.#options;
    const count = Math.ceil(seconds / (slots * this.#slotS));
    return Array.from({ length: count }, () => this.#round(fault)).flat();
  }

  /** The counter of orbits begins again. */
  newRun(): void {
    this.#run++;
    this.#slot = 5;
  }

  /** One message of each lane, of the same time. */
  #round(fault: Fault): BatchMessage[] {
    const { lanes, slots } = this.#options;
    const first = this.#slot;
    this.#slot += slots;
    const id = this.#ids++;
    return Array.from({ length: lanes }, (_, lane) => this.#message(fault, { lane, first, id }));
  }

  #message(fault: Fault, { lane, first, id }: { lane: number; first: number; id: number }): BatchMessage {
    const { lanes, slots, geometryHash } = this.#options;
    const own = Array.from({ length: slots }, (_, index) => first + index).filter((slot) => slot % lanes === lane);
    const chambers = this.geometry.chambers.map((_, chamber) => this.#chamber(chamber, own.length, fault));
    const closed = new Date(Date.UTC(2026, 0, 1) + 1000 * id).toISOString();
    const byChamber = <T>(of: (chamber: Counted) => T): Record<string, T> =>
      Object.fromEntries(chambers.map((chamber, index) => [index, of(chamber)]));
    const orbits = this.#poisson(triggerHz * (fault.trigger ?? 1) * own.length * this.#slotS);
    const physics: Physics = {
      ...{ version: 1, geometry: geometryHash, live_s: slots * this.#slotS },
      slots: { live: slots, lit: own.length, first: own[0], last: own[own.length - 1], gaps: 0, gap_slots: 0 },
      trigger: { rows: [orbits], orbits, multiple: 0, border: 0, rate_hz: null },
      chambers: byChamber(({ physics: counts }) => counts),
    };
    return {
      ...{ schema: 1, msg_ID: id, hit_count: 0, hit_count_chamber: chambers.map(({ hits }) => hits) },
      ...{ tdc_counts_chamber: {}, active_tdc_chamber: {}, active_channels_chamber: byChamber(({ active }) => active) },
      ...{ ledger: emptyLedger(), late_hits: 0, late_orbits: 0, orbits: 0, physics, orbit_detail: 'none' },
      batch: { opened: closed, closed, duration_ms: 0, orbit_first: 64 * own[0], orbit_last: 64 * own[own.length - 1] },
      ...{ run: this.#run, producer: `process/${lane}`, lanes, input: {} },
    };
  }

  #chamber(chamber: number, slots: number, fault: Fault): Counted {
    const { hz } = this.#options;
    const seconds = slots * this.#slotS;
    const { channels } = this.geometry.chambers[chamber];
    const list = (of: (channel: number) => number): number[] =>
      Array.from({ length: chamberChannels }, (_, channel) => (channel < channels ? of(channel) : 0));
    const shareOf = (channel: number): number => -Math.expm1(-hz * (fault.rate?.(chamber, channel) ?? 1) * this.#slotS);
    const activeSlots = list((channel) => this.#binomial(slots, shareOf(channel)));
    const hits = activeSlots.reduce((sum, n) => sum + n, 0);
    const probes = list(() => this.#poisson(probesPerS * seconds));
    const pass = list((channel) =>
      this.#binomial(probes[channel], fault.efficiency?.(chamber, channel) ?? probeEfficiency),
    );
    const matched = this.#poisson(triggerHz * (fault.trigger ?? 1) * seconds);
    const { active: none, segments, ...physics } = emptyChamber();
    return {
      ...{ hits, active: none.map((_, channels) => (channels === 1 ? hits : 0)) },
      physics: {
        ...physics,
        ...{ active_slots: activeSlots, active_orbits: activeSlots },
        gated: { ...physics.gated, matched, in_time: this.#binomial(matched, fault.match?.(chamber) ?? matchShare) },
        drift: { ...physics.drift, counts: this.#drift(seconds, fault.lateNs?.(chamber) ?? 0) },
        ...(segments && {
          segments: { ...segments, probe_pass: pass, probe_fail: probes.map((n, channel) => n - pass[channel]) },
        }),
      },
    };
  }

  /** Drift times of a flat box with edges of some nanoseconds, in bins of 2.5 ns. */
  #drift(seconds: number, lateNs: number): number[] {
    const counts = new Array<number>(400).fill(0);
    for (let entry = this.#poisson(driftPerS * seconds); entry > 0; entry--) {
      const bell = this.#uniform() + this.#uniform() + this.#uniform() - 1.5;
      const ns = lateNs + boxNs * this.#uniform() + 8 * bell;
      counts[Math.floor((ns + 249.85) / 2.5)]++;
    }
    return counts;
  }

  #binomial(m: number, share: number): number {
    let n = 0;
    for (let trial = 0; trial < m; trial++) if (this.#uniform() < share) n++;
    return n;
  }

  #poisson(mean: number): number {
    let n = 0;
    for (let sum = this.#exponential(); sum < mean; sum += this.#exponential()) n++;
    return n;
  }

  #exponential(): number {
    return -Math.log(1 - this.#uniform());
  }

  #uniform(): number {
    return this.#random.uint32() / 2 ** 32;
  }
}

interface Counted {
  readonly hits: number;
  readonly active: number[];
  readonly physics: ChamberPhysics;
}
