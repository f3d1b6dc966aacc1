import { chamberChannels } from '../domain/geometry.js';
import { rowCode } from '../domain/row-code.js';
import type { HeldBlock, HitLists } from './hit-lists.js';
import { Kernel } from './kernel.js';

/** Entries of a distribution of active channels: none to all 64. */
export const activeBins = chamberChannels + 1;
/** Hits that are given to the kernel at once. */
const stageHits = 8192;
const orbitsMaxFirst = 32_768;
/** The directory is at least this many times larger than the entries. */
const directoryFactor = 2;

/** What became of hits that were closed. */
export interface ClosedHits {
  /** Hits and scintillator rows above the watermark, in their order. */
  readonly carriedOrbits: Float64Array;
  readonly carriedCodes: Uint16Array;
  /** Those at or below the orbits closed before. */
  readonly lateOrbits: Float64Array;
  readonly lateCodes: Uint16Array;
  readonly scintillators: number;
}

/** Where the parts of a table begin in its kernel's memory. */
interface Layout {
  readonly kernel: Kernel;
  readonly orbitsMax: number;
  readonly stageOrbits: number;
  readonly stageCodes: number;
  readonly outOrbits: number;
  readonly outCodes: number;
  readonly hits: number;
  readonly active: number;
  readonly directory: number;
  readonly places: number;
  readonly keys: number;
  readonly masks: number;
}

/**
 * The channels seen in each orbit of a shard, in the memory of a kernel; see src/compute/kernel/table.ts. Grows with
 * its orbits, and keeps the memory for the next shard.
 */
export class OrbitTable {
  readonly chambers: number;
  readonly #step: number;
  #layout: Layout;

  /** @param step how far apart orbits of this table are at least: the number of shards */
  constructor(chambers: number, step = 1) {
    this.chambers = chambers;
    this.#step = step;
    this.#layout = layOut(chambers, orbitsMaxFirst);
  }

  /** Orbits seen since {@link begin}. */
  get size(): number {
    return this.#layout.kernel.run.entries.value;
  }

  /** How many orbits each chamber saw, added up. */
  get seen(): number {
    return this.#layout.kernel.run.countSeen();
  }

  /** By entry, in the order in which orbits came. */
  get keys(): Float64Array {
    return new Float64Array(this.#layout.kernel.memory, this.#layout.keys, this.size);
  }

  /** By entry: two words per chamber, the low one first. */
  get masks(): Uint32Array {
    return new Uint32Array(this.#layout.kernel.memory, this.#layout.masks, this.size * 2 * this.chambers);
  }

  /** Hits by `chamber * 64 + channel`, and orbits by `chamber * 65 + active channels`, since the last {@link takeSums}. */
  takeSums(): { readonly hits: Uint32Array; readonly active: Uint32Array } {
    const { kernel, hits, active } = this.#layout;
    const take = (at: number, bins: number): Uint32Array => {
      const view = new Uint32Array(kernel.memory, at, bins);
      const copy = view.slice();
      view.fill(0);
      return copy;
    };
    return { hits: take(hits, this.chambers * chamberChannels), active: take(active, this.chambers * activeBins) };
  }

  /** Begins a shard, with room for so many orbits. The table must have been swept. */
  begin(orbits: number): void {
    if (orbits > this.#layout.orbitsMax) this.#grow(orbits);
    this.#use();
  }

  /**
   * Takes hits [from, to) of a list.
   *
   * @param bounds `delta` is added to each orbit; those above `watermark` are carried, those not above `closed` late
   * @param take gets what was not counted, in views that are good for the call alone
   */
  close(
    { orbits, codes }: Pick<HitLists, 'orbits' | 'codes'> | HeldBlock,
    { from, to }: { readonly from: number; readonly to: number },
    bounds: { readonly delta: number; readonly closed: number; readonly watermark: number },
    take: (closed: ClosedHits) => void,
  ): void {
    const { delta, closed, watermark } = bounds;
    for (let at = from; at < to; at += stageHits) {
      const count = Math.min(stageHits, to - at);
      if (this.size + count > this.#layout.orbitsMax) this.#extend();
      const { kernel, stageOrbits, stageCodes, outOrbits, outCodes, hits } = this.#layout;
      const { run, memory } = kernel;
      new Float64Array(memory, stageOrbits, count).set(orbits.subarray(at, at + count));
      new Uint16Array(memory, stageCodes, count).set(codes.subarray(at, at + count));
      // prettier-ignore
      const carried = run.closeHits(
        stageOrbits, stageCodes, count, delta, closed, watermark, hits, outOrbits, outCodes,
      );
      const lates = run.lates.value;
      take({
        carriedOrbits: new Float64Array(memory, outOrbits, carried),
        carriedCodes: new Uint16Array(memory, outCodes, carried),
        lateOrbits: new Float64Array(memory, outOrbits + 8 * (count - lates), lates),
        lateCodes: new Uint16Array(memory, outCodes + 2 * (count - lates), lates),
        scintillators: run.scintillators.value,
      });
    }
  }

  /** Empties the table into the sums; returns its first and last orbit, Infinity and -Infinity when it had none. */
  sweep(): { readonly orbitFirst: number; readonly orbitLast: number } {
    const { run } = this.#layout.kernel;
    run.sweep(this.#layout.active);
    return { orbitFirst: run.orbitFirst.value, orbitLast: run.orbitLast.value };
  }

  #use(): void {
    const { kernel, directory, places, keys, masks } = this.#layout;
    kernel.run.useTable(directory, places, keys, masks, this.chambers, this.#step);
  }

  /** Moves into larger memory, with its orbits. */
  #extend(): void {
    const { size, keys, masks } = this;
    this.#grow(size + stageHits);
    const { kernel, keys: keysAt, masks: masksAt } = this.#layout;
    new Float64Array(kernel.memory, keysAt, keys.length).set(keys);
    new Uint32Array(kernel.memory, masksAt, masks.length).set(masks);
    this.#use();
    kernel.run.findAgain(size);
  }

  /** Moves the sums into memory for at least so many orbits. */
  #grow(orbits: number): void {
    const { hits, active } = this.takeSums();
    this.#layout = layOut(this.chambers, Math.max(orbits, 2 * this.#layout.orbitsMax));
    const { kernel } = this.#layout;
    new Uint32Array(kernel.memory, this.#layout.hits, hits.length).set(hits);
    new Uint32Array(kernel.memory, this.#layout.active, active.length).set(active);
  }
}

function layOut(chambers: number, orbitsMax: number): Layout {
  const kernel = new Kernel();
  const places = 2 ** Math.ceil(Math.log2(directoryFactor * orbitsMax));
  const at = kernel.regions({
    stageOrbits: 8 * stageHits,
    stageCodes: 2 * stageHits,
    outOrbits: 8 * stageHits,
    outCodes: 2 * stageHits,
    hits: 4 * rowCode.scintillator,
    active: 4 * chambers * activeBins,
    directory: 4 * places,
    // One entry stays free: an orbit is written there before it is known to be new.
    keys: 8 * (orbitsMax + 1),
    masks: 8 * chambers * (orbitsMax + 1),
  });
  return { kernel, orbitsMax, places, ...at };
}
