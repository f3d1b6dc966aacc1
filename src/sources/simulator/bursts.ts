import { orbitNsOf } from '../../domain/geometry.js';
import { chamberWire } from './noise.js';
import type { ResolvedSimulatorOptions } from './options.js';
import type { Random } from './random.js';
import { HitQueue, type QueuedHit } from './stream-order.js';

/**
 * Hits of channels that fire again and again: bursts begin at random, and each gives one hit an orbit, at the same time
 * in the orbit, until it has given all. Only the next hit of each burst is kept, so long bursts take no memory.
 */
export class Bursts {
  /** Draws everything about bursts, so that they leave all other hits as they were. */
  readonly random: Random;
  readonly #bursts: readonly { readonly wire: number; readonly hits: number }[];
  /** Running sum of the bursts an orbit of each channel. */
  readonly #sums: readonly number[];
  readonly #perOrbit: number;
  /** Bursts that go on, by the time of the next hit: `orbit` is the number of hits left, `bits` the wire. */
  readonly #active = new HitQueue();
  readonly #one: QueuedHit = { key: 0, orbit: 0, bits: 0 };
  /** When the next burst begins, in orbits since the start of the run; Infinity without bursts. */
  #start: number;

  constructor({ bursts, geometry }: Pick<ResolvedSimulatorOptions, 'bursts' | 'geometry'>, random: Random) {
    const orbitS = orbitNsOf(geometry.clock) * 1e-9;
    this.random = random;
    this.#bursts = bursts.map((burst) => ({ wire: chamberWire(geometry, burst), hits: burst.hits }));
    let sum = 0;
    this.#sums = bursts.map(({ perSecond }) => (sum += perSecond * orbitS));
    this.#perOrbit = sum;
    this.#start = this.#gap();
  }

  /** Time of the next hit, in orbits since the start of the run; Infinity without bursts. */
  get next(): number {
    return Math.min(this.#start, this.#active.firstKey);
  }

  /** Takes the next hit and returns its wire. */
  takeWire(): number {
    const at = this.next;
    if (at === this.#start) {
      const drawn = this.random.uniform() * this.#perOrbit;
      const { wire, hits } = this.#bursts[this.#sums.findIndex((sum) => drawn < sum)];
      this.#start += this.#gap();
      if (hits > 1) this.#active.push(at + 1, hits - 1, wire);
      return wire;
    }
    this.#active.pop(this.#one);
    const { orbit: hitsLeft, bits: wire } = this.#one;
    if (hitsLeft > 1) this.#active.push(at + 1, hitsLeft - 1, wire);
    return wire;
  }

  /** Starts a new run without bursts that go on. */
  restart(): void {
    this.#active.clear();
    this.#start = this.#gap();
  }

  /** Lets `orbits` pass; bursts that go on end. */
  pause(orbits: number): void {
    this.#active.clear();
    this.#start += orbits;
  }

  #gap(): number {
    return this.#perOrbit === 0 ? Infinity : this.random.exponential() / this.#perOrbit;
  }
}
