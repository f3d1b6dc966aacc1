const space = 0x20;
const tab = 0x09;
const plus = 0x2b;
const minus = 0x2d;
const dot = 0x2e;
const lowerE = 0x65;
const upperE = 0x45;
const zero = 0x30;

/** An exponent beyond it moves the point out of any line there can be. */
const exponentMax = 1e12;
/** So many more zeros make any number larger than every field may be. */
const zerosMax = 20;

/**
 * Numbers as their digits say, a slot each, without rounding where it matters: slot by slot the value is
 * `±(whole + something in [0, 1))`.
 */
export class Decimals {
  /** Integer part; exact below 2^53, and at least 2^53 for larger numbers. */
  readonly whole: Float64Array;
  /** 1 where something other than zeros is behind the point. */
  readonly fraction: Uint8Array;
  /** 1 where the number is below zero; -0 is not. */
  readonly negative: Uint8Array;

  constructor(slots: number) {
    this.whole = new Float64Array(slots);
    this.fraction = new Uint8Array(slots);
    this.negative = new Uint8Array(slots);
  }
}

/**
 * Takes `[+-]digits[.digits][e[+-]digits]` with blanks around it into a slot. The value is decided on the digits, in time
 * that the length of the text bounds: `2.5e9` is whole, `1e400` is larger than every field, `0e999999999` is zero.
 *
 * @param end where the text ends at the latest
 * @returns the first byte behind the number and the blanks after it, or -1 when there is no number
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number, into: Decimals, slot: number): number {
  let at = skipBlanks(bytes, start, end);
  const sign = at < end ? bytes[at] : 0;
  if (sign === minus || sign === plus) at++;
  const first = at;
  let whole = 0;
  let digit: number;
  for (; at < end && (digit = bytes[at] - zero) >= 0 && digit <= 9; at++) whole = whole * 10 + digit;
  if (at === first) return -1;
  let fraction = 0;
  if (at < end && bytes[at] === dot) {
    const firstDecimal = ++at;
    for (; at < end && (digit = bytes[at] - zero) >= 0 && digit <= 9; at++) if (digit !== 0) fraction = 1;
    if (at === firstDecimal) return -1;
  }
  into.whole[slot] = whole;
  into.fraction[slot] = fraction;
  if (at < end && (bytes[at] === lowerE || bytes[at] === upperE)) {
    at = scale(bytes, first, at, end, into, slot);
    if (at < 0) return -1;
  }
  into.negative[slot] = sign === minus && (into.whole[slot] > 0 || into.fraction[slot] === 1) ? 1 : 0;
  return skipBlanks(bytes, at, end);
}

/** Whether a slot holds a whole number in [0, limit). */
export function isWholeBelow({ whole, fraction, negative }: Decimals, slot: number, limit: number): boolean {
  return negative[slot] === 0 && fraction[slot] === 0 && whole[slot] < limit;
}

/** The first byte from `start` on that is neither space nor tab, or `end`. */
export function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === space || bytes[at] === tab)) at++;
  return at;
}

/**
 * Moves the point of the number in a slot by the exponent that begins at `e`.
 *
 * @param first its first digit
 * @returns where the exponent ends, or -1 when there is none
 */
function scale(bytes: Uint8Array, first: number, e: number, end: number, into: Decimals, slot: number): number {
  let at = e + 1;
  const sign = at < end ? bytes[at] : 0;
  if (sign === minus || sign === plus) at++;
  const firstDigit = at;
  let exponent = 0;
  let digit: number;
  for (; at < end && (digit = bytes[at] - zero) >= 0 && digit <= 9; at++) {
    exponent = Math.min(exponent * 10 + digit, exponentMax);
  }
  if (at === firstDigit) return -1;
  let left = sign === minus ? -exponent : exponent;
  // Where the point was; digits before it are one byte nearer than those behind it.
  let point = first;
  while (point < e && bytes[point] !== dot) point++;
  left += point - first;

  let whole = 0;
  let fraction = 0;
  for (let digitAt = first; digitAt < e; digitAt++) {
    if (digitAt === point) continue;
    digit = bytes[digitAt] - zero;
    if (left > 0) whole = whole * 10 + digit;
    else if (digit !== 0) fraction = 1;
    left--;
  }
  if (whole > 0) for (let zeros = Math.min(left, zerosMax); zeros > 0; zeros--) whole *= 10;
  into.whole[slot] = whole;
  into.fraction[slot] = fraction;
  return at;
}
