import { type HitLists, lowerBound } from '../../compute/hit-lists.js';
import type { RoutedRows } from '../../compute/route.js';
import type { OrbitStretch } from '../../domain/orbit-clock.js';

/** Finds rows of a routed chunk in its lists. Clock rows are hits and scintillator rows. */
export class ChunkRows {
  readonly lists: HitLists;
  readonly #starts: Uint32Array;
  readonly #shards: number;

  constructor({ starts }: Pick<RoutedRows, 'starts'>, lists: HitLists) {
    this.lists = lists;
    this.#starts = starts;
    this.#shards = starts.length - 2;
  }

  /** Clock rows before a row. */
  clockRowsBefore(row: number): number {
    const others = this.#starts[this.#shards];
    return row - (lowerBound(this.lists.rows, others, this.#starts[this.#shards + 1], row) - others);
  }

  /** Clock rows among rows [from, to). */
  clockRowsIn(from: number, to: number): number {
    return this.clockRowsBefore(to) - this.clockRowsBefore(from);
  }

  /** The clock row with so many others before it. */
  rowOfClockRow(clockRow: number): number {
    const { rows } = this.lists;
    const others = this.#starts[this.#shards];
    let low = 0;
    let high = this.#starts[this.#shards + 1] - others;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows[others + middle] - middle > clockRow) high = middle;
      else low = middle + 1;
    }
    return clockRow + low;
  }

  /** Where each of rows [from, to) is in the lists, -1 for one that is no clock row. */
  placesOf(from: number, to: number): Int32Array {
    const places = new Int32Array(to - from).fill(-1);
    for (let shard = 0; shard < this.#shards; shard++) {
      const { first, end } = this.#entries(shard, from, to);
      for (let at = first; at < end; at++) places[this.lists.rows[at] - from] = at;
    }
    return places;
  }

  /**
   * Rows [from, to), at least one clock row, neighbours of which no two are a step apart.
   *
   * @param last orbit of the last one
   */
  stretch(from: number, to: number, last: number): OrbitStretch {
    const { orbits, rows } = this.lists;
    let [min, max, firstAt] = [Infinity, -Infinity, -1];
    for (let shard = 0; shard < this.#shards; shard++) {
      const { first, end } = this.#entries(shard, from, to);
      if (first < end && (firstAt < 0 || rows[first] < rows[firstAt])) firstAt = first;
      for (let at = first; at < end; at++) {
        const orbit = orbits[at];
        if (orbit < min) min = orbit;
        if (orbit > max) max = orbit;
      }
    }
    return { first: orbits[firstAt], last, min, max };
  }

  /** Adds to the orbits of rows [from, to). */
  move(from: number, to: number, orbits: number): void {
    for (let shard = 0; shard < this.#shards; shard++) {
      const { first, end } = this.#entries(shard, from, to);
      for (let at = first; at < end; at++) this.lists.orbits[at] += orbits;
    }
  }

  /** Entries of a shard's list for rows [from, to). */
  #entries(shard: number, from: number, to: number): { readonly first: number; readonly end: number } {
    const first = lowerBound(this.lists.rows, this.#starts[shard], this.#starts[shard + 1], from);
    return { first, end: lowerBound(this.lists.rows, first, this.#starts[shard + 1], to) };
  }
}
