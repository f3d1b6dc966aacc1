import { chamberChannels } from '../domain/geometry.js';

const activeBins = chamberChannels + 1;
const entriesMin = 1024;
/** The directory is this many times larger than the entries: most orbits are where they are first looked for. */
const directoryFactor = 4;
/** 2^32 divided by the golden ratio. */
const hashFactor = 0x9e3779b1;

/**
 * The channels seen in each orbit: a 64-bit mask a chamber for every orbit, in the order in which orbits come, found
 * through an open-addressing hash directory.
 *
 * ```
 *  directory  int32   │ 1 │ · │ 0 │ · │ · │ 2 │ …            entry of an orbit, empty = -1
 *  keys       float64 │ orbit │ orbit │ orbit │ …            by entry
 *  masks      uint32  │ lo hi lo hi … │ lo hi lo hi … │ …    two words a chamber
 *  counts     uint8   │ n n … │ n n … │ …                    bits set in each mask
 * ```
 */
export class OrbitTable {
  readonly chambers: number;
  size = 0;
  keys = new Float64Array(0);
  masks = new Uint32Array(0);
  counts = new Uint8Array(0);
  #directory = new Int32Array(0);
  readonly #stepBits: number;

  /** @param step how far apart orbits of this table are at least: the number of shards */
  constructor(chambers: number, step = 1) {
    this.#stepBits = 31 - Math.clz32(step);
    this.chambers = chambers;
    this.#allocate(entriesMin);
  }

  /** Makes room for that many orbits more. */
  reserve(orbits: number): void {
    // One entry stays free: an orbit is written there before it is known to be new.
    let entries = this.keys.length;
    while (entries < this.size + orbits + 1) entries *= 2;
    if (entries > this.keys.length) this.#grow(entries);
  }

  /**
   * Sees a hit; there must be room for its orbit.
   *
   * @param code `chamber * 64 + channel`
   * @param active orbits by `chamber * 65 + active channels`, kept up to date but for 0 channels
   */
  add(orbit: number, code: number, active: Uint32Array): void {
    const entry = this.#entryOf(orbit);
    const word = entry * 2 * this.chambers + (code >>> 5);
    const mask = this.masks[word];
    this.masks[word] = mask | (1 << code);
    const isNew = ~(mask >>> code) & 1;
    const chamber = code >>> 6;
    const cell = entry * this.chambers + chamber;
    const channels = this.counts[cell];
    this.counts[cell] = channels + isNew;
    const bin = chamber * activeBins + channels;
    active[bin] -= isNew;
    active[bin + 1] += isNew;
  }

  /** Forgets all orbits and keeps the memory. */
  clear(): void {
    this.#directory.fill(-1);
    this.masks.fill(0, 0, this.size * 2 * this.chambers);
    this.counts.fill(0, 0, this.size * this.chambers);
    this.size = 0;
  }

  /**
   * The orbit's entry, a new one when it has none; whether it has one is too random to branch on. A nearly sorted
   * stream walks through the directory from end to end, which the cache likes; only from a place that is taken by
   * another orbit it jumps.
   */
  #entryOf(orbit: number): number {
    const keys = this.keys;
    const directory = this.#directory;
    const last = directory.length - 1;
    const free = this.size;
    keys[free] = orbit;
    // The low 32 bits are enough: orbits further apart than the counter never share a batch but by accident.
    let place = (orbit >>> this.#stepBits) & last;
    for (;;) {
      const found = directory[place];
      const isEmpty = found >> 31;
      const entry = (found & ~isEmpty) | (free & isEmpty);
      if (keys[entry] === orbit) {
        directory[place] = entry;
        this.size = free - isEmpty;
        return entry;
      }
      place = (place + ((Math.imul(orbit >>> 0, hashFactor) >>> 16) | 1)) & last;
    }
  }

  #grow(entries: number): void {
    const { keys, masks, counts, size } = this;
    this.#allocate(entries);
    this.size = 0;
    for (let entry = 0; entry < size; entry++) this.#entryOf(keys[entry]);
    this.masks.set(masks.subarray(0, size * 2 * this.chambers));
    this.counts.set(counts.subarray(0, size * this.chambers));
  }

  #allocate(entries: number): void {
    this.keys = new Float64Array(entries);
    this.masks = new Uint32Array(entries * 2 * this.chambers);
    this.counts = new Uint8Array(entries * this.chambers);
    this.#directory = new Int32Array(entries * directoryFactor).fill(-1);
  }
}
