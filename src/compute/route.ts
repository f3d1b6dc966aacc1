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
}

const rowKinds = rowCode.rejectedRange - rowCode.scintillator + 1;

/**
 * Routes decoded rows into the lists of `shards` shards by orbit, so that an orbit is whole in one shard, and extends
 * their orbits relative to the chunk's first. Guarded by bench/direct.ts.
 *
 * ```
 *  block, row order            lists, by shard
 *  orbit 7  7  8  9  7   ──►   0: 8      1: 7 7 9 7   (2 shards)
 * ```
 *
 * @param shardOf scratch of one byte a row
 */
export function routeRows(block: RowBlock, shards: number, shardOf: Uint8Array, lists: HitLists): RoutedRows {
  const { orbits, codes, rows } = block;
  const counts = new Uint32Array(shards + 1);
  const kinds = new Uint32Array(rowKinds);
  let lastRaw = -1;
  let shard = 0;
  for (let row = 0; row < rows; row++) {
    const code = codes[row];
    if (code >= rowCode.scintillator) {
      kinds[code - rowCode.scintillator]++;
      if (code > rowCode.scintillator) {
        shardOf[row] = shards;
        counts[shards]++;
        continue;
      }
    }
    const raw = orbits[row];
    // Neighbours mostly share their orbit: the division is spared.
    if (raw !== lastRaw) {
      lastRaw = raw;
      shard = raw % shards;
    }
    shardOf[row] = shard;
    counts[shard]++;
  }

  const starts = new Uint32Array(shards + 2);
  for (let list = 0; list <= shards; list++) starts[list + 1] = starts[list] + counts[list];
  const next = starts.slice(0, shards + 1);
  const stretch = scatter(block, shards, shardOf, lists, next);
  return { rows, starts, kinds, clockRows: rows - counts[shards], ...stretch };
}

/** Copies each row to the next free place of its list. */
function scatter(
  block: RowBlock,
  shards: number,
  shardOf: Uint8Array,
  lists: HitLists,
  next: Uint32Array,
): Omit<ClockStretch, 'clockRows'> {
  const { orbits, codes, rows } = block;
  let firstRaw = -1;
  let last = 0;
  let lastRaw = 0;
  let min = Infinity;
  let max = -Infinity;
  let stepped = false;
  for (let row = 0; row < rows; row++) {
    const shard = shardOf[row];
    const place = next[shard]++;
    lists.rows[place] = row;
    lists.codes[place] = codes[row];
    if (shard === shards) continue;
    const raw = orbits[row];
    if (raw !== lastRaw || firstRaw < 0) {
      if (firstRaw < 0) {
        firstRaw = raw;
        last = raw;
      } else {
        const step = (raw - lastRaw) | 0;
        if (step > clockStepMax || step < -clockStepMax) stepped = true;
        last += step;
      }
      lastRaw = raw;
      if (last < min) min = last;
      if (last > max) max = last;
    }
    lists.orbits[place] = last;
  }
  return { firstRaw, last, min, max, stepped };
}
