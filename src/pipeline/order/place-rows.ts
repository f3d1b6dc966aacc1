import { type HitLists, voidEntry } from '../../compute/hit-lists.js';
import { stretchOf } from '../../compute/route.js';
import { stretchStride } from '../../compute/row-block.js';
import type { DecodeResult } from '../../compute/tasks.js';
import type { OrbitStretch, PartitionClock, ReleasedRow } from '../../domain/orbit-clock.js';
import { type ChunkPart, offsetOfRow } from './chunk-parts.js';
import { ChunkRows } from './chunk-rows.js';

/** A part of a chunk whose rows have their place on the time line. */
export interface PlacedPart {
  readonly part: ChunkPart;
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
  /** Largest orbit of the rows taken that moved the clock; not kept where `isWhole`. */
  maxTaken: number;
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
  readonly key: number;
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
  readonly #decoded: DecodeResult;
  readonly #rows: ChunkRows;
  #stretch = 0;
  #delta: number | undefined;
  // Of the part that is being placed: there may be thousands, and each would need objects of its own.
  #max = -Infinity;
  #isWhole = true;
  /** Clock rows of the partition before the chunk, if all of the chunk before this part were of the partition. */
  #clockRowsBefore = 0;
  readonly #waitingRows: number[] = [];
  readonly #waitingCounts: number[] = [];
  /** What the clock releases with a row or a stretch. */
  readonly #now: ReleasedRow[] = [];

  constructor(decoded: DecodeResult, lists: HitLists) {
    this.#decoded = decoded;
    this.#rows = new ChunkRows(decoded, lists);
  }

  /** What to add to the lists' orbits. */
  get delta(): number {
    return this.#delta ?? 0;
  }

  /** Places the rows of the next part, [from, to). */
  place(part: ChunkPart, from: number, to: number, clock: PartitionClock): PlacedPart {
    const { stretches } = this.#decoded;
    const waitingBefore = clock.waiting.length;
    const firstStretch = this.#stretch;
    this.#max = -Infinity;
    this.#isWhole = true;
    this.#clockRowsBefore = clock.clockRows - this.#rows.clockRowsBefore(from);
    while (this.#stretch * stretchStride < stretches.length && stretches[this.#stretch * stretchStride] < to) {
      const next = (this.#stretch + 1) * stretchStride;
      this.#placeStretch(next < stretches.length ? Math.min(to, stretches[next]) : to, part, clock);
      this.#stretch++;
    }
    const isWhole = this.#isWhole && this.#stretch === firstStretch + 1;
    return {
      part,
      from,
      to,
      waitingBefore,
      waiting: this.#takeWaiting(),
      max: this.#max,
      isWhole,
      maxTaken: -Infinity,
    };
  }

  #takeWaiting(): WaitingCounts {
    if (this.#waitingRows.length === 0) return noChange;
    return {
      rows: Uint32Array.from(this.#waitingRows.splice(0)),
      counts: Uint32Array.from(this.#waitingCounts.splice(0)),
    };
  }

  /** Places the rows of the next stretch, which ends before row `to`. */
  #placeStretch(to: number, part: ChunkPart, clock: PartitionClock): void {
    const stretch = stretchOf(this.#decoded, this.#stretch);
    const { row: first, last, isStepped } = stretch;
    if (!isStepped && this.#advance(stretch, first, to, clock)) return;
    this.#isWhole = false;
    for (let from = first; from < to; from += lookUpRows) {
      const end = Math.min(from + lookUpRows, to);
      const places = this.#rows.placesOf(from, end);
      for (let row = from; row < end; row++) {
        const place = places[row - from];
        if (place < 0 || !this.#step(row, place, part, clock) || isStepped) continue;
        const isEnd = this.#rows.clockRowsIn(row + 1, to) === 0;
        if (isEnd || this.#advance(this.#rows.stretch(row + 1, to, last), row + 1, to, clock)) return;
      }
    }
  }

  /** Places rows [from, to), if the clock accepts all of them. */
  #advance(stretch: OrbitStretch, from: number, to: number, clock: PartitionClock): boolean {
    const waitingBefore = clock.waiting.length;
    const delta = clock.advance(stretch, this.#rows.clockRowsIn(from, to), this.#now);
    if (delta === undefined) return false;
    this.#delta ??= delta;
    if (delta !== this.#delta) this.#rows.move(from, to, delta - this.#delta);
    if (stretch.max + delta > this.#max) this.#max = stretch.max + delta;
    for (let index = 0; index < this.#now.length; index++) {
      const late = this.#now[index];
      const row = this.#rows.rowOfClockRow(late.atClockRow - this.#clockRowsBefore);
      this.#release(late, row);
      this.#noteWaiting(row, waitingBefore - index - 1);
    }
    if (this.#now.length > 0) this.#now.length = 0;
    return true;
  }

  /** Sends one row through the clock; returns whether the clock stands there now. */
  #step(row: number, place: number, part: ChunkPart, clock: PartitionClock): boolean {
    const { orbits, keys } = this.#rows.lists;
    const waitingBefore = clock.waiting.length;
    const offset = offsetOfRow(this.#decoded, part, row);
    const orbit = clock.step(orbits[place] >>> 0, keys[place], offset, this.#now);
    if (orbit === undefined) {
      voidEntry(this.#rows.lists, place);
    } else {
      this.#delta ??= orbit - orbits[place];
      orbits[place] = orbit - this.#delta;
      this.#max = Math.max(this.#max, orbit);
    }
    if (clock.waiting.length !== waitingBefore) this.#noteWaiting(row, clock.waiting.length);
    if (this.#now.length === 0) return orbit !== undefined;
    const isThere = orbit !== undefined || this.#now.some(({ claimed }) => !claimed);
    for (const late of this.#now) this.#release(late, row);
    this.#now.length = 0;
    return isThere;
  }

  #release({ orbit, key, claimed }: ReleasedRow, row: number): void {
    this.released.push({ row, orbit, key, claimed });
    if (!claimed) this.#max = Math.max(this.#max, orbit);
  }

  #noteWaiting(row: number, count: number): void {
    this.#waitingRows.push(row);
    this.#waitingCounts.push(count);
  }
}
