import { csvHeader, hitHead, hitLimits } from '../domain/hit.js';
import { rowCode } from '../domain/row-code.js';

const fieldCount = 6;
const comma = 0x2c;
const space = 0x20;
const tab = 0x09;
const minus = 0x2d;
const dot = 0x2e;
const upperA = 0x41;
const lowerA = 0x61;
const lowerZ = 0x7a;
const header = Buffer.from(csvHeader, 'latin1');

/** Fields of the row under work, kept here so that parsing allocates nothing. */
const whole = new Float64Array(fieldCount);
const fraction = new Uint8Array(fieldCount);
const negative = new Uint8Array(fieldCount);

/** What {@link parseRow} returns for a line that is not a row: a header or nothing but blanks. */
export const notARow = 0xffff;

/** Raw orbit of the last row that {@link parseRow} found to be a hit or a scintillator row. */
export let parsedOrbit = 0;

/**
 * The fate of any CSV line by the rules of docs/semantics.md, in their order: the careful twin of the quick path of
 * `decodeCsv`, for what that does not take. Numbers are decided on their digits, not on rounded values.
 *
 * @param start first byte of the line
 * @param end end of the line without its LF or CRLF
 * @returns a row code, or {@link notARow}
 */
export function parseRow(bytes: Uint8Array, start: number, end: number, wires: Uint16Array): number {
  let from = start;
  for (let field = 0; field < fieldCount; field++) {
    const to = parseNumber(bytes, from, end, field);
    if (to < 0 || (to === end) !== (field === fieldCount - 1)) return noNumbers(bytes, start, end);
    from = to + 1;
  }
  if (!isWholeBelow(0, hitHead + 1) || whole[0] !== hitHead) return rowCode.droppedHead;
  if (
    !isWholeBelow(1, hitLimits.FPGA) ||
    !isWholeBelow(2, hitLimits.TDC_CHANNEL) ||
    !isWholeBelow(3, hitLimits.ORBIT_CNT) ||
    !isWholeBelow(4, hitLimits.BX_COUNTER) ||
    negative[5] === 1 ||
    whole[5] >= hitLimits.TDC_MEAS
  ) {
    return rowCode.rejectedRange;
  }
  parsedOrbit = whole[3];
  return wires[whole[1] * hitLimits.TDC_CHANNEL + whole[2]];
}

/** What a line is that does not consist of six numbers. */
function noNumbers(bytes: Uint8Array, start: number, end: number): number {
  if (isBlank(bytes, start, end) || isHeader(bytes, start, end)) return notARow;
  return countFields(bytes, start, end) === fieldCount ? rowCode.rejectedNumber : rowCode.rejectedFields;
}

/**
 * Takes `-?digits[.digits]` with blanks around it into the field's slot.
 *
 * @returns where the field ends, at a comma or at `end`, or -1 when it is anything else
 */
function parseNumber(bytes: Uint8Array, start: number, end: number, field: number): number {
  let at = skipBlanks(bytes, start, end);
  const sign = at < end && bytes[at] === minus;
  if (sign) at++;
  const first = at;
  let value = 0;
  for (; at < end && isDigit(bytes[at]); at++) value = value * 10 + bytes[at] - 48;
  if (at === first) return -1;
  let decimals = 0;
  if (at < end && bytes[at] === dot) {
    const firstDecimal = ++at;
    for (; at < end && isDigit(bytes[at]); at++) if (bytes[at] !== 48) decimals = 1;
    if (at === firstDecimal) return -1;
  }
  at = skipBlanks(bytes, at, end);
  if (at < end && bytes[at] !== comma) return -1;
  whole[field] = value;
  fraction[field] = decimals;
  negative[field] = sign && (value > 0 || decimals === 1) ? 1 : 0;
  return at;
}

function isWholeBelow(field: number, limit: number): boolean {
  return negative[field] === 0 && fraction[field] === 0 && whole[field] < limit;
}

function countFields(bytes: Uint8Array, start: number, end: number): number {
  let fields = 1;
  for (let at = start; at < end; at++) if (bytes[at] === comma) fields++;
  return fields;
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  return skipBlanks(bytes, start, end) === end;
}

/** The canonical header line, in any case and with blanks around the names. */
function isHeader(bytes: Uint8Array, start: number, end: number): boolean {
  let at = skipBlanks(bytes, start, end);
  for (const expected of header) {
    if (expected === comma) at = skipBlanks(bytes, at, end);
    if (at === end || upperCase(bytes[at]) !== expected) return false;
    at++;
    if (expected === comma) at = skipBlanks(bytes, at, end);
  }
  return skipBlanks(bytes, at, end) === end;
}

/** The first byte from `start` on that is no blank, or `end`. */
function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlankByte(bytes[at])) at++;
  return at;
}

function upperCase(byte: number): number {
  return byte >= lowerA && byte <= lowerZ ? byte - lowerA + upperA : byte;
}

function isBlankByte(byte: number): boolean {
  return byte === space || byte === tab;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
