import { layerOf } from '../domain/geometry.js';
import { codeOfKey } from '../domain/row-key.js';
import { isTriggerCode } from '../domain/row-code.js';
import { type HitLists, viewHeldBlock, viewHitLists } from './hit-lists.js';
import { mergedPair } from './number-lists.js';
import type { OrbitDetailCollector } from './orbit-detail.js';
import { activeBins, type ClosedHits, type OrbitTable } from './orbit-table.js';
import type { SegmentSums } from './segment-sums.js';
import type { AggregateResult, AggregateTask, HitSlice, ShardInput } from './tasks.js';

/** What the hits of a task add up to, beside the sums of its table. */
interface Sums {
  /** Late hits by `chamber * 64 + channel`. */
  readonly late: Map<number, number>;
  readonly lateOrbits: Set<number>;
  scintillator: number;
  orbits: number;
  orbitFirst: number;
  orbitLast: number;
  /** Slots with a row, ascending. */
  slots: Float64Array;
}

/** Where a thread counts; empty before and after a task. */
export interface AggregateScratch {
  readonly table: OrbitTable;
  readonly detail: OrbitDetailCollector;
  /** Absent unless segments are timed by chambers. */
  readonly segments?: SegmentSums | undefined;
}

/**
 * Closes shards up to the watermark: hits at or below it are counted, those above it are carried.
 *
 * ```
 *   … late │ published now │ carried …      orbit ──►
 *        closed        watermark
 * ```
 *
 * Guarded by benchmarks/stages.ts.
 */
export function aggregateShards(task: AggregateTask, scratch: AggregateScratch): AggregateResult {
  const { table, segments } = scratch;
  const { chambers } = table;
  const sums: Sums = {
    late: new Map(),
    lateOrbits: new Set(),
    scintillator: 0,
    orbits: 0,
    orbitFirst: Infinity,
    orbitLast: -Infinity,
    slots: new Float64Array(0),
  };
  const { detailOut } = task;
  const detail = detailOut && scratch.detail;
  detail?.begin(task.detailMax);
  const carried = task.shards.map((shard) => closeShard(task, shard, scratch, sums, detail));
  const { hits, active, physics, segments: timedByTriggers } = table.takeSums();
  const layers = table.plan === undefined ? new Uint32Array(0) : layersOf(hits, chambers);
  let lateHits = 0;
  for (const [code, count] of sums.late) {
    hits[code] += count;
    lateHits += count;
  }
  for (let chamber = 0; chamber < chambers; chamber++) active[chamber * activeBins] = 0;
  const { scintillator, lateOrbits, orbits, orbitFirst, orbitLast } = sums;
  return {
    ...{ hits, active, scintillator, lateHits, lateOrbits: lateOrbits.size, orbits, orbitFirst, orbitLast, carried },
    detail: detailOut === undefined ? [] : scratch.detail.take(detailOut),
    physics: {
      counts: physics,
      layers,
      slots: sums.slots,
      segments: segments?.take() ?? timedByTriggers,
    },
  };
}

/** Closes the same shards for one batch after the other: each continues from the carried hits of the one before. */
export function aggregateChain(tasks: readonly AggregateTask[], scratch: AggregateScratch): AggregateResult[] {
  const results: AggregateResult[] = [];
  let listed = 0;
  for (const task of tasks) {
    const before = results.at(-1)?.carried;
    const shards = task.shards.map((shard, index) => ({
      ...shard,
      carriedCount: before?.[index] ?? shard.carriedCount,
    }));
    const result = aggregateShards({ ...task, shards, detailOut: task.detailOut?.subarray(listed) }, scratch);
    for (const { length } of result.detail ?? []) listed += length;
    results.push(result);
  }
  return results;
}

/** Closes one shard; returns how many hits it carries. */
function closeShard(
  { closed, watermark }: AggregateTask,
  { carried, carriedCount, slices, carryOut }: ShardInput,
  { table, segments }: AggregateScratch,
  sums: Sums,
  detail: OrbitDetailCollector | undefined,
): number {
  const inputs: readonly HitSlice[] =
    carried === undefined
      ? slices
      : [{ lists: carried, from: 0, to: carriedCount, delta: 0, replayed: false }, ...slices];
  const out = carryOut && viewHitLists(carryOut);
  let count = 0;
  // Held hits may be many more than their orbits: with these the table grows.
  table.begin(inputs.reduce((total, { from, to, isHeld }) => (isHeld === true ? total : total + to - from), 0));
  for (const { lists, from, to, delta, replayed, isHeld = false } of inputs) {
    const hits = isHeld ? viewHeldBlock(lists) : viewHitLists(lists);
    table.close(hits, { from, to }, { delta, closed, watermark }, (rest) => {
      if (out !== undefined) carry(rest, out, count);
      count += rest.carriedOrbits.length;
      sums.scintillator += rest.triggers;
      if (!replayed && !isHeld) countLate(rest, sums);
    });
  }
  detail?.addAll(table);
  const { orbits, orbitFirst, orbitLast, slots, units } = table.sweep();
  sums.orbits += orbits;
  sums.orbitFirst = Math.min(sums.orbitFirst, orbitFirst);
  sums.orbitLast = Math.max(sums.orbitLast, orbitLast);
  sums.slots = sums.slots.length === 0 ? slots : mergedPair(sums.slots, slots);
  segments?.add(units);
  return count;
}

/** Appends to the carried hits, of which there are so many before. */
function carry({ carriedOrbits, carriedKeys }: ClosedHits, out: HitLists, before: number): void {
  out.orbits.set(carriedOrbits, before);
  out.keys.set(carriedKeys, before);
}

function countLate({ lateOrbits, lateKeys }: ClosedHits, sums: Sums): void {
  lateKeys.forEach((key, index) => {
    const code = codeOfKey(key);
    if (isTriggerCode(code)) {
      sums.scintillator++;
      return;
    }
    sums.late.set(code, (sums.late.get(code) ?? 0) + 1);
    sums.lateOrbits.add(lateOrbits[index]);
  });
}

/** Hits by `chamber * 4 + layer`. */
function layersOf(hits: Uint32Array, chambers: number): Uint32Array {
  const layers = new Uint32Array(4 * chambers);
  for (let code = 0; code < hits.length; code++) layers[4 * (code >> 6) + layerOf(code & 63)] += hits[code];
  return layers;
}
