import { noCode, rowKey } from '../domain/row-key.js';

/**
 * Rows of one chunk after routing, in one shared buffer: a list of hits and scintillator rows for each shard, then one
 * of all other rows, each in row order.
 *
 * ```
 *           ┌ shard 0 ┬ shard 1 ┬ … ┬ others ┐
 *  orbits   │ float64: orbit relative to the chunk (others: unused)
 *  rows     │ uint32:  number of the row in the chunk
 *  keys     │ uint32:  row key
 *           └─────────┴─────────┴───┴────────┘
 *           0     starts[1] starts[2]      rows
 * ```
 */
export interface HitLists {
  readonly orbits: Float64Array;
  readonly rows: Uint32Array;
  readonly keys: Uint32Array;
}

/** Bytes that the lists take for each row. */
export const hitListRowBytes =
  Float64Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT;

/** A shared buffer for the lists of up to `rowsMax` rows; memory is taken by the system only where it is written. */
export function allocateHitLists(rowsMax: number): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.max(1, rowsMax) * hitListRowBytes);
}

/** The columns of a buffer made by {@link allocateHitLists}. */
export function viewHitLists(buffer: SharedArrayBuffer): HitLists {
  const rowsMax = Math.floor(buffer.byteLength / hitListRowBytes);
  return {
    orbits: new Float64Array(buffer, 0, rowsMax),
    rows: new Uint32Array(buffer, rowsMax * 8, rowsMax),
    keys: new Uint32Array(buffer, rowsMax * 12, rowsMax),
  };
}

/**
 * Hits and scintillator rows that are held until the end of an input: a block of them in one shared buffer, in less than
 * the memory of lists.
 *
 * ```
 *  orbits   │ uint32: raw orbit
 *  keys     │ uint32: row key
 * ```
 */
export interface HeldBlock {
  readonly orbits: Uint32Array;
  readonly keys: Uint32Array;
}

/** Bytes that a held row takes. */
const heldRowBytes = 2 * Uint32Array.BYTES_PER_ELEMENT;

export function allocateHeldBlock(rows: number): SharedArrayBuffer {
  return new SharedArrayBuffer(rows * heldRowBytes);
}

/** The columns of a buffer made by {@link allocateHeldBlock}. */
export function viewHeldBlock(buffer: SharedArrayBuffer): HeldBlock {
  const rows = buffer.byteLength / heldRowBytes;
  return { orbits: new Uint32Array(buffer, 0, rows), keys: new Uint32Array(buffer, 4 * rows, rows) };
}

/** Copies rows [from, to) of a list to a block, which must have room for them from `place` on. Orbits become raw ones. */
export function holdRows({ orbits, keys }: HitLists, from: number, to: number, block: HeldBlock, place: number): void {
  const { orbits: rawOrbits } = block;
  for (let at = from, next = place; at < to; at++, next++) rawOrbits[next] = orbits[at];
  block.keys.set(keys.subarray(from, to), place);
}

/** First index in [from, to) of an ascending list whose value is at least `value`; `to` when there is none. */
export function lowerBound(values: Uint32Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Takes an entry out of its list: no orbit is above or below it, and its code is of no hit. */
export function voidEntry({ orbits, keys }: HitLists, at: number): void {
  orbits[at] = Number.NaN;
  keys[at] = voidKey;
}

const voidKey = rowKey(noCode);
