import type { OrbitStretch } from '../domain/orbit-clock.js';
import { rowKinds } from '../domain/row-code.js';
import type { HitLists } from './hit-lists.js';
import type { RowBlock } from './row-block.js';
import { orbitIndexStride, stepsMax, stretchStride } from './row-block.js';

/** Where the rows of a chunk went, beside the lists themselves. */
export interface RoutedRows {
  readonly rows: number;
  /** Start of each shard's list, then of the others', then the number of rows. */
  readonly starts: Uint32Array;
  /** Rows of each kind that is no hit, see `kindOf`. */
  readonly kinds: Uint32Array;
  /** Raw orbit of the first hit or scintillator row, to which orbits are relative; 0 without one. */
  readonly base: number;
  /** Largest relative orbit of its stretch before every {@link orbitIndexStride}th row, -Infinity where there is none. */
  readonly maxBefore: Float64Array;
  /** {@link stretchStride} numbers each, see {@link stretchOf}; in the order of rows. */
  readonly stretches: Int32Array;
}

/** A stretch of a chunk, and where it begins. */
export interface ChunkStretch extends OrbitStretch {
  readonly row: number;
  /** Whether there are steps in it: there are more than {@link stepsMax} in the chunk. */
  readonly isStepped: boolean;
}

/**
 * Routes decoded rows into the lists of `shards` shards by slot, so that a slot is whole in one shard, and extends
 * their orbits relative to the chunk's first. Guarded by benchmarks/stages.ts.
 *
 * ```
 *  block, row order                 lists, by shard
 *  orbit 63  63  64  128  63   ──►  0: 63 63 128 63    1: 64   (2 shards)
 * ```
 *
 * @param partRows first row of each part of the chunk, 0 first: rows of different partitions are no neighbours
 */
export function routeRows(
  block: RowBlock,
  shards: number,
  lists: HitLists,
  partRows: Uint32Array = onePart,
): RoutedRows {
  const { at, kernel, rows, orbits } = block;
  const { run, memory } = kernel;
  const first = run.findFirst(at.keys, rows);
  const { shardOf, next, listOrbits, listRows, listKeys, maxBefore } = at;
  new Uint32Array(memory, at.partRows, partRows.length).set(partRows);
  // prettier-ignore
  const stretches = run.routeRows(
    at.orbits, at.keys, rows, shards, shardOf, first,
    next, listOrbits, listRows, listKeys, maxBefore, orbitIndexStride,
    at.partRows, partRows.length, at.stretches, stepsMax,
  );
  const starts = new Uint32Array(shards + 2);
  starts.set(new Uint32Array(memory, next, shards + 1), 1);
  lists.orbits.set(new Float64Array(memory, listOrbits, starts[shards]));
  lists.rows.set(new Uint32Array(memory, listRows, rows));
  lists.keys.set(new Uint32Array(memory, listKeys, rows));

  const kinds = new Uint32Array(memory, at.kinds, rowKinds);
  kinds.fill(0);
  kinds[0] = run.triggerRows.value;
  run.countKinds(listKeys + 4 * starts[shards], rows - starts[shards], at.kinds);
  return {
    rows,
    starts,
    kinds: kinds.slice(),
    base: first === rows ? 0 : orbits[first],
    maxBefore: new Float64Array(memory, maxBefore, Math.ceil(rows / orbitIndexStride)).slice(),
    stretches: new Int32Array(memory, at.stretches, stretchStride * stretches).slice(),
  };
}

const onePart = Uint32Array.of(0);

/** A stretch of routed rows, its orbits as those of the lists. */
export function stretchOf({ base, stretches }: Pick<RoutedRows, 'base' | 'stretches'>, index: number): ChunkStretch {
  const at = index * stretchStride;
  return {
    row: stretches[at],
    first: base + stretches[at + 1],
    last: base + stretches[at + 2],
    min: base + stretches[at + 3],
    max: base + stretches[at + 4],
    isStepped: stretches[at + 5] !== 0,
  };
}
