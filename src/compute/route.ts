import { clockStepMax, type ClockStretch } from '../domain/orbit-clock.js';
import { rowCode } from '../domain/row-code.js';
import type { HitLists } from './hit-lists.js';
import type { RowBlock } from './row-block.js';
import { stretchRows } from './stretch.js';

/** Where the rows of a chunk went, beside the lists themselves. */
export interface RoutedRows extends ClockStretch {
  readonly rows: number;
  /** Start of each shard's list, then of the others', then the number of rows. */
  readonly starts: Uint32Array;
  /** Rows of each kind that is no hit, by `code - rowCode.scintillator`. */
  readonly kinds: Uint32Array;
  /** Largest relative orbit before every {@link stretchRows}th row, -Infinity where there is none. */
  readonly maxBefore: Float64Array;
}

/** Most that orbits of one chunk may be apart without going through the clock one by one: well below 2^31. */
const spanMax = 2 ** 30;

const rowKinds = rowCode.rejectedRange - rowCode.scintillator + 1;

/**
 * Routes decoded rows into the lists of `shards` shards by orbit, so that an orbit is whole in one shard, and extends
 * their orbits relative to the chunk's first. Guarded by bench/stages.ts.
 *
 * ```
 *  block, row order            lists, by shard
 *  orbit 7  7  8  9  7   ──►   0: 8      1: 7 7 9 7   (2 shards)
 * ```
 *
 * The loops have no branch that depends on a row: which row is no hit, or has another orbit than the one before, is
 * too random to be predicted, and a wrong guess costs more than either way.
 *
 * @param shardOf scratch of one entry a row
 */
export function routeRows(block: RowBlock, shards: number, shardOf: Uint16Array, lists: HitLists): RoutedRows {
  const { rows, codes, orbits } = block;
  const kinds = new Uint32Array(rowKinds);
  const starts = new Uint32Array(shards + 2);
  for (let from = 0; from < rows; from += stretchRows) {
    assignLists(block, from, Math.min(rows, from + stretchRows), shards, shardOf, starts, kinds);
  }
  for (let list = 0; list <= shards; list++) starts[list + 1] += starts[list];

  const found = codes.subarray(0, rows).findIndex((code) => code <= rowCode.scintillator);
  const first = found < 0 ? rows : found;
  const walk: OrbitWalk = { firstRaw: found < 0 ? -1 : orbits[first], orbit: 0, min: 0, max: 0, stepped: false };
  const { firstRaw } = walk;
  const maxBefore = new Float64Array(Math.ceil(rows / stretchRows));
  const next = starts.slice();
  for (let from = 0; from < rows; from += stretchRows) {
    maxBefore[from / stretchRows] = from > first ? firstRaw + walk.max : -Infinity;
    scatter(block, from, Math.min(rows, from + stretchRows), shardOf, lists, next, walk);
  }
  for (let at = starts[shards]; at < rows; at++) kinds[lists.codes[at] - rowCode.scintillator]++;

  const { orbit, stepped } = walk;
  const [last, min, max] =
    found < 0 ? [0, Infinity, -Infinity] : [firstRaw + orbit, firstRaw + walk.min, firstRaw + walk.max];
  return { rows, starts, kinds, maxBefore, clockRows: starts[shards], firstRaw, last, min, max, stepped };
}

/**
 * Finds the list of each row in [from, to), that of the others for all rows that are no clock rows; counts the rows of
 * each list, one entry up, and the scintillator rows.
 */
function assignLists(
  { orbits, codes }: RowBlock,
  from: number,
  to: number,
  shards: number,
  shardOf: Uint16Array,
  counts: Uint32Array,
  kinds: Uint32Array,
): void {
  const { scintillator } = rowCode;
  let scintillators = 0;
  for (let row = from; row < to; row++) {
    const code = codes[row];
    scintillators = (scintillators + (((code ^ scintillator) - 1) >>> 31)) | 0;
    const other = (scintillator - code) >> 31;
    // Both unsigned: a remainder of integers, not of doubles.
    const list = ((orbits[row] % (shards >>> 0)) & ~other) | (shards & other);
    shardOf[row] = list;
    counts[list + 1]++;
  }
  kinds[0] += scintillators;
}

/** Where the orbits of a chunk went so far: 32-bit integers relative to the first, `firstRaw`. */
interface OrbitWalk {
  readonly firstRaw: number;
  orbit: number;
  min: number;
  max: number;
  stepped: boolean;
}

/** Copies each row in [from, to) to the next free place of its list. */
function scatter(
  { orbits, codes }: RowBlock,
  from: number,
  to: number,
  shardOf: Uint16Array,
  lists: HitLists,
  next: Uint32Array,
  walk: OrbitWalk,
): void {
  const { orbits: listOrbits, rows: listRows, codes: listCodes } = lists;
  const { scintillator } = rowCode;
  const { firstRaw } = walk;
  const base = firstRaw | 0;
  let { orbit, min, max, stepped } = walk;
  for (let row = from; row < to; row++) {
    const code = codes[row];
    // A row without an orbit of its own stands where the one before it does.
    const step = ((orbits[row] | 0) - base - orbit) & ~((scintillator - code) >> 31);
    orbit = (orbit + step) | 0;
    const below = (orbit - min) | 0;
    const above = (orbit - max) | 0;
    min = (min + (below & (below >> 31))) | 0;
    max = (max + (above & ~(above >> 31))) | 0;
    if (isBeyond(step, clockStepMax) || isBeyond(orbit, spanMax)) stepped = true;
    const place = next[shardOf[row]]++;
    listRows[place] = row;
    listCodes[place] = code;
    listOrbits[place] = firstRaw + orbit;
  }
  walk.orbit = orbit;
  walk.min = min;
  walk.max = max;
  walk.stepped = stepped;
}

/** Whether a 32-bit integer is outside [-limit, limit]. */
function isBeyond(value: number, limit: number): boolean {
  return (value + limit) >>> 0 > 2 * limit;
}
