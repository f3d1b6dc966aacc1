import { chamberChannels, chamberLayers } from '../domain/geometry.js';
import type { PhysicsPlan } from '../domain/physics-plan.js';
import { rowCode } from '../domain/row-code.js';
import { segmentCountsSize } from '../physics/segment-counts.js';
import { sumLimits } from '../physics/segment-search.js';
import type { HeldBlock, HitLists } from './hit-lists.js';
import { Kernel } from './kernel.js';
import { blockLength } from './physics-block.js';

/** Entries of a distribution of active channels: none to all 64. */
export const activeBins = chamberChannels + 1;
/** Hits that are given to the kernel at once. */
const stageHits = 8192;
const hitsMaxFirst = 32_768;
/** A table grows to so many times the hits that it needs: the smaller memory is freed only when the engine collects garbage. */
const growthFactor = 2;
/** The directory is at least this many times larger than the entries. */
const directoryFactor = 2;
/** Behind the ticks of units there is room for so many times as many. */
const tickFactor = 5;

/** What became of hits that were closed. */
export interface ClosedHits {
  /** Hits and trigger rows above the watermark, in their order. */
  readonly carriedOrbits: Float64Array;
  readonly carriedKeys: Uint32Array;
  /** Those at or below the orbits closed before. */
  readonly lateOrbits: Float64Array;
  readonly lateKeys: Uint32Array;
  readonly triggers: number;
}

/** What a table has counted. */
export interface TableSums {
  readonly hits: Uint32Array;
  readonly active: Uint32Array;
  readonly physics: Uint32Array;
  readonly segments: Float64Array;
}

/** What a table had when it was swept. */
export interface SweptTable {
  /** Orbits with a hit; the first and the last of them, Infinity and -Infinity when there was none. */
  readonly orbits: number;
  readonly orbitFirst: number;
  readonly orbitLast: number;
  /** Numbers of the slots with a row, ascending; none without physics. */
  readonly slots: Float64Array;
  /** What is to be searched for segments, where these are timed by chambers. */
  readonly units: SegmentUnits;
}

/** Hits of a chamber in an orbit, unit by unit; good until the next shard. */
export interface SegmentUnits {
  /** Three numbers a unit: chamber, orbit (units of one orbit are neighbours), first hit. */
  readonly units: Uint32Array;
  readonly channels: Uint8Array;
  /** In the orbit; {@link untimedTick} without a time. */
  readonly ticks: Int32Array;
}

/** Tick of a unit's hit that has no time. */
export const untimedTick = 2 ** 31 - 1;
/** Numbers of a unit. */
export const unitStride = 3;

/** Where the parts of a table begin in its kernel's memory. */
type Places = Readonly<Record<keyof ReturnType<typeof partsOf>, number>>;

interface Layout {
  readonly kernel: Kernel;
  /** Orbits, and with physics hits, of a shard at most. */
  readonly hitsMax: number;
  readonly at: Places;
}

/**
 * The channels seen in each orbit of a shard, and with a plan its physics, in the memory of a kernel; see
 * src/compute/kernel/table.ts. Grows with its orbits and hits, and keeps the memory for the next shard.
 */
export class OrbitTable {
  readonly chambers: number;
  readonly #step: number;
  readonly plan: PhysicsPlan | undefined;
  #layout: Layout;
  /** Hits that the directory is large enough for: it is emptied for each shard, and a small one stays in the cache. */
  #room = stageHits;

  /**
   * @param step how far apart slots of this table are at least: the number of shards
   * @param plan of the physics to count; absent = none
   */
  constructor(chambers: number, step = 1, plan?: PhysicsPlan) {
    this.chambers = chambers;
    this.#step = step;
    this.plan = plan;
    this.#layout = this.#layOut(hitsMaxFirst);
    this.#use(0, 0);
  }

  /** Orbits with a hit or, with physics, a trigger since {@link begin}. */
  get size(): number {
    return this.#layout.kernel.run.entries.value;
  }

  /** How many orbits each chamber saw, added up. */
  get seen(): number {
    return this.#layout.kernel.run.countSeen();
  }

  /** By entry, in the order in which orbits came. */
  get orbits(): Float64Array {
    return new Float64Array(this.#layout.kernel.memory, this.#layout.at.orbits, this.size);
  }

  /** By entry: two words per chamber, the low one first. */
  get masks(): Uint32Array {
    return new Uint32Array(this.#layout.kernel.memory, this.#layout.at.masks, this.size * 2 * this.chambers);
  }

  /**
   * Hits by `chamber * 64 + channel`, orbits by `chamber * 65 + active channels`, the counts of src/compute/physics-block.ts,
   * and those of segments that are timed by triggers, as `SegmentCounts` has them, since the last {@link takeSums}.
   */
  takeSums(): TableSums {
    const { kernel, at } = this.#layout;
    if (this.plan !== undefined) kernel.run.completeSums(at.hits, at.active);
    const take = (start: number, bins: number): Uint32Array => taken(new Uint32Array(kernel.memory, start, bins));
    return {
      hits: take(at.hits, this.chambers * chamberChannels),
      active: take(at.active, this.chambers * activeBins),
      physics: take(at.sums, this.plan === undefined ? 0 : blockLength(this.plan)),
      segments: taken(new Float64Array(kernel.memory, at.segments, segmentNumbers(this.plan))),
    };
  }

  /** Begins a shard, with room for so many hits. The table must have been swept. */
  begin(hits: number): void {
    this.#room = Math.max(hits, stageHits);
    if (hits > this.#layout.hitsMax) this.#grow(hits);
    else this.#use(0, 0);
  }

  /**
   * Takes hits [from, to) of a list.
   *
   * @param bounds `delta` is added to each orbit; those above `watermark` are carried, those not above `closed` late
   * @param take gets what was not counted, in views that are good for the call alone
   */
  close(
    { orbits, keys }: Pick<HitLists, 'orbits' | 'keys'> | HeldBlock,
    { from, to }: { readonly from: number; readonly to: number },
    bounds: { readonly delta: number; readonly closed: number; readonly watermark: number },
    take: (closed: ClosedHits) => void,
  ): void {
    const { delta, closed, watermark } = bounds;
    for (let at = from; at < to; at += stageHits) {
      const count = Math.min(stageHits, to - at);
      const { hitCount } = this.#layout.kernel.run;
      const used = Math.max(this.size, hitCount.value);
      if (used + count > this.#room) this.#makeRoom(used + count);
      const { kernel, at: places } = this.#layout;
      const { stageOrbits, stageKeys, outOrbits, outKeys, hits } = places;
      const { run, memory } = kernel;
      new Float64Array(memory, stageOrbits, count).set(orbits.subarray(at, at + count));
      new Uint32Array(memory, stageKeys, count).set(keys.subarray(at, at + count));
      // prettier-ignore
      const carried = run.closeHits(
        stageOrbits, stageKeys, count, delta, closed, watermark, hits, outOrbits, outKeys,
      );
      const lates = run.lates.value;
      take({
        carriedOrbits: new Float64Array(memory, outOrbits, carried),
        carriedKeys: new Uint32Array(memory, outKeys, carried),
        lateOrbits: new Float64Array(memory, outOrbits + 8 * (count - lates), lates),
        lateKeys: new Uint32Array(memory, outKeys + 4 * (count - lates), lates),
        triggers: run.triggers.value,
      });
    }
  }

  /** Empties the table into the sums. */
  sweep(): SweptTable {
    const { kernel, at } = this.#layout;
    const { run, memory } = kernel;
    run.sweep(at.active);
    const units = this.plan === undefined ? 0 : run.unitCount.value;
    const slots = new Float64Array(memory, at.slots, run.slotCount.value).slice();
    if (run.slotsAscend.value === 0) slots.sort();
    const unitHits = this.plan === undefined ? 0 : run.unitHits.value;
    return {
      orbits: run.orbitCount.value,
      orbitFirst: run.orbitFirst.value,
      orbitLast: run.orbitLast.value,
      slots,
      units: {
        units: new Uint32Array(memory, at.units, units * unitStride),
        channels: new Uint8Array(memory, at.unitChannels, unitHits),
        ticks: new Int32Array(memory, at.unitTicks, unitHits),
      },
    };
  }

  /** Points the kernel at an empty table, with so many hits and chambers that saw an orbit in it. */
  #use(hits: number, touches: number): void {
    const { kernel, at } = this.#layout;
    const { run } = kernel;
    run.useTable(at.directory, placesOf(this.#room), at.orbits, at.masks, this.chambers, this.#step);
    if (this.plan === undefined) return;
    run.useSums(at.sums);
    run.useSegmentCounts(at.segments);
    run.useNotes(at.links, at.linkKeys, at.heads, at.seen, at.earliest, at.touched, hits, touches);
    run.useUnits(at.units, at.unitChannels, at.unitTicks);
    run.useSlots(at.slots, at.slotMasks);
  }

  /** Makes room for so many hits, which a shard has more than it was said to have. */
  #makeRoom(hits: number): void {
    this.#room = Math.max(hits, 2 * this.#room);
    if (this.#room > this.#layout.hitsMax) {
      this.#grow(this.#room);
      return;
    }
    const { size } = this;
    const { run } = this.#layout.kernel;
    this.#use(run.hitCount.value, run.touchedCount.value);
    run.findAgain(size);
  }

  /** Moves into larger memory with room for so many hits, with all that is in it. */
  #grow(hits: number): void {
    const { kernel, at, hitsMax } = this.#layout;
    const { size } = this;
    const hitCount = kernel.run.hitCount.value;
    const touchedCount = kernel.run.touchedCount.value;
    const bytes = partsOf(this.chambers, hitsMax, this.plan);
    this.#layout = this.#layOut(growthFactor * hits);
    const { kernel: larger, at: moved } = this.#layout;
    // What is kept by entry or by hit is moved as far as there are some.
    const perEntry = size / (hitsMax + 1);
    const perHit = hitCount / hitsMax;
    const parts = [
      ...(['hits', 'active', 'sums', 'segments'] as const).map((name) => [name, 1] as const),
      ...(['orbits', 'masks', 'heads', 'seen', 'earliest'] as const).map((name) => [name, perEntry] as const),
      ...(['links', 'linkKeys', 'touched'] as const).map((name) => [name, perHit] as const),
    ];
    for (const [name, share] of parts) {
      const length = Math.ceil(share * bytes[name]);
      new Uint8Array(larger.memory, moved[name], length).set(new Uint8Array(kernel.memory, at[name], length));
    }
    this.#use(hitCount, touchedCount);
    larger.run.findAgain(size);
  }

  #layOut(hitsMax: number): Layout {
    const kernel = new Kernel();
    const at = kernel.regions(partsOf(this.chambers, hitsMax, this.plan));
    usePlan(kernel, this.plan);
    return { kernel, hitsMax, at };
  }
}

function placesOf(hitsMax: number): number {
  return 2 ** Math.ceil(Math.log2(directoryFactor * hitsMax));
}

/** Bytes of each part of a table. */
function partsOf(chambers: number, hitsMax: number, plan: PhysicsPlan | undefined) {
  // One entry stays free: an orbit is written there before it is known to be new.
  const entries = hitsMax + 1;
  const physics = plan === undefined ? 0 : 1;
  const listsAll = plan !== undefined && isTimedByChambers(plan) ? 1 : 0;
  return {
    stageOrbits: 8 * stageHits,
    stageKeys: 4 * stageHits,
    outOrbits: 8 * stageHits,
    outKeys: 4 * stageHits,
    hits: 4 * rowCode.scintillator,
    active: 4 * chambers * activeBins,
    sums: plan === undefined ? 0 : 4 * blockLength(plan),
    directory: 4 * placesOf(hitsMax),
    orbits: 8 * entries,
    masks: 8 * chambers * entries,
    links: physics * 4 * hitsMax,
    linkKeys: physics * 4 * hitsMax,
    touched: physics * 4 * hitsMax,
    heads: physics * 8 * entries,
    seen: physics * 4 * entries,
    earliest: 4 * (plan?.sets ?? 0) * entries,
    slots: physics * 8 * entries,
    slotMasks: physics * 8 * chambers * entries,
    segments: 8 * segmentNumbers(plan),
    units: listsAll * 4 * unitStride * hitsMax,
    unitChannels: listsAll * hitsMax,
    unitTicks: physics * 4 * tickFactor * hitsMax,
  };
}

function usePlan({ run }: Kernel, plan: PhysicsPlan | undefined): void {
  if (plan === undefined) {
    run.usePlan(false, false, false, 0, 0, 1, 0);
    return;
  }
  const { sets, orbitTicks, ticksBin, bins, tickNs, velocityUmNs, slopeMax, sigmaXUm, chi2Three } = plan;
  run.usePlan(true, isTimedByTriggers(plan), isTimedByChambers(plan), sets, orbitTicks, ticksBin, bins);
  const limits = sumLimits(plan);
  run.useSegments(tickNs, velocityUmNs, limits.four, limits.three, slopeMax, sigmaXUm ** 2, chi2Three);
  plan.triggers.forEach((trigger, index) => {
    run.useTrigger(index, trigger.isTime, trigger.sets);
  });
  plan.chambers.forEach(({ set, windowFirst, windowLast, tickFirst, t0Ns, channels }, chamber) => {
    run.useChamber(chamber, set, windowFirst, windowLast, tickFirst);
    run.useCells(chamber, t0Ns, channels / chamberLayers);
  });
}

/** Whether segments are searched, after triggers: by the kernel. */
function isTimedByTriggers({ isFull, time }: PhysicsPlan): boolean {
  return isFull && time === 'trigger';
}

/** Whether segments are searched, at the time that their chambers have seen: by `SegmentSums`. */
export function isTimedByChambers({ isFull, time }: PhysicsPlan): boolean {
  return isFull && time === 'chambers';
}

/** Counts of segments that the kernel has. */
function segmentNumbers(plan: PhysicsPlan | undefined): number {
  return plan !== undefined && isTimedByTriggers(plan) ? plan.chambers.length * segmentCountsSize : 0;
}

/** A copy of counts, which become 0. */
function taken<Counts extends Uint32Array | Float64Array>(counts: Counts): Counts {
  const copy = counts.slice() as Counts;
  counts.fill(0);
  return copy;
}
