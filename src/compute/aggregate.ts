import { chamberChannels } from '../domain/geometry.js';
import { rowCode } from '../domain/row-code.js';
import { type HitLists, viewHitLists } from './hit-lists.js';
import { OrbitDetailCollector } from './orbit-detail.js';
import type { OrbitTable } from './orbit-table.js';
import { stretchRows } from './stretch.js';
import type { AggregateResult, AggregateTask } from './tasks.js';

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
      const lists = viewHitLists(shard.carried);
      count = closeSlice(
        task,
        { lists, from: 0, to: shard.carriedCount, delta: 0, replayed: false },
        table,
        sums,
        out,
        0,
      );
    }
    for (const slice of shard.slices) {
      count = closeSlice(task, { ...slice, lists: viewHitLists(slice.lists) }, table, sums, out, count);
    }
    sweep(table, sums, detail);
    return count;
  });
  for (let chamber = 0; chamber < chambers; chamber++) sums.active[chamber * activeBins] = 0;
  return { ...sums, lateOrbits: sums.lateOrbits.size, carried, detail: detail === undefined ? [] : detail.detail };
}

interface OpenSlice {
  readonly lists: HitLists;
  readonly from: number;
  readonly to: number;
  readonly delta: number;
  readonly replayed: boolean;
}

/** Takes one slice; returns the number of hits carried so far. */
function closeSlice(
  task: AggregateTask,
  slice: OpenSlice,
  table: OrbitTable,
  sums: Sums,
  out: HitLists,
  carriedBefore: number,
): number {
  let carried = carriedBefore;
  for (let from = slice.from; from < slice.to; from += stretchRows) {
    const to = Math.min(slice.to, from + stretchRows);
    table.reserve(to - from);
    carried = closeHits(task, { ...slice, from, to }, table, sums, out, carried);
  }
  return carried;
}

/** The hot loop. */
function closeHits(
  { closed, watermark }: AggregateTask,
  { lists, from, to, delta, replayed }: OpenSlice,
  table: OrbitTable,
  sums: Sums,
  out: HitLists,
  carriedBefore: number,
): number {
  const { orbits, codes } = lists;
  const { hits, active } = sums;
  const { scintillator } = rowCode;
  let carried = carriedBefore;
  let scintillators = 0;
  for (let at = from; at < to; at++) {
    const orbit = orbits[at] + delta;
    const code = codes[at];
    if (orbit > watermark) {
      out.orbits[carried] = orbit;
      out.codes[carried] = code;
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

/** Counts the orbits in the table by their active channels and empties it. */
function sweep(table: OrbitTable, sums: Sums, detail: OrbitDetailCollector | undefined): void {
  const { keys, size } = table;
  let { orbitFirst, orbitLast } = sums;
  for (let entry = 0; entry < size; entry++) {
    const orbit = keys[entry];
    if (orbit < orbitFirst) orbitFirst = orbit;
    if (orbit > orbitLast) orbitLast = orbit;
  }
  detail?.addAll(table);
  sums.orbitFirst = orbitFirst;
  sums.orbitLast = orbitLast;
  sums.orbits += size;
  table.clear();
}
