import { chamberChannels } from '../../domain/geometry.js';

/** Halves of a mask of 64 channels. */
const maskHalves = 2;
const orbitsReserved = 1024;

/**
 * Which channels each orbit has hit, until the orbit is settled and only its number of active channels counts. Orbits
 * are those of the time line.
 */
export class OrbitTally {
  /** Orbits by `chamber * 65 + active channels`, of settled ones. */
  readonly active: Float64Array;
  /** Orbits that are settled. */
  orbits = 0;
  /** Sum of {@link listHash} over the orbits of all chambers, see {@link addHash}. */
  listHash = 0;
  readonly #chambers: number;
  /** Place of each orbit's masks. */
  readonly #slots = new Map<number, number>();
  readonly #freeSlots: number[] = [];
  /** Low and high half of a mask a chamber, orbit by orbit. */
  #masks: Uint32Array;
  #lastOrbit = -1;
  #lastSlot = 0;

  constructor(chambers: number) {
    this.#chambers = chambers;
    this.active = new Float64Array(chambers * (chamberChannels + 1));
    this.#masks = new Uint32Array(orbitsReserved * chambers * maskHalves);
  }

  /** Orbits that are not settled. */
  get size(): number {
    return this.#slots.size;
  }

  /** @param code `chamber * 64 + channel` */
  add(orbit: number, code: number): void {
    if (orbit !== this.#lastOrbit) {
      this.#lastSlot = this.#slots.get(orbit) ?? this.#newSlot(orbit);
      this.#lastOrbit = orbit;
    }
    this.#masks[this.#lastSlot + (code >>> 5)] |= 1 << (code & 31);
  }

  /** Settles the orbits below a bound: a later hit of such an orbit starts it again. */
  settleBelow(bound: number): void {
    for (const [orbit, slot] of this.#slots) {
      if (orbit >= bound) continue;
      this.#count(orbit, slot);
      this.#free(orbit, slot);
    }
  }

  /** Forgets the orbits above a bound. */
  dropAbove(bound: number): void {
    for (const [orbit, slot] of this.#slots) if (orbit > bound) this.#free(orbit, slot);
  }

  #newSlot(orbit: number): number {
    const words = this.#chambers * maskHalves;
    const slot = this.#freeSlots.pop() ?? this.#slots.size * words;
    if (slot + words > this.#masks.length) {
      const larger = new Uint32Array(2 * this.#masks.length);
      larger.set(this.#masks);
      this.#masks = larger;
    }
    this.#slots.set(orbit, slot);
    return slot;
  }

  #count(orbit: number, slot: number): void {
    this.orbits++;
    for (let chamber = 0; chamber < this.#chambers; chamber++) {
      const at = slot + chamber * maskHalves;
      const channels = bitCount(this.#masks[at]) + bitCount(this.#masks[at + 1]);
      if (channels === 0) continue;
      this.active[chamber * (chamberChannels + 1) + channels]++;
      this.listHash = addHash(this.listHash, listHash(chamber, orbit, channels));
    }
  }

  #free(orbit: number, slot: number): void {
    this.#masks.fill(0, slot, slot + this.#chambers * maskHalves);
    this.#slots.delete(orbit);
    this.#freeSlots.push(slot);
    this.#lastOrbit = -1;
  }
}

/** A number in [0, 2^32) for an orbit in a list of active channels: sums of it tell lists apart, in any order. */
export function listHash(chamber: number, orbit: number, channels: number): number {
  let hash = Math.imul((orbit % 2 ** 32) ^ (chamber << 8) ^ channels, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ Math.imul(chamber + 1, 0x85ebca6b), 0xc2b2ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** The sum of two of them in 32 bits: a larger one would be rounded after some million orbits, and depend on the order. */
export function addHash(sum: number, hash: number): number {
  return (sum + hash) >>> 0;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}
