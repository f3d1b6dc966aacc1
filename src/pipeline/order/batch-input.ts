import { allocateHitLists, type HitLists, lowerBound, viewHitLists } from '../../compute/hit-lists.js';
import { orbitIndexStride } from '../../compute/row-block.js';
import type { HitSlice } from '../../compute/tasks.js';
import { rowCode, rowKinds } from '../../domain/row-code.js';
import type { LateRow } from './place-rows.js';
import { type DecodedChunk, offsetOfRow, type PlacedChunk } from './placed-chunk.js';

/** Rows taken off a lane for one batch. */
export interface BatchInput<Chunk extends DecodedChunk = DecodedChunk> {
  readonly rowsRead: number;
  /** Rows that are no hits, by `code - rowCode.scintillator`. */
  readonly kinds: Uint32Array;
  /** By shard: the new hits of the batch, in addition to the carried ones. */
  readonly slices: readonly (readonly HitSlice[])[];
  /** Offsets read for the first time, half open, by partition. */
  readonly input: ReadonlyMap<number, readonly [number, number]>;
  /** Offsets that were deleted before they were read, half open, by partition; all before those of `input`. */
  readonly lost: ReadonlyMap<number, readonly (readonly [number, number])[]>;
  /** Rows that wait for their place after the cut. */
  readonly waiting: number;
  /** Orbits at or below are closed; never below the one before. */
  readonly watermark: number;
  /** Rows taken of each chunk, half open; rows read again are not among them. */
  readonly taken: readonly TakenRows<Chunk>[];
  /** Chunks that no later cut needs. */
  readonly finished: readonly Chunk[];
}

export interface TakenRows<Chunk extends DecodedChunk = DecodedChunk> {
  readonly chunk: Chunk;
  readonly from: number;
  readonly to: number;
}

/** A cut in the making. */
export class BatchInputBuilder<Chunk extends DecodedChunk = DecodedChunk> {
  rowsRead = 0;
  readonly kinds = new Uint32Array(rowKinds);
  readonly #slices: HitSlice[][];
  /** Rows that got their place with one of those taken, and whether that is read again. */
  readonly #released: (LateRow & Pick<HitSlice, 'replayed'>)[] = [];
  readonly input = new Map<number, [number, number]>();
  readonly lost = new Map<number, (readonly [number, number])[]>();
  readonly taken: TakenRows<Chunk>[] = [];
  readonly finished: Chunk[] = [];

  constructor(shards: number) {
    this.#slices = Array.from({ length: shards }, () => []);
  }

  /**
   * Takes the rows of a chunk up to `rowEnd`.
   *
   * @returns the largest orbit of the chunk so far that moved the clock, -Infinity when there is none
   */
  take(placed: PlacedChunk<Chunk>, rowEnd: number): number {
    const { chunk, lists, next, rowsTaken, delta, isWhole } = placed;
    const { starts, rows } = chunk.decoded;
    const { replayed } = chunk;
    for (let list = 0; list < next.length; list++) {
      const from = next[list];
      const end = starts[list + 1];
      const to = rowEnd === rows ? end : lowerBound(lists.rows, from, end, rowEnd);
      next[list] = to;
      if (list === this.#slices.length) {
        if (!replayed) this.#countOthers(placed, from, to, rowsTaken === 0 && rowEnd === rows);
      } else if (to > from) {
        this.#slices[list].push({ lists: chunk.lists, from, to, delta, replayed });
        if (!isWhole && rowEnd < rows) {
          placed.maxTaken = Math.max(placed.maxTaken, highestFrom(lists, from, to, rowsTaken) + delta);
        }
      }
    }
    this.#takeReleased(placed, rowEnd);
    if (!replayed) {
      this.rowsRead += rowEnd - rowsTaken;
      this.taken.push({ chunk, from: rowsTaken, to: rowEnd });
      if (chunk.isHole === true) this.#addHole(chunk);
      else this.#extendInput(chunk, rowsTaken, rowEnd);
    }
    placed.rowsTaken = rowEnd;
    if (rowEnd === rows) return placed.max;
    return isWhole ? highestOfTaken(placed) + delta : placed.maxTaken;
  }

  /** By shard: slices of the chunks taken, and one for the rows that had waited. */
  get slices(): readonly (readonly HitSlice[])[] {
    return [true, false].reduce<readonly (readonly HitSlice[])[]>(
      (slices, replayed) =>
        withReleased(
          slices,
          this.#released.filter((row) => row.replayed === replayed),
          replayed,
        ),
      this.#slices,
    );
  }

  #takeReleased(placed: PlacedChunk<Chunk>, rowEnd: number): void {
    const { released, chunk } = placed;
    for (; placed.releasedTaken < released.length; placed.releasedTaken++) {
      const late = released[placed.releasedTaken];
      if (late.row >= rowEnd) return;
      this.#released.push({ ...late, replayed: chunk.replayed });
      if (!late.claimed) placed.maxTaken = Math.max(placed.maxTaken, late.orbit);
    }
  }

  #countOthers({ chunk, lists }: PlacedChunk, from: number, to: number, whole: boolean): void {
    if (whole) {
      for (let kind = 0; kind < rowKinds; kind++) this.kinds[kind] += chunk.decoded.kinds[kind];
    } else {
      for (let at = from; at < to; at++) this.kinds[lists.codes[at] - rowCode.scintillator]++;
    }
  }

  #addHole({ partition, firstOffset, nextOffset }: DecodedChunk): void {
    this.lost.set(partition, [...(this.lost.get(partition) ?? []), [firstOffset, nextOffset]]);
  }

  #extendInput(chunk: DecodedChunk, rowFrom: number, rowEnd: number): void {
    const end = rowEnd === chunk.decoded.rows ? chunk.nextOffset : offsetOfRow(chunk, rowEnd);
    const range = this.input.get(chunk.partition);
    if (range !== undefined) range[1] = end;
    else this.input.set(chunk.partition, [rowFrom === 0 ? chunk.firstOffset : offsetOfRow(chunk, rowFrom), end]);
  }
}

/** The slices with rows added that had to wait for their place. */
export function withReleased(
  slices: readonly (readonly HitSlice[])[],
  released: readonly Pick<LateRow, 'orbit' | 'code'>[],
  replayed: boolean,
): readonly (readonly HitSlice[])[] {
  if (released.length === 0) return slices;
  return slices.map((shardSlices, shard) => {
    const rows = released.filter(({ orbit }) => (orbit >>> 0) % slices.length === shard);
    if (rows.length === 0) return shardSlices;
    const buffer = allocateHitLists(rows.length);
    const lists = viewHitLists(buffer);
    rows.forEach(({ orbit, code }, index) => {
      lists.orbits[index] = orbit;
      lists.codes[index] = code;
    });
    return [...shardSlices, { lists: buffer, from: 0, to: rows.length, delta: 0, replayed }];
  });
}

/** Largest orbit of the rows taken from a chunk of one stretch, relative to it. */
function highestOfTaken({ chunk, lists, next, rowsTaken }: PlacedChunk): number {
  const { maxBefore, starts } = chunk.decoded;
  const strides = Math.floor(rowsTaken / orbitIndexStride);
  let highest = maxBefore[strides];
  for (let list = 0; list < next.length - 1; list++) {
    highest = Math.max(highest, highestFrom(lists, starts[list], next[list], strides * orbitIndexStride));
  }
  return highest;
}

/** Largest orbit in [from, to) of a list among the rows from `row` on, -Infinity when there is none. */
function highestFrom({ orbits, rows }: HitLists, from: number, to: number, row: number): number {
  let highest = -Infinity;
  for (let at = to - 1; at >= from && rows[at] >= row; at--) if (orbits[at] > highest) highest = orbits[at];
  return highest;
}
