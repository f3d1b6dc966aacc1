import { allocateHitLists, hitListRowBytes } from '../compute/hit-lists.js';
import type { OrbitDetail } from '../compute/orbit-detail.js';
import type { AggregateResult, AggregateTask, HitSlice, ShardInput } from '../compute/tasks.js';
import { chamberChannels } from '../domain/geometry.js';

/** What the computer needs of a thread pool. */
export interface Aggregator {
  readonly threads: number;
  aggregate(task: AggregateTask): Promise<AggregateResult>;
}

/** What one stage of a batch published, all shards together. */
export interface BatchTotals {
  /** Hits by `chamber * 64 + channel`. */
  readonly hits: Uint32Array;
  /** Orbits by `chamber * 65 + active channels`. */
  readonly active: Uint32Array;
  readonly scintillator: number;
  readonly lateHits: number;
  readonly lateOrbits: number;
  readonly orbits: number;
  readonly orbitFirst: number;
  readonly orbitLast: number;
  /** Hits and scintillator rows carried to the next stage. */
  readonly carried: number;
  /** By chamber, shard groups side by side; empty when not asked for, undefined when there are more than asked for. */
  readonly detail: readonly (readonly OrbitDetail[])[] | undefined;
}

/** A batch that is computed; nothing has changed until it is kept. */
export interface ClosedBatch {
  readonly totals: BatchTotals;
  /** Makes what the batch carries the carry of the next one. */
  keep(): void;
}

interface Carry {
  readonly buffer: SharedArrayBuffer;
  readonly count: number;
}

/**
 * Closes batches on the pool, shard by shard, and keeps the carried hits between them. Batches go one after the other;
 * the shards of one run side by side in as many tasks as there are threads.
 */
export class BatchComputer {
  readonly #pool: Aggregator;
  readonly #shards: number;
  readonly #chambers: number;
  readonly #carries: (Carry | undefined)[];
  /** Carry buffers that are free to be written again, by shard. */
  readonly #spare: (SharedArrayBuffer | undefined)[];

  constructor(pool: Aggregator, { shards, chambers }: { readonly shards: number; readonly chambers: number }) {
    this.#pool = pool;
    this.#shards = shards;
    this.#chambers = chambers;
    this.#carries = new Array<Carry | undefined>(shards).fill(undefined);
    this.#spare = new Array<SharedArrayBuffer | undefined>(shards).fill(undefined);
  }

  /**
   * Counts the carried hits and the slices' hits up to the watermark and sets the rest aside as the next carry.
   *
   * @param slices by shard
   */
  async close(
    slices: readonly (readonly HitSlice[])[],
    bounds: { readonly closed: number; readonly watermark: number; readonly detailMax: number },
  ): Promise<ClosedBatch> {
    const inputs = slices.map((shardSlices, shard) => this.#shardInput(shard, shardSlices));
    const groups = Math.min(this.#pool.threads, this.#shards);
    const members = Array.from({ length: groups }, (_, group) =>
      inputs.map((input, shard) => ({ input, shard })).filter(({ shard }) => shard % groups === group),
    );
    const results = await Promise.all(
      members.map((group) => this.#pool.aggregate({ ...bounds, shards: group.map(({ input }) => input) })),
    );
    return {
      totals: this.#merge(results, bounds.detailMax),
      keep: () => {
        members.forEach((group, index) => {
          group.forEach(({ input, shard }, place) => this.#keep(shard, input, results[index].carried[place]));
        });
      },
    };
  }

  #shardInput(shard: number, slices: readonly HitSlice[]): ShardInput {
    const carry = this.#carries[shard];
    const entries = slices.reduce((sum, { from, to }) => sum + to - from, carry?.count ?? 0);
    const spare = this.#spare[shard];
    const carryOut =
      spare !== undefined && spare.byteLength >= entries * hitListRowBytes ? spare : allocateHitLists(2 * entries);
    return { carried: carry?.buffer, carriedCount: carry?.count ?? 0, slices, carryOut };
  }

  #keep(shard: number, input: ShardInput, count: number): void {
    this.#spare[shard] = input.carried;
    this.#carries[shard] = { buffer: input.carryOut, count };
  }

  #merge(results: readonly AggregateResult[], detailMax: number): BatchTotals {
    const hits = new Uint32Array(this.#chambers * chamberChannels);
    const active = new Uint32Array(this.#chambers * (chamberChannels + 1));
    for (const result of results) {
      for (let index = 0; index < hits.length; index++) hits[index] += result.hits[index];
      for (let index = 0; index < active.length; index++) active[index] += result.active[index];
    }
    const sum = (of: (result: AggregateResult) => number): number =>
      results.reduce((total, result) => total + of(result), 0);
    return {
      hits,
      active,
      scintillator: sum((result) => result.scintillator),
      lateHits: sum((result) => result.lateHits),
      lateOrbits: sum((result) => result.lateOrbits),
      orbits: sum((result) => result.orbits),
      orbitFirst: Math.min(...results.map((result) => result.orbitFirst)),
      orbitLast: Math.max(...results.map((result) => result.orbitLast)),
      carried: sum((result) => result.carried.reduce((total, count) => total + count, 0)),
      detail: this.#mergeDetail(results, detailMax),
    };
  }

  #mergeDetail(results: readonly AggregateResult[], detailMax: number): BatchTotals['detail'] {
    const details = results.map((result) => result.detail).filter((detail) => detail !== undefined);
    const listed = details.flat().reduce((total, { length }) => total + length, 0);
    if (details.length < results.length || listed > detailMax) return undefined;
    return Array.from({ length: this.#chambers }, (_, chamber) =>
      details.map((detail) => detail[chamber]).filter((detail) => detail !== undefined),
    );
  }
}
