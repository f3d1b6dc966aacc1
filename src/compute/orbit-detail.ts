import { joined, mergedPair } from './number-lists.js';
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

/** Collects the orbits of tables by chamber, up to a bound of all together. */
export class OrbitDetailCollector {
  readonly #parts: OrbitDetail[][];
  #left: number;

  constructor(chambers: number, max: number) {
    this.#parts = Array.from({ length: chambers }, () => []);
    this.#left = max;
  }

  addAll(table: OrbitTable): void {
    if (this.#left >= 0) this.#left -= table.seen;
    // If there are too many, none is listed.
    if (this.#left < 0) return;
    const { orbits, masks, chambers } = table;
    this.#parts.forEach((parts, chamber) => parts.push(detailOf(orbits, masks, chambers, chamber)));
  }

  /** By chamber; undefined when the bound was passed. */
  get detail(): OrbitDetail[] | undefined {
    return this.#left < 0 ? undefined : this.#parts.map((parts) => joined(parts).sort());
  }
}

/** Where a list is made before it is as long as it must be; kept, since memory that is given back is cleared again. */
let scratch = new Float64Array(0);

function detailOf(orbits: Float64Array, masks: Uint32Array, chambers: number, chamber: number): OrbitDetail {
  if (scratch.length < orbits.length) scratch = new Float64Array(2 * orbits.length);
  const detail = scratch;
  let length = 0;
  for (let entry = 0; entry < orbits.length; entry++) {
    const word = 2 * (entry * chambers + chamber);
    const channels = bitCount(masks[word]) + bitCount(masks[word + 1]);
    if (channels > 0) detail[length++] = (orbits[entry] >>> 0) * countSpan + channels;
  }
  return detail.slice(0, length);
}

/** Bits set in 32: in pairs, in fours, in bytes, and these added up. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Ascending lists as one: two at a time, since there are as many as threads. */
export function mergedOrbitDetail(parts: readonly OrbitDetail[]): OrbitDetail {
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
