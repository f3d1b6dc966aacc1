/**
 * Whole numbers as bytes, most of them small or 0:
 *
 *   number n ≠ 0   2 |n| - (1 where n < 0), in groups of 7 bits, the lowest first; bit 7 = another one follows
 *   k zeros        0, then k in such groups
 *
 * A message of a second of four chambers takes about 5 kB so, a minute 10 kB.
 */
const more = 0x80;

/** Bytes that a number of 53 bits takes at most. */
const bytesMax = 8;

let scratch = new Uint8Array(1 << 16);

/** @param values whole numbers from -2^52 to 2^53; zeros at the end are left out */
export function packNumbers(values: Float64Array): Uint8Array {
  if (scratch.length < bytesMax * values.length) scratch = new Uint8Array(bytesMax * values.length);
  let at = 0;
  let zeros = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value === 0) {
      zeros++;
      continue;
    }
    if (zeros > 0) {
      scratch[at++] = 0;
      at = putGroups(zeros, at);
      zeros = 0;
    }
    at = putGroups(value > 0 ? 2 * value : -2 * value - 1, at);
  }
  return scratch.slice(0, at);
}

function putGroups(value: number, at: number): number {
  while (value >= more) {
    scratch[at++] = (value % more) | more;
    value = Math.floor(value / more);
  }
  scratch[at++] = value;
  return at;
}

/** Adds packed numbers to a sum that has room for all of them, or takes them off again. */
export function addPacked(sum: Float64Array, packed: Uint8Array, sign: 1 | -1): void {
  let index = 0;
  let isRun = false;
  for (let at = 0; at < packed.length;) {
    let value = packed[at++];
    if (value >= more) {
      value -= more;
      for (let scale = more, byte = more; byte >= more; scale *= more) {
        byte = packed[at++];
        value += (byte & (more - 1)) * scale;
      }
    }
    if (isRun) {
      index += value;
      isRun = false;
    } else if (value === 0) isRun = true;
    else sum[index++] += value % 2 === 0 ? (sign * value) / 2 : (-sign * (value + 1)) / 2;
  }
}
