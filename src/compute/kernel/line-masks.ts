import { setFound } from './found';
import { keyOf } from './keys';
import {
  channelOffset,
  delimiter,
  delimiters16,
  fields,
  gapBefore,
  hasManyCr,
  hasQuotes,
  hasTrailing,
  isBlanks,
  ownHead,
  slotOf,
  spaces16,
  tabs16,
  tdcOffset,
  wantedFields,
} from './layout';
import { number4, number8, numbers4 } from './numbers';

const cr: u8 = 0x0d;

const lineFeeds16 = memory.data<u8>([10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10], 16);
const nulls16 = memory.data(16, 16);
const quotes16 = memory.data<u8>([34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34], 16);
const minuses16 = memory.data<u8>([45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45], 16);
const pluses16 = memory.data<u8>([43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43], 16);
const lowerEs16 = memory.data<u8>([101, 101, 101, 101, 101, 101, 101, 101, 101, 101, 101, 101, 101, 101, 101, 101], 16);
const upperEs16 = memory.data<u8>([69, 69, 69, 69, 69, 69, 69, 69, 69, 69, 69, 69, 69, 69, 69, 69], 16);
const dots16 = memory.data<u8>([46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46], 16);
const zeros16 = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48], 16);
const nines16 = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], 16);

/** The whole part of each number by its slot: where it ends in the line, and its digits, u32 each. */
const ends = memory.data(24, 16);
const lengths = memory.data(24, 16);

/** What {@link lineByMasks} returns of a line that is no row, however its numbers are read. */
const noRow: i32 = -1;

/** What {@link findNumbers} found: a bit where the whole part of each number begins, and one where it ends. */
let wholeStarts: u64 = 0;
let wholeEnds: u64 = 0;
/** A bit for each sign and each decimal other than 0; those of TDC_MEAS do not count. */
let oddities: u64 = 0;
/** Whether a line in which it did not find them has a wrong number of fields, or what no number has. */
let isHopeless: boolean = false;

/**
 * Decodes a line of up to 63 bytes in any layout whose numbers have digits, decimals and a sign at most.
 *
 * A line is processed in 64 bytes at once: comparisons give one bit per byte, and rules become arithmetic on such masks,
 * for all fields together. Adding a bit at the beginning of a run to the bits of the run makes it move on to the first byte
 * behind: so fields are walked through without a loop.
 *
 * ```
 *  bytes          " 7 2 " ; 4 6 7 5 8 . 0 ; …
 *  digits         · 1 1 · · 1 1 1 1 1 · 1 ·
 *  starts         1 · · · · 1 · · · · · · ·      behind quotes: · 1 · · · 1 · · · · · · ·
 *  digits + those                                               · · · 1 · · · · · · 1 1 ·
 * ```
 *
 * @returns length with the line end, the row itself being in `found`; 0 for a line of another kind, or {@link noRow}
 */
export function lineByMasks(line: usize, wires: usize): i32 {
  const lineFeeds = bits(line, lineFeeds16);
  if (lineFeeds == 0) return 0;
  let end = usize(ctz(lineFeeds));
  const length = end + 1;
  end -= usize(end > 0) & usize(load<u8>(line + end - 1) == cr);
  if (hasManyCr) while (end > 0 && load<u8>(line + end - 1) == cr) end--;
  const endBit = u64(1) << end;
  const digits = digitBits(line);
  const separators = (isBlanks ? blankBits(line) : bits(line, delimiters16)) & (endBit - 1);
  let starts = (separators << 1) | 1;
  let numberEnds = separators | endBit;
  const isPlain =
    ((digits | separators) & (endBit - 1)) == endBit - 1 &&
    (starts & numberEnds) == 0 &&
    i32(popcnt(numberEnds)) == fields &&
    fields == wantedFields;
  let odd: u64 = 0;
  if (!isPlain) {
    if (!findNumbers(line, end, digits, separators)) return isHopeless ? noRow : 0;
    starts = wholeStarts;
    numberEnds = wholeEnds;
    odd = oddities;
  }
  place(starts, numberEnds);

  const headEnd = line + load<u32>(ends);
  const fpgaEnd = line + load<u32>(ends, 4);
  const channelEnd = line + load<u32>(ends, 8);
  const orbitEnd = line + load<u32>(ends, 12);
  const bxEnd = line + load<u32>(ends, 16);
  const tdcEnd = line + load<u32>(ends, 20);
  const headLength = load<i32>(lengths);
  const fpgaLength = load<i32>(lengths, 4);
  const channelLength = load<i32>(lengths, 8);
  const orbitLength = load<i32>(lengths, 12);
  const bxLength = load<i32>(lengths, 16);
  const tdcLength = load<i32>(lengths, 20);

  const headAndFpga = numbers4(headEnd, headLength, fpgaEnd, fpgaLength);
  const channelAndTdc = numbers4(channelEnd, channelLength, tdcEnd, tdcLength);
  const fpga = i32(headAndFpga >>> 32);
  const channel = i32(channelAndTdc) + channelOffset;
  const tdc = i32(channelAndTdc >>> 32) + tdcOffset;
  const bx = number4(bxEnd, bxLength);
  let wrong = 0;
  let orbit: u64;
  // Nearly all orbits of a file have as many digits, so this is guessed well.
  if (orbitLength <= 8) {
    orbit = number8(orbitEnd, orbitLength);
  } else {
    orbit = number8(orbitEnd, 8) + u64(number4(orbitEnd - 8, orbitLength - 8)) * 100_000_000;
    wrong = i32(orbit > 0xffffffff) | i32(orbitLength > 10);
  }
  // All ones where the line is a hit.
  const ifHit = -i32(i32(headAndFpga) == ownHead);
  wrong |= i32(odd != 0) | (((fpgaLength - 1) | (channelLength - 1) | (bxLength - 1) | (tdcLength - 1)) & ~3);
  wrong |= (fpga & ~7) | (channel & ~511) | (bx & ~4095) | (tdc & ~31);
  if (((wrong & ifHit) | ((headLength - 1) & ~3)) != 0) return 0;
  const code = i32(load<u16>(wires + (((fpga & 7) << 10) | ((channel & 511) << 1))));
  setFound(u32(orbit), keyOf(code, bx, tdc, ifHit));
  return i32(length);
}

/**
 * Finds the whole parts of the six numbers in a line that has more than digits, or other fields.
 *
 * @param end where the line ends, without its line end
 * @returns whether there are six numbers where the layout has them
 */
function findNumbers(line: usize, end: usize, digits: u64, delimiters: u64): boolean {
  const inLine = (u64(1) << end) - 1;
  const quotes = hasQuotes ? bits(line, quotes16) & inLine : 0;
  let blanks: u64 = 0;
  let starts: u64;
  let separators: u64;
  const inside = quotes == 0 ? 0 : parity(quotes);
  if (isBlanks) {
    const between = delimiters & ~inside;
    const text = inLine & ~between;
    starts = text & ~(text << 1);
    separators = ~text & (text << 1);
  } else {
    const between = delimiters & ~inside;
    blanks = blankBits(line);
    starts = (between << 1) | 1;
    separators = between | (inLine + 1);
  }
  let wrong: u64 = 0;
  if (quotes != 0) {
    const opening = quotes & inside;
    const closing = quotes & ~inside;
    const doubled = opening & (closing << 1);
    wrong = (inside & (inLine + 1)) | (opening & ~(skip(starts, blanks) | doubled));
    wrong |= skip((closing & ~(opening >> 1)) << 1, blanks) & ~separators;
  }
  let count = i32(popcnt(separators));
  if (hasTrailing && count == fields + 1 && load<u8>(line + end - 1) == delimiter) {
    separators &= inLine;
    starts &= inLine;
    count--;
  }
  isHopeless = count != fields;
  if (isHopeless) return false;
  if (fields != wantedFields) {
    wrong |= bits(line, nulls16) & inLine;
    starts = pick(starts);
    separators = pick(separators);
  }

  const first = skip(starts, blanks);
  const opened = first & quotes;
  const signs = bits(line, minuses16) & ((first & ~opened) | (opened << 1));
  wholeStarts = ((first & ~opened) | (opened << 1)) + signs;
  wholeEnds = (digits + wholeStarts) & ~digits;
  const dots = wholeEnds & bits(line, dots16);
  const decimals = dots << 1;
  wrong |= (wholeStarts | decimals) & ~digits;
  const decimalEnds = (digits + decimals) & ~digits;
  const numberEnds = (wholeEnds & ~dots) | decimalEnds;
  const closed = numberEnds & quotes;
  wrong |= skip((numberEnds & ~closed) | (closed << 1), blanks) ^ separators;
  oddities = signs | ((decimalEnds - decimals) & digits & ~bits(line, zeros16));
  if (wrong == 0) return true;
  const known =
    digits | delimiters | blanks | quotes | bits(line, minuses16) | bits(line, pluses16) | bits(line, dots16) |
    bits(line, lowerEs16) | bits(line, upperEs16); // prettier-ignore
  isHopeless = fields == wantedFields && (inLine & ~known) != 0;
  return false;
}

/** Leaves of a bit for each field those of the wanted ones. */
function pick(each: u64): u64 {
  let picked: u64 = 0;
  let rest = each;
  for (let place = 0; place < wantedFields; place++) {
    for (let gap = gapBefore(place); gap > 0; gap--) rest &= rest - 1;
    picked |= rest & -rest;
    rest &= rest - 1;
  }
  return picked;
}

/** Writes end and length of the six numbers into their slots. */
function place(starts: u64, numberEnds: u64): void {
  for (let place = 0; place < wantedFields; place++) {
    const slot = slotOf(place) << 2;
    const end = u32(ctz(numberEnds));
    store<u32>(ends + slot, end);
    store<u32>(lengths + slot, end - u32(ctz(starts)));
    starts &= starts - 1;
    numberEnds &= numberEnds - 1;
  }
}

/** The first place at or behind each of some bits that is none of these bytes. */
function skip(from: u64, bytes: u64): u64 {
  return ((bytes + (from & bytes)) & ~bytes) | (from & ~bytes);
}

/** Whether the number of bits up to each place is odd, that place included. */
function parity(mask: u64): u64 {
  mask ^= mask << 1;
  mask ^= mask << 2;
  mask ^= mask << 4;
  mask ^= mask << 8;
  mask ^= mask << 16;
  return mask ^ (mask << 32);
}

/** A bit for each of 64 bytes that equals that of `byte16`. */
function bits(at: usize, byte16: usize): u64 {
  const byte = v128.load(byte16);
  return joined(
    i8x16.bitmask(i8x16.eq(v128.load(at), byte)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 16), byte)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 32), byte)),
    i8x16.bitmask(i8x16.eq(v128.load(at, 48), byte)),
  );
}

/** A bit for each of 64 bytes that is one of the two blanks. */
function blankBits(at: usize): u64 {
  return joined(
    blankBits16(v128.load(at)),
    blankBits16(v128.load(at, 16)),
    blankBits16(v128.load(at, 32)),
    blankBits16(v128.load(at, 48)),
  );
}

function blankBits16(bytes: v128): i32 {
  return i8x16.bitmask(v128.or(i8x16.eq(bytes, v128.load(spaces16)), i8x16.eq(bytes, v128.load(tabs16))));
}

/** A bit for each of 64 bytes that is a digit. */
function digitBits(at: usize): u64 {
  return joined(
    digitBits16(v128.load(at)),
    digitBits16(v128.load(at, 16)),
    digitBits16(v128.load(at, 32)),
    digitBits16(v128.load(at, 48)),
  );
}

function digitBits16(bytes: v128): i32 {
  const values = i8x16.sub(bytes, v128.load(zeros16));
  return i8x16.bitmask(i8x16.eq(i8x16.min_u(values, v128.load(nines16)), values));
}

function joined(first: i32, second: i32, third: i32, fourth: i32): u64 {
  return u64(u32(first | (second << 16))) | (u64(u32(third | (fourth << 16))) << 32);
}
