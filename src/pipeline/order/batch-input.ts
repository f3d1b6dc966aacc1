import { allocateHitLists, type HitLists, lowerBound, viewHitLists } from '../../compute/hit-lists.js';
import { orbitIndexStride } from '../../compute/row-block.js';
import type { HitSlice } from '../../compute/tasks.js';
import { kindOf, rowKinds } from '../../domain/row-code.js';
import { codeOfKey } from '../../domain/row-key.js';
import { slotOf } from '../../domain/slot.js';
import { type ChunkPart, offsetOfRow } from './chunk-parts.js';
import type { LateRow, PlacedPart } from './place-rows.js';
import { type DecodedChunk, type PlacedChunk, waitingAfter } from './placed-chunk.js';

/** Rows taken off a lane for one batch. */
export interface BatchInput<Chunk extends DecodedChunk = DecodedChunk> {
  readonly rowsRead: number;
  /** Rows that are no hits, see `kindOf`. */
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
   * @returns the parts that it took rows of, or came to the end of
   */
  take(placed: PlacedChunk<Chunk>, rowEnd: number): TakenPart[] {
    const { chunk, lists, next, rowsTaken, delta } = placed;
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
      }
    }
    this.#takeReleased(placed, rowEnd);
    placed.rowsTaken = rowEnd;
    const parts = takeParts(placed, rowsTaken);
    if (replayed) return parts;
    this.rowsRead += rowEnd - rowsTaken;
    this.taken.push({ chunk, from: rowsTaken, to: rowEnd });
    if (chunk.isHole === true) for (const { part } of parts) this.#addHole(part);
    else for (const taken of parts) this.#extendInput(taken);
    return parts;
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
    }
  }

  #countOthers({ chunk, lists }: PlacedChunk, from: number, to: number, whole: boolean): void {
    if (whole) {
      for (let kind = 0; kind < rowKinds; kind++) this.kinds[kind] += chunk.decoded.kinds[kind];
    } else {
      for (let at = from; at < to; at++) this.kinds[kindOf(codeOfKey(lists.keys[at]))]++;
    }
  }

  #addHole({ partition, firstOffset, nextOffset }: ChunkPart): void {
    this.lost.set(partition, [...(this.lost.get(partition) ?? []), [firstOffset, nextOffset]]);
  }

  #extendInput({ part: { partition }, from, to }: TakenPart): void {
    const range = this.input.get(partition);
    if (range !== undefined) range[1] = to;
    else this.input.set(partition, [from, to]);
  }
}

/** What was taken of a part of a chunk. */
export interface TakenPart {
  readonly part: ChunkPart;
  /** Offsets of its partition, half open. */
  readonly from: number;
  readonly to: number;
  /** Largest orbit of the part so far that moved the clock, -Infinity when there is none. */
  readonly max: number;
  /** Rows of the partition that wait now. */
  readonly waiting: number;
}

/** The parts of rows [rowsBefore, rowsTaken) of a chunk. */
function takeParts(placed: PlacedChunk, rowsBefore: number): TakenPart[] {
  const { chunk, parts, rowsTaken } = placed;
  const { rows } = chunk.decoded;
  const taken: TakenPart[] = [];
  for (; placed.partsTaken < parts.length; placed.partsTaken++) {
    const placedPart = parts[placed.partsTaken];
    const { part, from, to } = placedPart;
    const isBegun = from < rowsBefore;
    const offset = isBegun ? offsetOfRow(chunk.decoded, part, rowsBefore) : part.firstOffset;
    if (rowsTaken === rows || (to <= rowsTaken && from < rowsTaken)) {
      taken.push({
        part,
        from: offset,
        to: part.nextOffset,
        max: placedPart.max,
        waiting: waitingAfter(placedPart, to),
      });
      continue;
    }
    if (from >= rowsTaken) break;
    placedPart.maxTaken = maxOfTaken(placed, placedPart, rowsBefore);
    const end = offsetOfRow(chunk.decoded, part, rowsTaken);
    taken.push({ part, from: offset, to: end, max: placedPart.maxTaken, waiting: waitingAfter(placedPart, rowsTaken) });
    break;
  }
  return taken;
}

/** The slices with rows added that had to wait for their place. */
export function withReleased(
  slices: readonly (readonly HitSlice[])[],
  released: readonly Pick<LateRow, 'orbit' | 'key'>[],
  replayed: boolean,
): readonly (readonly HitSlice[])[] {
  if (released.length === 0) return slices;
  return slices.map((shardSlices, shard) => {
    const rows = released.filter(({ orbit }) => slotOf(orbit >>> 0) % slices.length === shard);
    if (rows.length === 0) return shardSlices;
    const buffer = allocateHitLists(rows.length);
    const lists = viewHitLists(buffer);
    rows.forEach(({ orbit, key }, index) => {
      lists.orbits[index] = orbit;
      lists.keys[index] = key;
    });
    return [...shardSlices, { lists: buffer, from: 0, to: rows.length, delta: 0, replayed }];
  });
}

/** Largest orbit that moved the clock of the rows taken from a part, some of them before row `rowsBefore`. */
function maxOfTaken(placed: PlacedChunk, { from, isWhole, maxTaken }: PlacedPart, rowsBefore: number): number {
  const { chunk, lists, next, rowsTaken, delta, released, releasedTaken } = placed;
  const { starts, maxBefore } = chunk.decoded;
  const strides = Math.floor(rowsTaken / orbitIndexStride);
  const isIndexed = isWhole && strides * orbitIndexStride > from;
  const first = isIndexed ? strides * orbitIndexStride : Math.max(from, rowsBefore);
  let highest = isIndexed ? maxBefore[strides] + delta : maxTaken;
  for (let list = 0; list < next.length - 1; list++) {
    highest = Math.max(highest, highestFrom(lists, starts[list], next[list], first) + delta);
  }
  for (let at = releasedTaken - 1; at >= 0 && released[at].row >= first; at--) {
    if (!released[at].claimed) highest = Math.max(highest, released[at].orbit);
  }
  return highest;
}

/** Largest orbit in [from, to) of a list among the rows from `row` on, -Infinity when there is none. */
function highestFrom({ orbits, rows }: HitLists, from: number, to: number, row: number): number {
  let highest = -Infinity;
  for (let at = to - 1; at >= from && rows[at] >= row; at--) if (orbits[at] > highest) highest = orbits[at];
  return highest;
}
