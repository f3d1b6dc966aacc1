import { allocateHitLists, hitListRowBytes } from '../../compute/hit-lists.js';
import { mergedPair } from '../../compute/number-lists.js';
import type { OrbitDetail } from '../../compute/orbit-detail.js';
import type { AggregateResult, AggregateTask, HitSlice, PhysicsSums, ShardInput } from '../../compute/tasks.js';
import { chamberChannels } from '../../domain/geometry.js';

/** What the computer needs of a thread pool. */
export interface Aggregator {
  readonly threads: number;
  aggregate(tasks: readonly AggregateTask[]): Promise<AggregateResult[]>;
}

/** What one stage of a batch published, all shards together. */
export interface BatchTotals extends Omit<AggregateResult, 'carried' | 'detail'> {
  /** Hits and scintillator rows carried to the next stage. */
  readonly carried: number;
  /**
   * By chamber, shard groups side by side; empty when not asked for, undefined when there are more than asked for. Good
   * until lists are asked for again.
   */
  readonly detail: readonly (readonly OrbitDetail[])[] | undefined;
}

/** Batches to close together. */
export interface Closing {
  /** By shard: hits to look at beside the carried ones. */
  readonly slices: readonly (readonly HitSlice[])[];
  readonly closed: number;
  readonly watermark: number;
  readonly detailMax: number;
}

/** Batches that are computed; nothing has changed until they are kept. */
export interface ClosedBatches {
  /** By batch. */
  readonly totals: readonly BatchTotals[];
  /** Makes what the last batch carries the carry of the next one. */
  keep(): void;
}

/** Shared memory for the lists of orbits of each group of shards, used again once these are in messages. */
export class DetailBuffers {
  readonly #buffers: OrbitDetail[] = [];

  /** Room for the lists of batches that are closed together, which have so many hits; undefined when none is asked for. */
  of(group: number, hits: number, batches: readonly Pick<Closing, 'detailMax'>[]): OrbitDetail | undefined {
    const entries = Math.min(hits, Math.floor(batches.reduce((sum, { detailMax }) => sum + detailMax, 0)));
    if (entries === 0) return undefined;
    if ((this.#buffers.at(group)?.length ?? 0) < entries) {
      this.#buffers[group] = new Float64Array(new SharedArrayBuffer(2 * entries * Float64Array.BYTES_PER_ELEMENT));
    }
    return this.#buffers[group];
  }
}

/** Closes batches up to their watermarks. */
export type Computer = Pick<BatchComputer, 'close'>;

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
  readonly #details = new DetailBuffers();

  constructor(pool: Aggregator, { shards, chambers }: { readonly shards: number; readonly chambers: number }) {
    this.#pool = pool;
    this.#shards = shards;
    this.#chambers = chambers;
    this.#carries = new Array<Carry | undefined>(shards).fill(undefined);
    this.#spare = new Array<SharedArrayBuffer | undefined>(shards).fill(undefined);
  }

  /**
   * Counts, for one batch after the other, the carried hits and the slices' hits up to the watermark, and sets the rest
   * aside as the next carry.
   */
  async close(batches: readonly Closing[]): Promise<ClosedBatches> {
    const hits = Array.from({ length: this.#shards }, (_, shard) => this.#hitsOf(shard, batches));
    const inputs = hits.map((count, shard) => this.#shardInputs(shard, batches, count));
    const groups = Math.min(this.#pool.threads, this.#shards);
    const members = Array.from({ length: groups }, (_, group) =>
      inputs.filter((__, shard) => shard % groups === group),
    );
    const results = await Promise.all(
      members.map((shards, group) => {
        const hitsOfGroup = hits.reduce((sum, count, shard) => (shard % groups === group ? sum + count : sum), 0);
        const detailOut = this.#details.of(group, hitsOfGroup, batches);
        return this.#pool.aggregate(
          batches.map(({ closed, watermark, detailMax }, batch) => {
            return { closed, watermark, detailMax, detailOut, shards: shards.map((inputs) => inputs[batch]) };
          }),
        );
      }),
    );
    return {
      totals: batches.map(({ detailMax }, batch) =>
        mergeResults(
          results.map((ofGroup) => ofGroup[batch]),
          { chambers: this.#chambers, detailMax },
        ),
      ),
      keep: () => {
        inputs.forEach((shardInputs, shard) => {
          const last = shardInputs[batches.length - 1];
          const count = results[shard % groups][batches.length - 1].carried[Math.floor(shard / groups)];
          this.#spare[shard] = last.carried;
          this.#carries[shard] = { buffer: last.carryOut, count };
        });
      },
    };
  }

  /** Hits and scintillator rows that batches have to look at in a shard. */
  #hitsOf(shard: number, batches: readonly Closing[]): number {
    let hits = this.#carries[shard]?.count ?? 0;
    for (const { slices } of batches) for (const { from, to } of slices[shard]) hits += to - from;
    return hits;
  }

  /** A shard's part of each batch: what one carries out is carried into the next, in two buffers that take turns. */
  #shardInputs(shard: number, batches: readonly Closing[], hits: number): Required<ShardInput>[] {
    const carry = this.#carries[shard];
    const carriedCount = carry?.count ?? 0;
    const fitting = (buffer: SharedArrayBuffer | undefined): SharedArrayBuffer =>
      buffer !== undefined && buffer.byteLength >= hits * hitListRowBytes ? buffer : allocateHitLists(2 * hits);
    let carried = carry?.buffer;
    let carryOut = fitting(this.#spare[shard]);
    return batches.map(({ slices }, batch) => {
      const input = { carried, carriedCount, slices: slices[shard], carryOut };
      // The first carry is free again as soon as the first batch has taken it.
      if (batch + 1 < batches.length)
        [carried, carryOut] = [carryOut, batch === 0 ? fitting(carried) : (carried ?? carryOut)];
      return input;
    });
  }
}

/** The results of shard groups as one, in the order of the groups. */
export function mergeResults(
  results: readonly AggregateResult[],
  { chambers, detailMax }: { readonly chambers: number; readonly detailMax: number },
): BatchTotals {
  const hits = new Uint32Array(chambers * chamberChannels);
  const active = new Uint32Array(chambers * (chamberChannels + 1));
  for (const result of results) {
    addCounts(hits, result.hits);
    addCounts(active, result.active);
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
    detail: mergeDetail(results, { chambers, detailMax }),
    physics: mergePhysics(results.map(({ physics }) => physics)),
  };
}

function mergeDetail(
  results: readonly AggregateResult[],
  { chambers, detailMax }: { readonly chambers: number; readonly detailMax: number },
): BatchTotals['detail'] {
  const details = results.map((result) => result.detail).filter((detail) => detail !== undefined);
  const listed = details.flat().reduce((total, { length }) => total + length, 0);
  if (details.length < results.length || listed > detailMax) return undefined;
  return Array.from({ length: chambers }, (_, chamber) =>
    details.map((detail) => detail[chamber]).filter((detail) => detail !== undefined),
  );
}

/** A loop by itself: a large function around it would be compiled for the loop's sake. */
function addCounts<Counts extends Uint32Array | Float64Array>(sums: Counts, counts: Counts): void {
  for (let bin = 0; bin < sums.length; bin++) sums[bin] += counts[bin];
}

function mergePhysics([first, ...others]: readonly PhysicsSums[]): PhysicsSums {
  let { slots } = first;
  for (const { counts, layers, segments, slots: more } of others) {
    addCounts(first.counts, counts);
    addCounts(first.layers, layers);
    addCounts(first.segments, segments);
    slots = mergedPair(slots, more);
  }
  return { ...first, slots };
}
