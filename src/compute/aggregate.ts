import { rowCode } from '../domain/row-code.js';
import { type HitLists, viewHeldBlock, viewHitLists } from './hit-lists.js';
import { OrbitDetailCollector } from './orbit-detail.js';
import { activeBins, type ClosedHits, type OrbitTable } from './orbit-table.js';
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
 *
 * @param table scratch, empty before and after
 */
export function aggregateShards(task: AggregateTask, table: OrbitTable): AggregateResult {
  const { chambers } = table;
  const sums: Sums = {
    late: new Map(),
    lateOrbits: new Set(),
    scintillator: 0,
    orbits: 0,
    orbitFirst: Infinity,
    orbitLast: -Infinity,
  };
  const detail = task.detailMax > 0 ? new OrbitDetailCollector(chambers, task.detailMax) : undefined;
  const carried = task.shards.map((shard) => closeShard(task, shard, table, sums, detail));
  const { hits, active } = table.takeSums();
  let lateHits = 0;
  for (const [code, count] of sums.late) {
    hits[code] += count;
    lateHits += count;
  }
  for (let chamber = 0; chamber < chambers; chamber++) active[chamber * activeBins] = 0;
  const { scintillator, lateOrbits, orbits, orbitFirst, orbitLast } = sums;
  return {
    ...{ hits, active, scintillator, lateHits, lateOrbits: lateOrbits.size, orbits, orbitFirst, orbitLast, carried },
    detail: detail === undefined ? [] : detail.detail,
  };
}

/** Closes the same shards for one batch after the other: each continues from the carried hits of the one before. */
export function aggregateChain(tasks: readonly AggregateTask[], table: OrbitTable): AggregateResult[] {
  const results: AggregateResult[] = [];
  for (const task of tasks) {
    const before = results.at(-1)?.carried;
    const shards = task.shards.map((shard, index) => ({
      ...shard,
      carriedCount: before?.[index] ?? shard.carriedCount,
    }));
    results.push(aggregateShards({ ...task, shards }, table));
  }
  return results;
}

/** Closes one shard; returns how many hits it carries. */
function closeShard(
  { closed, watermark }: AggregateTask,
  { carried, carriedCount, slices, carryOut }: ShardInput,
  table: OrbitTable,
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
      sums.scintillator += rest.scintillators;
      if (!replayed && !isHeld) countLate(rest, sums);
    });
  }
  sums.orbits += table.size;
  detail?.addAll(table);
  const { orbitFirst, orbitLast } = table.sweep();
  sums.orbitFirst = Math.min(sums.orbitFirst, orbitFirst);
  sums.orbitLast = Math.max(sums.orbitLast, orbitLast);
  return count;
}

/** Appends to the carried hits, of which there are so many before. */
function carry({ carriedOrbits, carriedCodes }: ClosedHits, out: HitLists, before: number): void {
  out.orbits.set(carriedOrbits, before);
  out.codes.set(carriedCodes, before);
}

function countLate({ lateOrbits, lateCodes }: ClosedHits, sums: Sums): void {
  lateCodes.forEach((code, index) => {
    if (code === rowCode.scintillator) {
      sums.scintillator++;
      return;
    }
    sums.late.set(code, (sums.late.get(code) ?? 0) + 1);
    sums.lateOrbits.add(lateOrbits[index]);
  });
}
