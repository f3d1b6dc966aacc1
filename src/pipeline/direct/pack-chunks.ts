import { allocateHitLists, type HitLists, viewHitLists } from '../../compute/hit-lists.js';
import { type PlacedChunk, placedChunk } from '../order/placed-chunk.js';

/** Rows of a packed chunk, at most: larger ones are as good alone. */
const packedRowsMax = 16_384;

/**
 * Makes one chunk of two neighbours that no cut has begun to take, or says undefined where they are better left alone.
 *
 * A chunk has lists for as many rows as its bytes may hold, so a few rows from a quiet pipe take as much memory as tens
 * of thousands; packed, a row takes 14 bytes. Only a chunk at least half as long as the one before it is packed: each
 * row is copied a dozen times at most, and of small chunks there are never more than that side by side.
 *
 * ```
 *  rows of chunks   … 4096 │ 64 │ 2 │ 1 + 1   ─►   … 4096 │ 64 │ 4
 * ```
 *
 * @param second follows the first; both have one part, in which every row is a record
 */
export function packChunks(first: PlacedChunk, second: PlacedChunk): PlacedChunk | undefined {
  const rows = [first, second].map(({ chunk }) => chunk.decoded.rows);
  const isSmall = rows[0] + rows[1] <= packedRowsMax && 2 * rows[1] >= rows[0];
  const isOnePartition = first.chunk.parts[0].partition === second.chunk.parts[0].partition;
  if (!isSmall || !isOnePartition || first.rowsTaken > 0) return undefined;
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
  const [{ part, waitingBefore, ...before }] = first.parts;
  const [after] = second.parts;
  const parts = [{ ...part, nextOffset: after.part.nextOffset }];
  const placed = {
    ...{
      from: 0,
      to: decoded.rows,
      waitingBefore,
      max: Math.max(before.max, after.max),
      isWhole: false,
      maxTaken: -Infinity,
    },
    part: parts[0],
    waiting: {
      rows: Uint32Array.from([...before.waiting.rows, ...after.waiting.rows.map((row) => row + rows[0])]),
      counts: Uint32Array.from([...before.waiting.counts, ...after.waiting.counts]),
    },
  };
  const released = [...first.released, ...second.released.map((late) => ({ ...late, row: late.row + rows[0] }))];
  return placedChunk({ ...first.chunk, parts, decoded, lists: buffer }, { parts: [placed], lists, delta: 0, released });
}

/** The lists of both, orbits absolute, in memory that just holds them. */
function joinLists(
  first: PlacedChunk,
  second: PlacedChunk,
): { buffer: SharedArrayBuffer; lists: HitLists; starts: Uint32Array } {
  const startsOf = ({ chunk }: PlacedChunk): Uint32Array => chunk.decoded.starts;
  const starts = startsOf(first).map((start, list) => start + startsOf(second)[list]);
  const buffer = allocateHitLists(starts[starts.length - 1]);
  const lists = viewHitLists(buffer);
  for (let list = 0; list + 1 < starts.length; list++) {
    let at = starts[list];
    for (const { placed, rowsBefore } of [
      { placed: first, rowsBefore: 0 },
      { placed: second, rowsBefore: first.chunk.decoded.rows },
    ]) {
      for (let from = startsOf(placed)[list]; from < startsOf(placed)[list + 1]; from++, at++) {
        lists.orbits[at] = placed.lists.orbits[from] + placed.delta;
        lists.rows[at] = placed.lists.rows[from] + rowsBefore;
        lists.keys[at] = placed.lists.keys[from];
      }
    }
  }
  return { buffer, lists, starts };
}
