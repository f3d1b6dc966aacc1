const slotsMin = 1024;
/** Orbits are hashed in groups of 8 neighbours, so that a nearly sorted stream walks through memory. */
const groupBits = 3;

/**
 * The channels seen in each orbit: an open-addressing hash table from orbit to a 64-bit mask a chamber.
 *
 * ```
 *  keys    float64 │ orbit │ empty │ orbit │ …           empty = -1
 *  masks   uint32  │ lo hi lo hi … │ …                   two words a chamber
 *  used    uint32  │ slots in the order of insertion, to sweep and clear only those
 * ```
 */
export class OrbitTable {
  readonly maskWords: number;
  keys = new Float64Array(0);
  masks = new Uint32Array(0);
  used = new Uint32Array(0);
  size = 0;
  #shift = 0;

  constructor(chambers: number) {
    this.maskWords = 2 * chambers;
    this.#allocate(slotsMin);
  }

  /** Slot of the orbit, taken when it is new. */
  slotOf(orbit: number): number {
    let slot = this.#find(orbit);
    if (this.keys[slot] === orbit) return slot;
    if (this.size * 2 >= this.keys.length) {
      this.#grow();
      slot = this.#find(orbit);
    }
    this.keys[slot] = orbit;
    this.used[this.size++] = slot;
    return slot;
  }

  /** Forgets all orbits and keeps the memory; whoever sweeps sets the masks it has read back to 0. */
  clear(): void {
    const { keys, used, size } = this;
    for (let index = 0; index < size; index++) keys[used[index]] = -1;
    this.size = 0;
  }

  /** The orbit's slot, or the empty one where it belongs. */
  #find(orbit: number): number {
    const { keys } = this;
    const last = keys.length - 1;
    // The low 32 bits are enough: orbits further apart than the counter never share a batch but by accident.
    const raw = orbit >>> 0;
    const group = Math.imul(raw >>> groupBits, 0x9e3779b1) >>> this.#shift;
    let slot = ((group << groupBits) | (raw & ((1 << groupBits) - 1))) & last;
    while (keys[slot] !== orbit && keys[slot] !== -1) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const { keys, masks, used, size, maskWords } = this;
    this.#allocate(2 * keys.length);
    for (let index = 0; index < size; index++) {
      const slot = this.#find(keys[used[index]]);
      this.keys[slot] = keys[used[index]];
      this.masks.set(masks.subarray(used[index] * maskWords, (used[index] + 1) * maskWords), slot * maskWords);
      this.used[index] = slot;
    }
  }

  #allocate(slots: number): void {
    this.keys = new Float64Array(slots).fill(-1);
    this.masks = new Uint32Array(slots * this.maskWords);
    this.used = new Uint32Array(slots);
    this.#shift = 32 - (Math.log2(slots) - groupBits);
  }
}

/** Number of bits set in a 32-bit word (Warren, Hacker's Delight, figure 5-2). */
export function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
