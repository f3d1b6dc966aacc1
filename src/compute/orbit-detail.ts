import type { OrbitTable } from './orbit-table.js';

/**
 * The active channels of the orbits of one chamber, ascending by raw orbit: `raw orbit * 128 + active channels` in one
 * number each, so that lists are put in order by sorting numbers.
 */
export type OrbitDetail = Float64Array;

const countSpan = 128;

/** The orbits of a list, and their active channels. */
export function unpackOrbitDetail(parts: readonly OrbitDetail[]): { orbits: number[]; channels: number[] } {
  const keys = joined(parts).sort();
  return {
    orbits: Array.from(keys, (key) => Math.floor(key / countSpan)),
    channels: Array.from(keys, (key) => key % countSpan),
  };
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
    this.#parts.forEach((parts, chamber) => {
      const keys = detailOf(table, chamber);
      this.#left -= keys.length;
      if (this.#left >= 0) parts.push(keys);
    });
  }

  /** By chamber; undefined when the bound was passed. */
  get detail(): OrbitDetail[] | undefined {
    return this.#left < 0 ? undefined : this.#parts.map((parts) => joined(parts).sort());
  }
}

function detailOf({ keys, counts, size, chambers }: OrbitTable, chamber: number): OrbitDetail {
  let length = 0;
  for (let entry = 0; entry < size; entry++) if (counts[entry * chambers + chamber] > 0) length++;
  const detail = new Float64Array(length);
  let at = 0;
  for (let entry = 0; entry < size; entry++) {
    const channels = counts[entry * chambers + chamber];
    if (channels > 0) detail[at++] = (keys[entry] >>> 0) * countSpan + channels;
  }
  return detail;
}

function joined(parts: readonly OrbitDetail[]): OrbitDetail {
  const all = new Float64Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
