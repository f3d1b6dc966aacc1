import { setFound } from './found';
import { keyOf } from './keys';
import {
  channelOffset,
  delimiter,
  fields,
  gapBefore,
  hasManyCr,
  hasQuotes,
  hasSignedOrbits,
  hasTrailing,
  isBlanks,
  ownHead,
  slotOf,
  tdcOffset,
  wantedFields,
} from './layout';
import { areEightDigits, number8 } from './numbers';

const lf: u8 = 0x0a;
const cr: u8 = 0x0d;
const space: u8 = 0x20;
const tab: u8 = 0x09;
const quote: u8 = 0x22;
const plus: u8 = 0x2b;
const minus: u8 = 0x2d;
const dot: u8 = 0x2e;
const lowerE: u8 = 0x65;

/** A longer line is left to the careful way. */
const lengthMax: usize = 0xffff;
/** Digits of which the value is known: 64 bits hold any 19. */
const digitsMax: usize = 19;
/** Larger whole numbers are beyond every field, larger exponents lead there. */
const wholeMax: u64 = 1 << 40;
const powersOf10 = memory.data<u64>(
  [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ],
  16,
);
const powerMax: i32 = 19;

/** The six numbers by their slot, i64 each: rounded down to a whole number, doubled, plus 1 where it was none before. */
const halves = memory.data(48, 16);
/** What is no whole number that a field may have, with or without a sign. */
const notANumber: i64 = i64.MIN_VALUE;
/** Where the last number ended that {@link takeNumber} has taken. */
let numberEnd: usize = 0;

/**
 * Decodes a line in any layout field by field, as src/compute/layout-parser.ts does: any length, number and quotes.
 *
 * @returns length with the line end, the row itself being in `found`; 0 for a line that is no row, or rejected
 */
export function lineByFields(line: usize, wires: usize): i32 {
  const last = fields - 1;
  let at = isBlanks ? skipBlanks(line) : line;
  let place = 0;
  let wanted = gapBefore(0);
  for (let field = 0; ; field++) {
    if (!isBlanks) at = skipInner(at);
    const start = at;
    const isQuoted = hasQuotes && load<u8>(at) == quote;
    at += usize(isQuoted);
    if (field == wanted) {
      if (isQuoted) at = skipBlanks(at);
      const half = takeNumber(at);
      if (half == notANumber) return 0;
      store<i64>(halves + (slotOf(place) << 3), half);
      at = isQuoted ? skipBlanks(numberEnd) : numberEnd;
      place++;
      wanted += place < wantedFields ? 1 + gapBefore(place) : 0;
    } else {
      at = isQuoted ? quotedEnd(at) : textEnd(at);
    }
    if (isQuoted && load<u8>(at++) != quote) return 0;
    if (isBlanks) {
      if (at == start) return 0;
      const end = at;
      at = skipBlanks(at);
      if (field == last) break;
      if (at == end) return 0;
    } else {
      at = skipInner(at);
      if (field == last) break;
      if (load<u8>(at++) != delimiter) return 0;
    }
  }
  if (hasTrailing && load<u8>(at) == delimiter) at++;
  if (load<u8>(at) == cr) at++;
  if (hasManyCr) while (load<u8>(at) == cr) at++;
  if (load<u8>(at) != lf) return 0;
  const length = at + 1 - line;
  if (length > lengthMax) return 0;
  return findFate(wires) ? i32(length) : 0;
}

/** What the six numbers make of a row; false for a rejected one. */
function findFate(wires: usize): boolean {
  if (load<i64>(halves) != i64(ownHead) << 1) {
    setFound(0, keyOf(0, 0, 0, 0));
    return true;
  }
  const fpga = load<i64>(halves, 8);
  const channel = load<i64>(halves, 16) + (i64(channelOffset) << 1);
  let orbit = load<i64>(halves, 24);
  const bx = load<i64>(halves, 32);
  // May have decimals.
  const tdc = (load<i64>(halves, 40) >> 1) + i64(tdcOffset);
  if (hasSignedOrbits && orbit < 0 && orbit >= -(1 << 32)) orbit += 1 << 33;
  // Whole numbers within limits that are powers of two.
  const wrong = (fpga & ~0xe) | (channel & ~0x3fe) | (orbit & ~0x1fffffffe) | (bx & ~0x1ffe) | (tdc & ~0x1f);
  if (wrong != 0) return false;
  const code = load<u16>(wires + usize((fpga << 9) | ((channel >> 1) << 1)));
  setFound(u32(orbit >>> 1), keyOf(i32(code), i32(bx >> 1), i32(tdc), -1));
  return true;
}

/** Takes a number `[+-]digits[.digits][e[+-]digits]` as in {@link halves}; {@link notANumber} for anything else. */
function takeNumber(start: usize): i64 {
  let at = start;
  const sign = load<u8>(at);
  at += usize(sign == minus || sign == plus);
  const first = at;
  let digits: u64 = 0;
  let digit = digitAt(at);
  while (digit <= 9) {
    digits = digits * 10 + digit;
    digit = digitAt(++at);
  }
  let count = at - first;
  if (count == 0 || count > digitsMax) return notANumber;
  let whole = digits;
  /** Not 0 where something is behind the point. */
  let rest: u64 = 0;
  let decimals = 0;
  if (load<u8>(at) == dot) {
    const point = at++;
    while (areEightDigits(at)) {
      const eight = number8(at + 8, 8);
      rest |= eight;
      digits = digits * 100_000_000 + eight;
      at += 8;
    }
    digit = digitAt(at);
    while (digit <= 9) {
      rest |= digit;
      digits = digits * 10 + digit;
      digit = digitAt(++at);
    }
    decimals = i32(at - point - 1);
    if (decimals == 0) return notANumber;
    count += decimals;
  }
  if ((load<u8>(at) | 0x20) == lowerE) {
    const exponentSign = load<u8>(++at);
    at += usize(exponentSign == minus || exponentSign == plus);
    const firstOfExponent = at;
    let exponent = 0;
    digit = digitAt(at);
    while (digit <= 9) {
      exponent = exponent * 10 + i32(digit);
      digit = digitAt(++at);
    }
    const exponentLength = at - firstOfExponent;
    if (count > digitsMax || exponentLength == 0 || exponentLength > 3) return notANumber;
    const power = (exponentSign == minus ? -exponent : exponent) - decimals;
    if (power >= 0) {
      if (power > powerMax) return notANumber;
      const factor = load<u64>(powersOf10 + (power << 3));
      if (digits > wholeMax / factor) return notANumber;
      whole = digits * factor;
      rest = 0;
    } else if (power < -powerMax) {
      whole = 0;
      rest = digits;
    } else {
      const divisor = load<u64>(powersOf10 + (-power << 3));
      whole = digits / divisor;
      rest = digits - whole * divisor;
    }
  }
  if (whole > wholeMax) return notANumber;
  numberEnd = at;
  const half = i64(whole << 1) | i64(rest != 0);
  return sign == minus ? -half : half;
}

/** The value of a digit; more than 9 for any other byte. */
function digitAt(at: usize): u64 {
  return u64(load<u8>(at)) - 0x30;
}

function skipBlanks(at: usize): usize {
  while (load<u8>(at) == space || load<u8>(at) == tab) at++;
  return at;
}

/** Skips blanks that are no delimiter. */
function skipInner(at: usize): usize {
  while (load<u8>(at) == space || (load<u8>(at) == tab && delimiter != tab)) at++;
  return at;
}

/** The quote that closes a field, or where its line ends. */
function quotedEnd(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte == lf || byte == 0) return at;
    if (byte == quote) {
      if (load<u8>(at, 1) != quote) return at;
      at++;
    }
    at++;
  }
}

/** Where a field without quotes ends, or anything begins that it may not hold. */
function textEnd(at: usize): usize {
  while (true) {
    const byte = load<u8>(at);
    if (byte == delimiter || byte == lf || byte == cr || byte == 0 || byte == quote) return at;
    if (isBlanks && byte == tab) return at;
    at++;
  }
}
