import { hitHead, hitLimits } from '../domain/hit.js';
import { rowCode } from '../domain/row-code.js';
import { notARow, parsedOrbit, parseRow } from './parse-row.js';
import type { RowBlock } from './row-block.js';
import { stretchRows } from './stretch.js';

/** How far the quick path may look beyond the start of a line. */
const quickBytesMax = 64;
const orbitDigitsMax = 10;
/** Bytes of about {@link stretchRows} rows. */
const stretchBytes = 24 * stretchRows;

const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const lf = 0x0a;
const cr = 0x0d;
const zeros = 0x30303030;

/**
 * Decodes CSV lines in canonical column order. Guarded by bench/stages.ts.
 *
 * ```
 *  2,0,72,46758,279,18\n      plain digits, no field longer than its values need: quickLines, four bytes at a time
 *  2, 0,72,46758,2.0,18\r\n   anything else: by parseRow
 * ```
 *
 * @param bytes lines; the byte at `length - 1` must be LF
 * @param wires row code of each wire, see `wireCodes`
 * @param recordEnds end of each record, where the lines come in records; a record never ends within a line
 * @returns rows before the end of each record
 */
export function decodeCsv(
  bytes: Uint8Array,
  length: number,
  wires: Uint16Array,
  block: RowBlock,
  recordEnds: Uint32Array = noRecords,
): Uint32Array {
  const text = new DataView(bytes.buffer, bytes.byteOffset, length);
  const quickEnd = length - quickBytesMax;
  const recordRows = new Uint32Array(recordEnds.length);
  let start = 0;
  for (let record = 0; record <= recordEnds.length; record++) {
    const recordEnd = record < recordEnds.length ? recordEnds[record] : length;
    while (start < recordEnd) {
      const end = Math.min(recordEnd, quickEnd, start + stretchBytes);
      start = quickLines(text, start, end, wires, block);
      if (start < recordEnd && (start < end || start >= quickEnd)) start = carefulLine(bytes, start, wires, block);
    }
    if (record < recordEnds.length) recordRows[record] = block.rows;
  }
  return recordRows;
}

const noRecords = new Uint32Array(0);

/** Decodes one line of any kind; returns where the next one starts. */
function carefulLine(bytes: Uint8Array, start: number, wires: Uint16Array, block: RowBlock): number {
  const lineEnd = bytes.indexOf(0x0a, start);
  const end = lineEnd > start && bytes[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd;
  const code = parseRow(bytes, start, end, wires);
  if (code !== notARow) {
    if (code >= rowCode.rejectedFields) block.rejected.push(block.rows, block.lines, start, end, code);
    block.orbits[block.rows] = parsedOrbit;
    block.codes[block.rows++] = code;
  }
  block.lines++;
  return lineEnd + 1;
}

/**
 * Decodes plain lines up to the first that is not, or to `end`; returns where that one starts.
 *
 * A branch on the length of a field would be guessed wrong too often, so lengths are computed, and whatever is odd about
 * a line is collected in `odd` and looked at once.
 */
function quickLines(text: DataView, start: number, end: number, wires: Uint16Array, block: RowBlock): number {
  const { orbits, codes } = block;
  const { droppedHead } = rowCode;
  const { TDC_CHANNEL: channels, BX_COUNTER: bxs, TDC_MEAS: tdcs } = hitLimits;
  const firstRow = block.rows;
  let row = firstRow;
  let line = start;
  let orbitDigits = orbitDigitsMax;
  while (line < end) {
    const front = text.getInt32(line, true) ^ 0x2c302c30;
    if ((front & 0xfff8fff8) !== 0) break;
    const head = front & 7;
    const fpga = (front >>> 16) & 7;

    let at = (line + 4) | 0;
    let word = text.getInt32(at, true) ^ zeros;
    let length = digitsOf(word);
    let digits = word << (32 - 8 * length);
    const channel = valueOf(digits);
    at = (at + length) | 0;
    let odd = nonDigitsOf(digits) | (text.getUint8(at) ^ comma);

    at = (at + 1) | 0;
    // Nearly all orbits of a file have as many digits.
    if (text.getUint8(at + orbitDigits) !== comma) {
      orbitDigits = 1;
      while (orbitDigits < orbitDigitsMax && text.getUint8(at + orbitDigits) !== comma) orbitDigits++;
    }
    let orbit = 0;
    // Ten digits below 4,000,000,000 fit 32 bits.
    if (orbitDigits === orbitDigitsMax) odd |= (0x33 - text.getUint8(at)) >> 31;
    for (length = orbitDigits; length > 4; length = (length - 4) | 0) {
      digits = text.getInt32(at, true) ^ zeros;
      odd |= nonDigitsOf(digits);
      orbit = (Math.imul(orbit, 10_000) + valueOf(digits)) | 0;
      at = (at + 4) | 0;
    }
    digits = (text.getInt32(at, true) ^ zeros) << (32 - 8 * length);
    orbit = (Math.imul(orbit, powerOfTen(length)) + valueOf(digits)) | 0;
    at = (at + length) | 0;
    odd |= nonDigitsOf(digits) | (text.getUint8(at) ^ comma);

    at = (at + 1) | 0;
    if (head !== hitHead) {
      at = afterNumbers(text, at);
      if (at < 0 || odd !== 0) break;
      codes[row] = droppedHead;
    } else {
      word = text.getInt32(at, true) ^ zeros;
      length = digitsOf(word);
      digits = word << (32 - 8 * length);
      const bx = valueOf(digits);
      at = (at + length) | 0;
      odd |= nonDigitsOf(digits) | (text.getUint8(at) ^ comma);

      at = (at + 1) | 0;
      word = text.getInt32(at, true) ^ zeros;
      length = digitsOf(word);
      digits = word << (32 - 8 * length);
      const tdc = valueOf(digits);
      at = (at + length) | 0;
      if (text.getUint8(at) === cr) at = (at + 1) | 0;
      odd |= nonDigitsOf(digits) | (text.getUint8(at) ^ lf);

      at = (at + 1) | 0;
      odd |= ((channels - 1 - channel) | (bxs - 1 - bx) | (tdcs - 1 - tdc)) >> 31;
      if (odd !== 0) break;
      orbits[row] = orbit;
      codes[row] = wires[fpga * channels + channel];
    }
    row = (row + 1) | 0;
    line = at;
  }
  block.lines += row - firstRow;
  block.rows = row;
  return line;
}

/** How many of four bytes, as digits less '0', are digits before the first that is none; at least 1 and maybe wrong. */
function digitsOf(word: number): number {
  // Bit 4 tells digits from all that may end a field.
  const tens = ~(word >>> 12) & 1;
  const hundreds = tens & ~(word >>> 20);
  return 1 + tens + hundreds + (hundreds & ~(word >>> 28));
}

/** Bits that are set when one of four bytes, as digits less '0', is no digit. */
function nonDigitsOf(digits: number): number {
  return ((digits + 0x76767676) | digits) & 0x80808080;
}

/** The number that four digits make, the first in the lowest byte. */
function valueOf(digits: number): number {
  const pairs = Math.imul(digits, 10) + (digits >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
}

function powerOfTen(exponent: number): number {
  return exponent === 2 ? 100 : exponent === 1 ? 10 : exponent === 3 ? 1000 : 10_000;
}

/** The place after `digits,-?digits[.digits]` and the line end; -1 when the text is anything else. */
function afterNumbers(text: DataView, start: number): number {
  let at = afterDigits(text, start);
  if (at === start || text.getUint8(at) !== comma) return -1;
  at++;
  if (text.getUint8(at) === minus) at++;
  let first = at;
  at = afterDigits(text, at);
  if (at > first && text.getUint8(at) === dot) {
    first = at + 1;
    at = afterDigits(text, first);
  }
  if (at === first) return -1;
  if (text.getUint8(at) === cr) at++;
  return text.getUint8(at) === lf ? at + 1 : -1;
}

function afterDigits(text: DataView, start: number): number {
  let at = start;
  while ((text.getUint8(at) - 48) >>> 0 < 10) at++;
  return at;
}
