import { allocateHitLists, type HitLists, viewHitLists } from '../../compute/hit-lists.js';
import type { PlacedChunk } from '../order/placed-chunk.js';

/** Rows of a packed chunk, at most: larger ones are as good alone. */
const packedRowsMax = 16_384;

/**
 * Makes one chunk of two neighbours that no cut has begun to take, or says undefined where they are better left alone.
 *
 * A chunk has lists for as many rows as its bytes may hold, so a few rows from a quiet pipe take as much memory as tens
 * of thousands; packed, a row takes 26 bytes. Only a chunk at least half as long as the one before it is packed: each
 * row is copied a dozen times at most, and of small chunks there are never more than that side by side.
 *
 * ```
 *  rows of chunks   … 4096 │ 64 │ 2 │ 1 + 1   ─►   … 4096 │ 64 │ 4
 * ```
 *
 * @param second follows the first; in both every row is a record
 */
export function packChunks(first: PlacedChunk, second: PlacedChunk): PlacedChunk | undefined {
  const rows = [first, second].map(({ chunk }) => chunk.decoded.rows);
  const isSmall = rows[0] + rows[1] <= packedRowsMax && 2 * rows[1] >= rows[0];
  const isOnePart = first.chunk.partition === second.chunk.partition && first.chunk.replayed === second.chunk.replayed;
  if (!isSmall || !isOnePart || first.rowsTaken > 0) return undefined;
  const { lists, starts, buffer } = joinLists(first, second);
  const decoded = {
    ...first.chunk.decoded,
    rows: rows[0] + rows[1],
    starts,
    kinds: first.chunk.decoded.kinds.map((count, kind) => count + second.chunk.decoded.kinds[kind]),
    lists: buffer,
    lines: first.chunk.decoded.lines + second.chunk.decoded.lines,
    rejected: new Uint32Array(0),
  };
  return {
    chunk: { ...first.chunk, nextOffset: second.chunk.nextOffset, decoded, lists: buffer },
    buffer,
    lists,
    starts,
    delta: 0,
    placedByRow: afterRows(first, second),
    waitingBefore: first.waitingBefore,
    rowsTaken: 0,
    next: starts.slice(0, -1),
  };
}

/** The lists of both, orbits absolute, in memory that just holds them. */
function joinLists(
  first: PlacedChunk,
  second: PlacedChunk,
): { buffer: SharedArrayBuffer; lists: HitLists; starts: Uint32Array } {
  const starts = first.starts.map((start, list) => start + second.starts[list]);
  const buffer = allocateHitLists(starts[starts.length - 1]);
  const lists = viewHitLists(buffer);
  for (let list = 0; list + 1 < starts.length; list++) {
    let at = starts[list];
    for (const { placed, rowsBefore } of [
      { placed: first, rowsBefore: 0 },
      { placed: second, rowsBefore: first.chunk.decoded.rows },
    ]) {
      for (let from = placed.starts[list]; from < placed.starts[list + 1]; from++, at++) {
        lists.orbits[at] = placed.lists.orbits[from] + placed.delta;
        lists.rows[at] = placed.lists.rows[from] + rowsBefore;
        lists.codes[at] = placed.lists.codes[from];
      }
    }
  }
  return { buffer, lists, starts };
}

/** What {@link PlacedChunk.placedByRow} tells of each row of both. */
function afterRows(first: PlacedChunk, second: PlacedChunk): NonNullable<PlacedChunk['placedByRow']> {
  const rows = first.chunk.decoded.rows;
  const maxAfterRow = new Float64Array(rows + second.chunk.decoded.rows);
  const waitingAfterRow = new Uint32Array(maxAfterRow.length);
  for (const { placed, from } of [
    { placed: first, from: 0 },
    { placed: second, from: rows },
  ]) {
    const to = from + placed.chunk.decoded.rows;
    if (placed.placedByRow === undefined) {
      putOrbits(placed, maxAfterRow.subarray(from, to));
      waitingAfterRow.fill(placed.waitingBefore, from, to);
    } else {
      maxAfterRow.set(placed.placedByRow.maxAfterRow, from);
      waitingAfterRow.set(placed.placedByRow.waitingAfterRow, from);
    }
  }
  let max = -Infinity;
  for (let row = 0; row < maxAfterRow.length; row++) {
    max = Math.max(max, maxAfterRow[row]);
    maxAfterRow[row] = max;
  }
  return { maxAfterRow, waitingAfterRow };
}

/** The orbit of each row of a chunk that was placed as a whole, -Infinity for a row that has none. */
function putOrbits({ lists, starts, delta }: PlacedChunk, orbits: Float64Array): void {
  orbits.fill(-Infinity);
  for (let at = 0; at < starts[starts.length - 2]; at++) orbits[lists.rows[at]] = lists.orbits[at] + delta;
}
