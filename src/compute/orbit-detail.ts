import { mergedPair } from './number-lists.js';
import type { OrbitTable } from './orbit-table.js';

/**
 * The active channels of the orbits of one chamber, ascending by raw orbit: `raw orbit * 128 + active channels` in one
 * number each, so that lists are put in order by sorting numbers.
 */
export type OrbitDetail = Float64Array;

const countSpan = 128;

/** The entries of a list from one orbit to another, both included and less than 2^32 apart; where raw orbits wrap, in two. */
export function orbitDetailBetween(detail: OrbitDetail, first: number, last: number): OrbitDetail[] {
  const between = (from: number, to: number): OrbitDetail =>
    detail.subarray(placeOf(detail, from * countSpan), placeOf(detail, (to + 1) * countSpan));
  const [from, to] = [first % 2 ** 32, last % 2 ** 32];
  return from <= to ? [between(from, to)] : [between(0, to), between(from, 2 ** 32 - 1)];
}

/** Raw orbit of an entry. */
export function orbitOfEntry(entry: number): number {
  return Math.floor(entry / countSpan);
}

/** Active channels of an entry. */
export function channelsOfEntry(entry: number): number {
  return entry % countSpan;
}

/** Collects the orbits of tables by chamber, up to a bound of all together, in memory that it keeps for the next task. */
export class OrbitDetailCollector {
  readonly #chambers: number;
  /** Table by table, chamber by chamber. */
  #entries: Float64Array = new Float64Array(0);
  /** Where those of each table and chamber end. */
  readonly #ends: number[] = [];
  #left = 0;

  constructor(chambers: number) {
    this.#chambers = chambers;
  }

  /** Begins without an orbit, for so many at most. */
  begin(max: number): void {
    this.#ends.length = 0;
    this.#left = max;
  }

  addAll(table: OrbitTable): void {
    if (this.#left < 0) return;
    const { seen, orbits, masks } = table;
    this.#left -= seen;
    // If there are too many, none is listed.
    if (this.#left < 0) return;
    let end = this.#ends.at(-1) ?? 0;
    if (end + seen > this.#entries.length) {
      const before = this.#entries.subarray(0, end);
      this.#entries = new Float64Array(2 * (end + seen));
      this.#entries.set(before);
    }
    for (let chamber = 0; chamber < this.#chambers; chamber++) {
      end = addDetail(this.#entries, end, orbits, masks.subarray(2 * chamber), this.#chambers);
      this.#ends.push(end);
    }
  }

  /**
   * By chamber, one list behind the other at the beginning of `out`, which has room for all of them; undefined when the
   * bound was passed.
   */
  take(out: Float64Array): OrbitDetail[] | undefined {
    if (this.#left < 0) return undefined;
    let end = 0;
    return Array.from({ length: this.#chambers }, (_, chamber) => {
      const from = end;
      for (let part = chamber; part < this.#ends.length; part += this.#chambers) {
        const entries = this.#entries.subarray(this.#ends[part - 1] ?? 0, this.#ends[part]);
        out.set(entries, end);
        end += entries.length;
      }
      return out.subarray(from, end).sort();
    });
  }
}

/**
 * Adds the orbits of a table that a chamber has seen to a list, which has room for them.
 *
 * @param before how long the list is
 * @param masks those of the chamber and of all after it
 * @returns how long the list is now
 */
function addDetail(
  list: OrbitDetail,
  before: number,
  orbits: Float64Array,
  masks: Uint32Array,
  chambers: number,
): number {
  let length = before;
  for (let entry = 0; entry < orbits.length; entry++) {
    const word = 2 * entry * chambers;
    const channels = bitCount(masks[word]) + bitCount(masks[word + 1]);
    if (channels > 0) list[length++] = (orbits[entry] >>> 0) * countSpan + channels;
  }
  return length;
}

/** Bits set in 32: in pairs, in fours, in bytes, and these added up. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Ascending lists as one in memory of its own: two at a time, since there are as many as threads. */
export function mergedOrbitDetail(parts: readonly OrbitDetail[]): OrbitDetail {
  if (parts.length === 1) return parts[0].slice();
  let lists = parts;
  while (lists.length > 1) {
    lists = Array.from({ length: Math.ceil(lists.length / 2) }, (_, pair) =>
      mergedPair(lists[2 * pair], lists.at(2 * pair + 1)),
    );
  }
  return lists[0] ?? new Float64Array(0);
}

/** Index of the first entry that is at least `entry`. */
function placeOf(detail: OrbitDetail, entry: number): number {
  let [from, to] = [0, detail.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (detail[middle] < entry) from = middle + 1;
    else to = middle;
  }
  return from;
}
