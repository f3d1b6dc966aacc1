import type { PartitionClock, ReleasedRow } from '../domain/orbit-clock.js';
import { rowCode } from '../domain/row-code.js';
import { allocateHitLists, type HitLists, viewHitLists } from './hit-lists.js';

/** A chunk whose rows went through the orbit clock one by one: its orbits are absolute. */
export interface RowsPlacedOneByOne {
  /** The chunk's own buffer, unless it is too small for the rows that got their place with it. */
  readonly lists: SharedArrayBuffer;
  readonly starts: Uint32Array;
  /** By row: largest accepted orbit of the chunk up to and including it, -Infinity before the first. */
  readonly maxAfterRow: Float64Array;
  /** By row: rows of the partition that wait after it. */
  readonly waitingAfterRow: Uint32Array;
  /** Rows that came before the chunk and got their place in it. */
  readonly overdue: readonly ReleasedRow[];
}

/** A row with its place, before it goes to its shard. */
interface PlacedRow {
  readonly orbit: number;
  readonly row: number;
  readonly code: number;
}

/**
 * Sends a routed chunk through the partition's clock row by row and routes it again. Needed for chunks with a step of the
 * orbit counter, a new run or waiting rows. A row that had waited is placed at the row that released it.
 *
 * @param buffer the chunk's lists; overwritten
 * @param offsetOf offset of a row of the chunk in its partition
 */
export function placeRowByRow(
  routed: { readonly rows: number; readonly starts: Uint32Array },
  buffer: SharedArrayBuffer,
  clock: PartitionClock,
  offsetOf: (row: number) => number,
): RowsPlacedOneByOne {
  const { rows, starts } = routed;
  const shards = starts.length - 2;
  const lists = viewHitLists(buffer);
  const { raws, codes } = inRowOrder(lists, rows, starts[shards]);
  const maxAfterRow = new Float64Array(rows);
  const waitingAfterRow = new Uint32Array(rows);
  const firstOffset = rows > 0 ? offsetOf(0) : 0;
  const overdue: ReleasedRow[] = [];
  const byShard: PlacedRow[][] = Array.from({ length: shards }, () => []);
  const put = (row: number, code: number, orbit: number): void => {
    byShard[(orbit >>> 0) % shards]?.push({ orbit, row, code });
  };
  let max = -Infinity;
  const released: ReleasedRow[] = [];
  for (let row = 0; row < rows; row++) {
    if (codes[row] <= rowCode.scintillator) {
      // Setting a length is slow, even to what it is.
      if (released.length > 0) released.length = 0;
      const orbit = clock.step(raws[row], codes[row], offsetOf(row), released);
      if (orbit !== undefined) {
        put(row, codes[row], orbit);
        if (orbit > max) max = orbit;
      }
      for (const late of released) {
        put(row, late.code, late.orbit);
        if (!late.claimed && late.orbit > max) max = late.orbit;
        if (late.offset < firstOffset) overdue.push(late);
      }
    }
    maxAfterRow[row] = max;
    waitingAfterRow[row] = clock.waiting.length;
  }
  return { ...assemble(byShard, buffer, starts), maxAfterRow, waitingAfterRow, overdue };
}

/** Raw orbit and code of each row; rows that are neither hit nor scintillator have a code above. */
function inRowOrder(lists: HitLists, rows: number, clockRows: number): { raws: Uint32Array; codes: Uint16Array } {
  const raws = new Uint32Array(rows);
  const codes = new Uint16Array(rows).fill(0xffff);
  for (let at = 0; at < clockRows; at++) {
    raws[lists.rows[at]] = lists.orbits[at] >>> 0;
    codes[lists.rows[at]] = lists.codes[at];
  }
  return { raws, codes };
}

/** Writes the shards' rows over the lists, and the chunk's other rows after them. */
function assemble(
  byShard: readonly (readonly PlacedRow[])[],
  own: SharedArrayBuffer,
  oldStarts: Uint32Array,
): { lists: SharedArrayBuffer; starts: Uint32Array } {
  const shards = byShard.length;
  const [othersFrom, othersTo] = [oldStarts[shards], oldStarts[shards + 1]];
  const hits = byShard.reduce((sum, list) => sum + list.length, 0);
  const old = viewHitLists(own);
  const otherRows = old.rows.slice(othersFrom, othersTo);
  const otherCodes = old.codes.slice(othersFrom, othersTo);
  const rowsMax = hits + othersTo - othersFrom;
  const buffer = rowsMax <= old.rows.length ? own : allocateHitLists(rowsMax);
  const lists = viewHitLists(buffer);
  const starts = new Uint32Array(shards + 2);
  let place = 0;
  byShard.forEach((list, shard) => {
    for (const { orbit, row, code } of list) {
      lists.orbits[place] = orbit;
      lists.rows[place] = row;
      lists.codes[place] = code;
      place++;
    }
    starts[shard + 1] = place;
  });
  lists.rows.set(otherRows, place);
  lists.codes.set(otherCodes, place);
  starts[shards + 1] = place + othersTo - othersFrom;
  return { lists: buffer, starts };
}
