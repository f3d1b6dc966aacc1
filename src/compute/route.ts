import { clockStepMax, type ClockStretch } from '../domain/orbit-clock.js';
import { rowCode } from '../domain/row-code.js';
import type { HitLists } from './hit-lists.js';
import type { RowBlock } from './row-block.js';

/** Where the rows of a chunk went, beside the lists themselves. */
export interface RoutedRows extends ClockStretch {
  readonly rows: number;
  /** Start of each shard's list, then of the others', then the number of rows. */
  readonly starts: Uint32Array;
  /** Rows of each kind that is no hit, by `code - rowCode.scintillator`. */
  readonly kinds: Uint32Array;
  /** Largest relative orbit before every {@link maxStrideRows}th row, -Infinity where there is none. */
  readonly maxBefore: Float64Array;
}

/** A batch that ends within a chunk looks at fewer rows than this one by one. */
export const maxStrideRows = 256;

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
  const { rows } = block;
  const kinds = new Uint32Array(rowKinds);
  const starts = listStarts(block, shards, shardOf, kinds);
  const maxBefore = new Float64Array(Math.ceil(rows / maxStrideRows));
  const stretch = scatter(block, shardOf, lists, starts.slice(), maxBefore);
  for (let at = starts[shards]; at < rows; at++) kinds[lists.codes[at] - rowCode.scintillator]++;
  return { rows, starts, kinds, maxBefore, clockRows: starts[shards], ...stretch };
}

/**
 * Fills `shardOf`, with `shards` for all rows that are no clock rows, and counts scintillator rows.
 *
 * @returns where each list starts
 */
function listStarts(
  { orbits, codes, rows }: RowBlock,
  shards: number,
  shardOf: Uint16Array,
  kinds: Uint32Array,
): Uint32Array {
  const starts = new Uint32Array(shards + 2);
  const { scintillator } = rowCode;
  for (let row = 0; row < rows; row++) {
    const code = codes[row];
    kinds[0] += ((code ^ scintillator) - 1) >>> 31;
    const other = (scintillator - code) >> 31;
    // Both unsigned: a remainder of integers, not of doubles.
    const list = ((orbits[row] % (shards >>> 0)) & ~other) | (shards & other);
    shardOf[row] = list;
    starts[list + 1]++;
  }
  for (let list = 0; list <= shards; list++) starts[list + 1] += starts[list];
  return starts;
}

/** Copies each row to the next free place of its list. */
function scatter(
  { orbits, codes, rows }: RowBlock,
  shardOf: Uint16Array,
  lists: HitLists,
  next: Uint32Array,
  maxBefore: Float64Array,
): Omit<ClockStretch, 'clockRows'> {
  const { orbits: listOrbits, rows: listRows, codes: listCodes } = lists;
  const { scintillator } = rowCode;
  const found = codes.subarray(0, rows).findIndex((code) => code <= scintillator);
  const first = found < 0 ? rows : found;
  const firstRaw = found < 0 ? -1 : orbits[first];
  // Orbits relative to the first, as 32-bit integers.
  const base = firstRaw | 0;
  let orbit = 0;
  let min = 0;
  let max = 0;
  let stepped = false;
  for (let from = 0; from < rows; from += maxStrideRows) {
    maxBefore[from / maxStrideRows] = from > first ? firstRaw + max : -Infinity;
    const to = Math.min(rows, from + maxStrideRows);
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
  }
  if (first === rows) return { firstRaw, last: 0, min: Infinity, max: -Infinity, stepped };
  return { firstRaw, last: firstRaw + orbit, min: firstRaw + min, max: firstRaw + max, stepped };
}

/** Whether a 32-bit integer is outside [-limit, limit]. */
function isBeyond(value: number, limit: number): boolean {
  return (value + limit) >>> 0 > 2 * limit;
}
