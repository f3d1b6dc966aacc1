import type { Random } from './random.js';

/** Share of the hits that the read-out holds back. */
const delayedShare = 0.2;

/** A hit that waits for its turn in the stream. */
export interface QueuedHit {
  /** When it leaves the read-out, in orbits since the start of the run. */
  key: number;
  /** Orbits since the start of the run. */
  orbit: number;
  /** `wire << 17 | BX_COUNTER << 5 | TDC_MEAS`, 29 bits; above them the marks of {@link hitMark}. */
  bits: number;
}

/** What a fault does to a hit of a particle, as bits above those of a {@link QueuedHit}. */
export const hitMark = { lost: 1 << 29, moved: 1 << 30 } as const;

/** How many orbits late a hit leaves the read-out: none for most, at most `disorderOrbits`. */
export function drawDelayOrbits(disorderOrbits: number, random: Random): number {
  return random.chance(delayedShare) ? disorderOrbits * random.uniform() : 0;
}

/**
 * Hits by the time they leave the read-out: a binary heap in three typed arrays that grow together.
 *
 * ```
 * keys   [ k0 | k1 | k2 | … ]   k0 = the smallest; children of i at 2i+1 and 2i+2
 * orbits [ o0 | o1 | o2 | … ]
 * bits   [ b0 | b1 | b2 | … ]
 * ```
 * A hit's key is its time plus a delay in [0, disorderOrbits). So of two hits the one that comes first is later by less
 * than disorderOrbits + 1 orbits, hence by at most disorderOrbits whole ones.
 */
export class HitQueue {
  #keys = new Float64Array(256);
  #orbits = new Float64Array(256);
  #bits = new Uint32Array(256);
  #size = 0;

  /** The smallest key, Infinity when empty. */
  get firstKey(): number {
    return this.#size === 0 ? Infinity : this.#keys[0];
  }

  push(key: number, orbit: number, bits: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#keys[parent] <= key) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, key, orbit, bits);
  }

  /** Takes the hit with the smallest key out into `hit`; the queue must not be empty. */
  pop(hit: QueuedHit): void {
    hit.key = this.#keys[0];
    hit.orbit = this.#orbits[0];
    hit.bits = this.#bits[0];
    const last = --this.#size;
    const key = this.#keys[last];
    let at = 0;
    for (let child = 1; child < last; child = 2 * at + 1) {
      if (child + 1 < last && this.#keys[child + 1] < this.#keys[child]) child++;
      if (this.#keys[child] >= key) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, key, this.#orbits[last], this.#bits[last]);
  }

  clear(): void {
    this.#size = 0;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from], this.#orbits[from], this.#bits[from]);
  }

  #put(at: number, key: number, orbit: number, bits: number): void {
    this.#keys[at] = key;
    this.#orbits[at] = orbit;
    this.#bits[at] = bits;
  }

  #grow(): void {
    const length = 2 * this.#keys.length;
    const keys = new Float64Array(length);
    const orbits = new Float64Array(length);
    const bits = new Uint32Array(length);
    keys.set(this.#keys);
    orbits.set(this.#orbits);
    bits.set(this.#bits);
    this.#keys = keys;
    this.#orbits = orbits;
    this.#bits = bits;
  }
}
