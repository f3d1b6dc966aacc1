import { type HitLists, voidEntry } from '../../compute/hit-lists.js';
import { type ChunkStretch, type RoutedRows, stretchOf } from '../../compute/route.js';
import { stretchStride } from '../../compute/row-block.js';
import type { OrbitStretch, PartitionClock, ReleasedRow } from '../../domain/orbit-clock.js';
import { ChunkRows } from './chunk-rows.js';

/** Rows of a partition that have their place on the time line. */
export interface PlacedRows {
  /** Rows of the chunk, half open. */
  readonly from: number;
  readonly to: number;
  /** Rows of the partition that waited before. */
  readonly waitingBefore: number;
  /** Where that changes: after each of `rows` there are `counts`. */
  readonly waiting: WaitingCounts;
  /** Largest orbit that moved the clock, -Infinity without one. */
  readonly max: number;
  /** Whether they are one stretch, and none had to wait. */
  readonly isWhole: boolean;
}

export interface WaitingCounts {
  readonly rows: Uint32Array;
  readonly counts: Uint32Array;
}

const noChange: WaitingCounts = { rows: new Uint32Array(0), counts: new Uint32Array(0) };

/** A row that had waited, with its place, and the row of the chunk with which it got that. */
export interface LateRow {
  readonly row: number;
  readonly orbit: number;
  readonly code: number;
  /** Given up: it did not move the clock. */
  readonly claimed: boolean;
}

/** Rows that are looked up together, where they go one by one. */
const lookUpRows = 32;

/**
 * Sends the rows of a chunk, part by part, through the clocks of their partitions: stretch by stretch where the clock
 * accepts them, and row by row from a step of the orbit counter on until it does.
 *
 * ```
 *  orbits   7 8 8 9 │ 3e6 3e6 … 3e6 │ 3e6 3e6 3e6 …
 *           stretch   16 rows agree   the rest of the stretch
 * ```
 *
 * A row that waits is taken out of the chunk's lists, also where a later row of the chunk gives it its place.
 */
export class ChunkPlacer {
  /** Rows that got their place with a row of the chunk after they had waited, by that row. */
  readonly released: LateRow[] = [];
  readonly #routed: RoutedRows;
  readonly #rows: ChunkRows;
  #stretch = 0;
  #delta: number | undefined;

  constructor(routed: RoutedRows, lists: HitLists) {
    this.#routed = routed;
    this.#rows = new ChunkRows(routed, lists);
  }

  /** What to add to the lists' orbits. */
  get delta(): number {
    return this.#delta ?? 0;
  }

  /**
   * Places the rows of the next part, [from, to).
   *
   * @param offsetOf offset of a row of the chunk in its partition
   */
  place(from: number, to: number, clock: PartitionClock, offsetOf: (row: number) => number): PlacedRows {
    const { stretches } = this.#routed;
    const part = new PartPlacer(clock, offsetOf, this.#rows.clockRowsBefore(from));
    const firstStretch = this.#stretch;
    while (this.#stretch * stretchStride < stretches.length && stretches[this.#stretch * stretchStride] < to) {
      const stretch = stretchOf(this.#routed, this.#stretch++);
      const next = this.#stretch * stretchStride;
      this.#placeStretch(stretch, next < stretches.length ? Math.min(to, stretches[next]) : to, part);
    }
    const { waitingBefore, waiting, max } = part;
    return { from, to, waitingBefore, waiting, max, isWhole: part.isWhole && this.#stretch === firstStretch + 1 };
  }

  /** Places the rows of a stretch, which ends before row `to`. */
  #placeStretch(stretch: ChunkStretch, to: number, part: PartPlacer): void {
    const { row: first, last, isStepped } = stretch;
    const clockRows = this.#rows.clockRowsBefore(to) - this.#rows.clockRowsBefore(first);
    if (!isStepped && this.#advance({ ...stretch, clockRows }, first, to, part)) return;
    part.isWhole = false;
    for (let from = first; from < to; from += lookUpRows) {
      const end = Math.min(from + lookUpRows, to);
      const places = this.#rows.placesOf(from, end);
      for (let row = from; row < end; row++) {
        const place = places[row - from];
        if (place < 0 || !this.#step(row, place, part) || isStepped) continue;
        const rest = this.#rows.stretch(row + 1, to, last);
        if (rest.clockRows === 0 || this.#advance(rest, row + 1, to, part)) return;
      }
    }
  }

  /** Places rows [from, to), if the clock accepts all of them. */
  #advance(stretch: OrbitStretch, from: number, to: number, part: PartPlacer): boolean {
    const released: ReleasedRow[] = [];
    const waitingBefore = part.clock.waiting.length;
    const delta = part.clock.advance(stretch, released);
    if (delta === undefined) return false;
    this.#delta ??= delta;
    if (delta !== this.#delta) this.#rows.move(from, to, delta - this.#delta);
    part.max = Math.max(part.max, stretch.max + delta);
    released.forEach((late, index) => {
      const row = this.#rows.rowOfClockRow(late.atClockRow - part.clockRowsBefore);
      this.#release(late, row, part);
      part.noteWaiting(row, waitingBefore - index - 1);
    });
    return true;
  }

  /** Sends one row through the clock; returns whether the clock stands there now. */
  #step(row: number, place: number, part: PartPlacer): boolean {
    const { clock } = part;
    const { orbits, codes } = this.#rows.lists;
    const released: ReleasedRow[] = [];
    const waitingBefore = clock.waiting.length;
    const orbit = clock.step(orbits[place] >>> 0, codes[place], part.offsetOf(row), released);
    if (orbit === undefined) {
      voidEntry(this.#rows.lists, place);
    } else {
      this.#delta ??= orbit - orbits[place];
      orbits[place] = orbit - this.#delta;
      part.max = Math.max(part.max, orbit);
    }
    for (const late of released) this.#release(late, row, part);
    if (clock.waiting.length !== waitingBefore) part.noteWaiting(row, clock.waiting.length);
    return orbit !== undefined || released.some(({ claimed }) => !claimed);
  }

  #release({ orbit, code, claimed }: ReleasedRow, row: number, part: PartPlacer): void {
    this.released.push({ row, orbit, code, claimed });
    if (!claimed) part.max = Math.max(part.max, orbit);
  }
}

/** Rows of one partition that are being placed. */
class PartPlacer {
  readonly clock: PartitionClock;
  readonly offsetOf: (row: number) => number;
  readonly waitingBefore: number;
  readonly #changes: { readonly rows: number[]; readonly counts: number[] } = { rows: [], counts: [] };
  /** Clock rows of the partition before the chunk, if all of the chunk before this part were of the partition. */
  readonly clockRowsBefore: number;
  max = -Infinity;
  isWhole = true;

  /** @param chunkRowsBefore clock rows of the chunk before */
  constructor(clock: PartitionClock, offsetOf: (row: number) => number, chunkRowsBefore: number) {
    this.clock = clock;
    this.offsetOf = offsetOf;
    this.waitingBefore = clock.waiting.length;
    this.clockRowsBefore = clock.clockRows - chunkRowsBefore;
  }

  get waiting(): WaitingCounts {
    const { rows, counts } = this.#changes;
    return rows.length === 0 ? noChange : { rows: Uint32Array.from(rows), counts: Uint32Array.from(counts) };
  }

  noteWaiting(row: number, count: number): void {
    this.#changes.rows.push(row);
    this.#changes.counts.push(count);
  }
}
