import type { ChunkOrbitSummary } from '../domain/orbit-clock.js';
import { rowKinds } from '../domain/row-code.js';
import type { HitLists } from './hit-lists.js';
import type { RowBlock } from './row-block.js';
import { orbitIndexStride } from './row-block.js';

/** Where the rows of a chunk went, beside the lists themselves. */
export interface RoutedRows extends ChunkOrbitSummary {
  readonly rows: number;
  /** Start of each shard's list, then of the others', then the number of rows. */
  readonly starts: Uint32Array;
  /** Rows of each kind that is no hit, by `code - rowCode.scintillator`. */
  readonly kinds: Uint32Array;
  /** Largest relative orbit before every {@link orbitIndexStride}th row, -Infinity where there is none. */
  readonly maxBefore: Float64Array;
}

/**
 * Routes decoded rows into the lists of `shards` shards by orbit, so that an orbit is whole in one shard, and extends
 * their orbits relative to the chunk's first. Guarded by benchmarks/stages.ts.
 *
 * ```
 *  block, row order            lists, by shard
 *  orbit 7  7  8  9  7   ──►   0: 8      1: 7 7 9 7   (2 shards)
 * ```
 */
export function routeRows(block: RowBlock, shards: number, lists: HitLists): RoutedRows {
  const { at, kernel, rows, orbits } = block;
  const { run, memory } = kernel;
  const first = run.findFirst(at.codes, rows);
  const { shardOf, next, listOrbits, listRows, listCodes, maxBefore } = at;
  // prettier-ignore
  run.routeRows(
    at.orbits, at.codes, rows, shards, shardOf, first,
    next, listOrbits, listRows, listCodes, maxBefore, orbitIndexStride,
  );
  const starts = new Uint32Array(shards + 2);
  starts.set(new Uint32Array(memory, next, shards + 1), 1);
  lists.orbits.set(new Float64Array(memory, listOrbits, starts[shards]));
  lists.rows.set(new Uint32Array(memory, listRows, rows));
  lists.codes.set(new Uint16Array(memory, listCodes, rows));

  const kinds = new Uint32Array(memory, at.kinds, rowKinds);
  kinds.fill(0);
  kinds[0] = run.scintillatorRows.value;
  run.countKinds(listCodes + 2 * starts[shards], rows - starts[shards], at.kinds);
  const isEmpty = first === rows;
  const firstRaw = isEmpty ? -1 : orbits[first];
  return {
    rows,
    starts,
    kinds: kinds.slice(),
    maxBefore: new Float64Array(memory, maxBefore, Math.ceil(rows / orbitIndexStride)).slice(),
    clockRows: starts[shards],
    firstRaw,
    last: isEmpty ? 0 : firstRaw + run.lastOrbit.value,
    min: isEmpty ? Infinity : firstRaw + run.lowestOrbit.value,
    max: isEmpty ? -Infinity : firstRaw + run.highestOrbit.value,
    stepped: run.isStepped.value !== 0,
  };
}
