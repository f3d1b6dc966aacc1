import { hitHead } from './codes';
import { foundKey, foundOrbit } from './found';
import { keyOf } from './keys';
import { isCanonical } from './layout';
import { lineByFields } from './line-fields';
import { lineByMasks } from './line-masks';
import { number4, number8, numbers4 } from './numbers';

/** Number of the row that comes next, set by the caller and moved on by {@link decodeLines}. */
export let row: u32 = 0;
/** Number of the record that comes next, likewise. */
export let record: u32 = 0;

const comma: u8 = 0x2c;
const minus: u8 = 0x2d;
const dot: u8 = 0x2e;
const lf: u8 = 0x0a;
const cr: u8 = 0x0d;
const separators = 5;
/** Lines between two attempts at plain ones, where those in between are none. */
const othersMax: u32 = 1024;

// Sixteen copies of each byte. In memory, because the engine would build a constant again for every line.
const commas16 = memory.data<u8>([44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44, 44], 16);
const minuses16 = memory.data<u8>([45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45], 16);
const dots16 = memory.data<u8>([46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46, 46], 16);
const zeros16 = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48], 16);
const nines16 = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9], 16);

/**
 * Decodes lines of the layout in use up to the first that it does not understand, or to `end`.
 *
 * Around the text there are 64 bytes before and after that may be read.
 *
 * @param end lines that start before it are decoded
 * @param wires row codes by `fpga * 512 + channel`, u16
 * @param orbits u32 a row
 * @param keys u32 a row
 * @param recordEnds where each record ends, u32 of an address; a record never ends within a line
 * @param recordRows gets the rows before the end of each record, u32
 * @returns where the first line starts that was not decoded
 */
export function decodeLines(
  start: usize,
  end: usize,
  wires: usize,
  orbits: usize,
  keys: usize,
  recordEnds: usize,
  recordRows: usize,
  records: u32,
): usize {
  if (!isCanonical) {
    return layoutLines(start, end, wires, orbits, keys, recordEnds, recordRows, records, u32.MAX_VALUE);
  }
  let line = start;
  // Where all lines are in other dress, the loop for plain ones is seldom tried.
  let others: u32 = 1;
  while (true) {
    const plainEnd = canonicalLines(line, end, wires, orbits, keys, recordEnds, recordRows, records);
    if (plainEnd >= end) return plainEnd;
    others = plainEnd > line ? 1 : min(others << 1, othersMax);
    line = layoutLines(plainEnd, end, wires, orbits, keys, recordEnds, recordRows, records, others);
    if (line == plainEnd) return line;
  }
}

/** The same for lines of any layout, field by field where need be, but at most `linesMax`. */
function layoutLines(
  start: usize,
  end: usize,
  wires: usize,
  orbits: usize,
  keys: usize,
  recordEnds: usize,
  recordRows: usize,
  records: u32,
  linesMax: u32,
): usize {
  let line = start;
  let orbitAt = orbits + (row << 2);
  let keyAt = keys + (row << 2);
  let next = record;
  let recordEnd: usize = next < records ? load<usize>(recordEnds + (next << 2)) : usize.MAX_VALUE;
  for (let left = linesMax; ; left--) {
    while (line >= recordEnd) {
      store<u32>(recordRows + (next << 2), u32((keyAt - keys) >> 2));
      next++;
      recordEnd = next < records ? load<usize>(recordEnds + (next << 2)) : usize.MAX_VALUE;
    }
    if (line >= end || left == 0) break;
    let found = lineByMasks(line, wires);
    if (found == 0) found = lineByFields(line, wires);
    if (found <= 0) break;
    store<u32>(orbitAt, foundOrbit);
    store<i32>(keyAt, foundKey);
    orbitAt += 4;
    keyAt += 4;
    line += usize(found);
  }
  row = u32((keyAt - keys) >> 2);
  record = next;
  return line;
}

/**
 * The same for plain lines of canonical columns.
 *
 * A line is processed in 32 bytes at once: comparisons give one bit per byte, and rules become arithmetic on such masks. So
 * there is one branch a line, and it is nearly always right; a branch on the length of a field would be guessed wrong.
 *
 * ```
 *  bytes    2 , 0 , 7 2 , 4 6 7 5 8 , 2 7 9 , 1 8 \n
 *  commas   · 1 · 1 · · 1 · · · · · 1 · · · 1 · · ·
 *  digits   1 · 1 · 1 1 · 1 1 1 1 1 · 1 1 1 · 1 1 ·
 * ```
 */
function canonicalLines(
  start: usize,
  end: usize,
  wires: usize,
  orbits: usize,
  keys: usize,
  recordEnds: usize,
  recordRows: usize,
  records: u32,
): usize {
  let line = start;
  let orbitAt = orbits + (row << 2);
  let keyAt = keys + (row << 2);
  let next = record;
  let recordEnd: usize = next < records ? load<usize>(recordEnds + (next << 2)) : usize.MAX_VALUE;
  while (true) {
    while (line >= recordEnd) {
      store<u32>(recordRows + (next << 2), u32((keyAt - keys) >> 2));
      next++;
      recordEnd = next < records ? load<usize>(recordEnds + (next << 2)) : usize.MAX_VALUE;
    }
    if (line >= end) break;
    const low = v128.load(line);
    const high = v128.load(line, 16);
    const commas = bits(low, high, commas16);
    const digits = digitBits(low, high);
    const others = ~(commas | digits);
    const textLength = ctz(others);
    // All below the first byte that is neither; nothing when there is none.
    const inText = (others & -others) - 1;
    let rest = commas & inText;
    let wrong = popcnt(rest) ^ separators;
    rest &= rest - 1;
    rest &= rest - 1;
    const channelEnd = ctz(rest);
    rest &= rest - 1;
    const orbitEnd = ctz(rest);
    rest &= rest - 1;
    const bxEnd = ctz(rest);

    // `h,f,` less the zeros and commas: 3 bits of HEAD, and 16 above them 3 of FPGA.
    const front = load<i32>(line) ^ 0x2c302c30;
    const channelLength = channelEnd - 4;
    const orbitLength = orbitEnd - channelEnd - 1;
    const bxLength = bxEnd - orbitEnd - 1;
    const tdcLength = textLength - bxEnd - 1;
    const beyondFirst = (channelLength - 1) | (bxLength - 1) | (tdcLength - 1);
    wrong |= (front & 0xfff8fff8) | ((beyondFirst | (orbitLength - 1)) >> 31);
    const channelAndTdc = numbers4(line + channelEnd, channelLength, line + textLength, tdcLength);
    const channel = i32(channelAndTdc);
    const tdc = i32(channelAndTdc >>> 32);
    const bx = number4(line + bxEnd, bxLength);
    let orbit: u64;
    // Nearly all orbits of a file have as many digits, so this is guessed well.
    if (orbitLength <= 8) {
      orbit = number8(line + orbitEnd, orbitLength);
    } else {
      const front = number4(line + orbitEnd - 8, orbitLength - 8);
      orbit = number8(line + orbitEnd, 8) + u64(front) * 100_000_000;
      wrong |= i32(orbit > 0xffffffff) | i32(orbitLength > 10);
    }
    // All ones where the line is a hit: an engine makes a branch of a choice between two values.
    const ifHit = -i32((front & 7) == hitHead);
    wrong |= ifHit & ((beyondFirst & ~3) | (((511 - channel) | (4095 - bx) | (31 - tdc)) >> 31));

    let length = textLength + 1;
    const lineEnd = load<u8>(line + textLength);
    if (wrong != 0 || lineEnd != lf) {
      if (wrong == 0 && lineEnd == cr && load<u8>(line + length) == lf) length++;
      else {
        length = lengthOfNumbers(line);
        if (length == 0 || load<u8>(line) == 0x32) break;
      }
    }
    const code = i32(load<u16>(wires + (((front >>> 6) & 0x1c00) | ((channel & 511) << 1))));
    store<u32>(orbitAt, u32(orbit));
    store<i32>(keyAt, keyOf(code, bx, tdc, ifHit));
    orbitAt += 4;
    keyAt += 4;
    line += length;
  }
  row = u32((keyAt - keys) >> 2);
  record = next;
  return line;
}

/**
 * Length, with its end, of a line of six fields `-?digits[.digits]`, HEAD a digit and at most one point among them;
 * 0 for anything else.
 */
function lengthOfNumbers(line: usize): i32 {
  const low = v128.load(line);
  const high = v128.load(line, 16);
  const commas = bits(low, high, commas16);
  const minuses = bits(low, high, minuses16);
  const dots = bits(low, high, dots16);
  const digits = digitBits(low, high);
  const others = ~(commas | minuses | dots | digits);
  const inText = (others & -others) - 1;
  const fieldStarts = ((commas & inText) << 1) | 1;
  const signs = minuses & inText;
  const points = dots & inText;
  const wrong =
    (popcnt(commas & inText) ^ separators) |
    (fieldStarts & ~(digits | signs)) |
    (signs & ~fieldStarts) |
    (((signs | points) << 1) & ~digits) |
    (points & ~(digits << 1)) |
    (points & (points - 1)) |
    (~commas & 2) |
    i32(others == 0);
  if (wrong != 0) return 0;
  const length = ctz(others);
  if (load<u8>(line + length) == lf) return length + 1;
  return load<u16>(line + length) == ((u16(lf) << 8) | cr) ? length + 2 : 0;
}

/** A bit for each of 32 bytes that equals that of `byte16`. */
function bits(low: v128, high: v128, byte16: usize): i32 {
  const byte = v128.load(byte16);
  return i8x16.bitmask(i8x16.eq(low, byte)) | (i8x16.bitmask(i8x16.eq(high, byte)) << 16);
}

/** A bit for each of 32 bytes that is a digit. */
function digitBits(low: v128, high: v128): i32 {
  return digitBits16(low) | (digitBits16(high) << 16);
}

function digitBits16(bytes: v128): i32 {
  const values = i8x16.sub(bytes, v128.load(zeros16));
  return i8x16.bitmask(i8x16.eq(i8x16.min_u(values, v128.load(nines16)), values));
}
