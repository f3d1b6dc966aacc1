import { chamberChannels } from '../domain/geometry.js';
import { rowCode } from '../domain/row-code.js';
import { type HitLists, viewHitLists } from './hit-lists.js';
import { OrbitDetailCollector } from './orbit-detail.js';
import type { OrbitTable } from './orbit-table.js';
import { stretchRows } from './stretch.js';
import type { AggregateResult, AggregateTask, HitSlice } from './tasks.js';

const activeBins = chamberChannels + 1;

/** What the hits of a task add up to, while it runs. */
interface Sums {
  readonly hits: Uint32Array;
  readonly active: Uint32Array;
  scintillator: number;
  lateHits: number;
  readonly lateOrbits: Set<number>;
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
 * @param table scratch, empty before and after
 */
export function aggregateShards(task: AggregateTask, table: OrbitTable): AggregateResult {
  const { chambers } = table;
  const sums: Sums = {
    hits: new Uint32Array(chambers * chamberChannels),
    active: new Uint32Array(chambers * activeBins),
    scintillator: 0,
    lateHits: 0,
    lateOrbits: new Set(),
    orbits: 0,
    orbitFirst: Infinity,
    orbitLast: -Infinity,
  };
  const detail = task.detailMax > 0 ? new OrbitDetailCollector(chambers, task.detailMax) : undefined;
  const carried = task.shards.map((shard) => {
    const out = viewHitLists(shard.carryOut);
    let count = 0;
    if (shard.carried !== undefined) {
      const slice = { lists: shard.carried, from: 0, to: shard.carriedCount, delta: 0, replayed: false };
      count = closeSlice(task, slice, table, sums, out, count);
    }
    for (const slice of shard.slices) count = closeSlice(task, slice, table, sums, out, count);
    sweep(table, sums, detail);
    return count;
  });
  for (let chamber = 0; chamber < chambers; chamber++) sums.active[chamber * activeBins] = 0;
  return { ...sums, lateOrbits: sums.lateOrbits.size, carried, detail: detail === undefined ? [] : detail.detail };
}

/** Takes one slice; returns the number of hits carried so far. */
function closeSlice(
  { closed, watermark }: AggregateTask,
  { lists, from, to, delta, replayed }: HitSlice,
  table: OrbitTable,
  sums: Sums,
  out: HitLists,
  carriedBefore: number,
): number {
  const view = viewHitLists(lists);
  let carried = carriedBefore;
  for (let at = from; at < to; at += stretchRows) {
    // Objects of one shape: the hot loop is compiled for it.
    const stretch = { from: at, to: Math.min(to, at + stretchRows), delta, replayed, closed, watermark };
    table.reserve(stretch.to - at);
    carried = closeHits(view, stretch, table, sums, out, carried);
  }
  return carried;
}

/** Rows of a slice and what to do with them. */
interface OpenStretch {
  readonly from: number;
  readonly to: number;
  readonly delta: number;
  readonly replayed: boolean;
  readonly closed: number;
  readonly watermark: number;
}

/** The hot loop. */
function closeHits(
  { orbits, codes }: HitLists,
  { from, to, delta, replayed, closed, watermark }: OpenStretch,
  table: OrbitTable,
  sums: Sums,
  { orbits: carriedOrbits, codes: carriedCodes }: HitLists,
  carriedBefore: number,
): number {
  const { hits, active } = sums;
  const { scintillator } = rowCode;
  let carried = carriedBefore;
  let scintillators = 0;
  for (let at = from; at < to; at++) {
    const orbit = orbits[at] + delta;
    const code = codes[at];
    if (orbit > watermark) {
      carriedOrbits[carried] = orbit;
      carriedCodes[carried] = code;
      carried++;
    } else if (orbit <= closed) {
      if (!replayed) countLate(sums, orbit, code);
    } else if (code === scintillator) {
      scintillators++;
    } else {
      hits[code]++;
      table.add(orbit, code, active);
    }
  }
  sums.scintillator += scintillators;
  return carried;
}

function countLate(sums: Sums, orbit: number, code: number): void {
  if (code === rowCode.scintillator) {
    sums.scintillator++;
    return;
  }
  sums.hits[code]++;
  sums.lateHits++;
  sums.lateOrbits.add(orbit);
}

/** Takes what is left to know from the table and empties it. */
function sweep(table: OrbitTable, sums: Sums, detail: OrbitDetailCollector | undefined): void {
  const { keys, size } = table;
  for (let from = 0; from < size; from += stretchRows) widenRange(sums, keys, from, Math.min(size, from + stretchRows));
  detail?.addAll(table);
  sums.orbits += size;
  table.clear();
}

function widenRange(sums: Sums, orbits: Float64Array, from: number, to: number): void {
  let { orbitFirst, orbitLast } = sums;
  for (let at = from; at < to; at++) {
    const orbit = orbits[at];
    if (orbit < orbitFirst) orbitFirst = orbit;
    if (orbit > orbitLast) orbitLast = orbit;
  }
  sums.orbitFirst = orbitFirst;
  sums.orbitLast = orbitLast;
}
