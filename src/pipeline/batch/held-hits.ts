import { allocateHeldBlock, type HeldBlock, type HitLists, holdRows, viewHeldBlock } from '../../compute/hit-lists.js';
import type { ShardInput } from '../../compute/tasks.js';
import { DtstreamError } from '../../errors.js';
import {
  type Aggregator,
  type ClosedBatches,
  type Closing,
  type Computer,
  DetailBuffers,
  mergeResults,
} from './batch-computer.js';

/** Hits and scintillator rows that one process holds until the end of its input, at most: 800 MB. */
const heldRowsMax = 100_000_000;
const blockRows = 65_536;
/** What makes a raw orbit one of the time line, of its first run: orbits at or below 0 would be closed. */
const firstRunOrbit = 2 ** 33;
/** All orbits that a raw counter can stand for are at or below. */
export const lastOrbitOfAll = firstRunOrbit + 2 ** 32 - 1;

/** Counts what is held by all lanes of a process. */
export class HeldRows {
  readonly #rowsMax: number;
  #rows = 0;

  /** @param rowsMax other than the real bound lets small inputs come to it */
  constructor(rowsMax = heldRowsMax) {
    this.#rowsMax = rowsMax;
  }

  add(rows: number): void {
    this.#rows += rows;
  }

  /** @throws DtstreamError `limit` when there are too many */
  check(): void {
    if (this.#rows <= this.#rowsMax) return;
    throw new DtstreamError(
      'limit',
      `cannot hold more than ${this.#rowsMax.toLocaleString('en-US')} hits and trigger rows until the end, as --lateness all does: ` +
        'sort the rows by ORBIT_CNT or split the input, or give a number of orbits as --lateness',
    );
  }
}

interface HeldShard {
  readonly buffers: SharedArrayBuffer[];
  /** View of the newest buffer. */
  newest: HeldBlock | undefined;
  rows: number;
}

/**
 * Holds all hits and scintillator rows of an input in whatever order they come, 8 bytes each, and closes them at the
 * end: each shard in a table of its own, so that of all orbits only those of one shard per thread are in tables at once.
 */
export class HeldHits implements Computer {
  readonly #pool: Aggregator;
  readonly #chambers: number;
  #shards: readonly HeldShard[];
  readonly #bound: HeldRows;
  readonly #details = new DetailBuffers();
  #rows = 0;

  constructor(
    pool: Aggregator,
    { shards, chambers }: { readonly shards: number; readonly chambers: number },
    bound: HeldRows,
  ) {
    this.#pool = pool;
    this.#chambers = chambers;
    this.#shards = emptyShards(shards);
    this.#bound = bound;
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * Copies the rows of all shards out of the lists of a chunk.
   *
   * @param starts where the list of each shard begins, and the last one ends
   */
  add(lists: HitLists, starts: Uint32Array): void {
    this.#shards.forEach((shard, index) => addRows(shard, lists, starts[index], starts[index + 1]));
    const rows = starts[this.#shards.length];
    this.#rows += rows;
    this.#bound.add(rows);
  }

  /** @throws DtstreamError `limit` when more is held than may be */
  check(): void {
    this.#bound.check();
  }

  /** Counts the held rows of each batch: whatever its slices are. Each batch looks at all of them. */
  async close(batches: readonly Closing[]): Promise<ClosedBatches> {
    const groups = Math.min(this.#pool.threads, this.#shards.length);
    const results = await Promise.all(
      Array.from({ length: groups }, (_, group) => {
        const own = this.#shards.filter((__, shard) => shard % groups === group);
        const rows = own.reduce((sum, shard) => sum + shard.rows, 0);
        const detailOut = this.#details.of(group, rows, batches);
        const shards = own.map(shardInput);
        return this.#pool.aggregate(
          batches.map(({ closed, watermark, detailMax }) => ({ closed, watermark, detailMax, detailOut, shards })),
        );
      }),
    );
    const totals = batches.map(({ detailMax }, batch) =>
      mergeResults(
        results.map((ofGroup) => ofGroup[batch]),
        { chambers: this.#chambers, detailMax },
      ),
    );
    return { totals, keep: () => undefined };
  }

  /** Lets go of all rows. */
  release(): void {
    this.#bound.add(-this.#rows);
    this.#rows = 0;
    this.#shards = emptyShards(this.#shards.length);
  }
}

function emptyShards(count: number): HeldShard[] {
  return Array.from({ length: count }, () => ({ buffers: [], newest: undefined, rows: 0 }));
}

function addRows(shard: HeldShard, lists: HitLists, from: number, to: number): void {
  for (let at = from; at < to;) {
    const place = shard.rows % blockRows;
    let { newest } = shard;
    if (place === 0 || newest === undefined) {
      const buffer = allocateHeldBlock(blockRows);
      shard.buffers.push(buffer);
      newest = viewHeldBlock(buffer);
      shard.newest = newest;
    }
    const end = Math.min(to, at + blockRows - place);
    holdRows(lists, at, end, newest, place);
    shard.rows += end - at;
    at = end;
  }
}

function shardInput({ buffers, rows }: HeldShard): ShardInput {
  const slices = buffers.map((lists, index) => {
    const to = Math.min(blockRows, rows - index * blockRows);
    return { lists, from: 0, to, delta: firstRunOrbit, replayed: false, isHeld: true };
  });
  return { carried: undefined, carriedCount: 0, slices };
}
