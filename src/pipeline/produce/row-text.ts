import { writeNumber, writeOrbit } from '../../domain/write-number.js';

/** Longest line of a word: `7,7,511,4294967295,4095,31`. */
export const wordLineBytesMax = 26;

/** Digits of the largest orbit. */
export const orbitDigitsMax = 10;

const comma = 0x2c;

/**
 * Writes a word as its CSV line, the bytes of `formatHit`, without a line end.
 *
 * @param low, high halves of the word
 * @returns the position after the line
 */
export function writeWordLine(low: number, high: number, bytes: Uint8Array, at: number): number {
  at = writeNumber(high >>> 29, bytes, at);
  bytes[at++] = comma;
  at = writeNumber((high >>> 26) & 7, bytes, at);
  bytes[at++] = comma;
  at = writeNumber((high >>> 17) & 511, bytes, at);
  bytes[at++] = comma;
  at = writeOrbit((((high & 0x1ffff) << 15) | (low >>> 17)) >>> 0, bytes, at);
  bytes[at++] = comma;
  at = writeNumber((low >>> 5) & 4095, bytes, at);
  bytes[at++] = comma;
  return writeNumber(low & 31, bytes, at);
}

/** A row's text and where it is. */
export interface RowText {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Writes a row of at least four fields with another orbit; all else stays byte by byte.
 *
 * @param target has room for the row and {@link orbitDigitsMax} bytes more
 * @returns the position after the row
 */
export function writeWithOrbit(row: RowText, orbit: number, target: Uint8Array, at: number): number {
  const from = fieldStart(row, 3);
  const to = row.bytes.indexOf(comma, from);
  target.set(row.bytes.subarray(row.start, from), at);
  at = writeOrbit(orbit, target, at + from - row.start);
  target.set(row.bytes.subarray(to, row.end), at);
  return at + row.end - to;
}

function fieldStart({ bytes, start }: RowText, field: number): number {
  let at = start;
  for (let index = 0; index < field; index++) at = bytes.indexOf(comma, at) + 1;
  return at;
}
