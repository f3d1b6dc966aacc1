import { Decimals, parseDecimal, skipBlanks } from '../domain/decimal.js';
import { csvHeader, hitLimits } from '../domain/hit.js';
import { readJsonRow } from '../domain/json-row.js';
import { isClockCode, rowCode } from '../domain/row-code.js';
import { rowKey, timedKey } from '../domain/row-key.js';
import { fieldOutOfRange, isHitHead } from '../domain/drop-and-reject-rules.js';
import type { RowBlock } from './row-block.js';

const fieldCount = 6;
const comma = 0x2c;
const upperA = 0x41;
const lowerA = 0x61;
const lowerZ = 0x7a;
const header = Buffer.from(csvHeader, 'latin1');

/**
 * Numbers of the last row that had six, in the order of `hitFields`: kept here so that parsing allocates nothing.
 */
export const parsedFields = new Decimals(fieldCount);
const { whole } = parsedFields;

/** What {@link classifyRow} returns for a line that is not a row: a header or nothing but blanks. */
export const notARow = 0xffff;

/**
 * The fate of any CSV line by the rules of docs/semantics.md, in their order: the careful twin of the quick path of
 * `decodeCsv`, for what that does not take. Numbers are decided on their digits, not on rounded values.
 *
 * @param start first byte of the line
 * @param end end of the line without its LF or CRLF
 * @returns a row code, or {@link notARow}
 */
export function classifyRow(bytes: Uint8Array, start: number, end: number, wires: Uint16Array): number {
  let from = start;
  for (let field = 0; field < fieldCount; field++) {
    const to = parseDecimal(bytes, from, end, parsedFields, field);
    if (to < 0 || !endsAt(bytes, to, end, field)) return otherLine(bytes, start, end, wires);
    from = to + 1;
  }
  return codeOfFields(wires);
}

/** What the numbers in {@link parsedFields} make of a row. */
export function codeOfFields(wires: Uint16Array): number {
  if (!isHitHead(parsedFields)) return rowCode.droppedHead;
  if (fieldOutOfRange(parsedFields) >= 0) return rowCode.rejectedRange;
  return wires[whole[1] * hitLimits.TDC_CHANNEL + whole[2]];
}

/** Adds a row to a block: of a hit or trigger row orbit and time are in {@link parsedFields}. */
export function addParsedRow(block: RowBlock, code: number): void {
  block.orbits[block.rows] = isClockCode(code) ? whole[3] : 0;
  block.keys[block.rows++] = isClockCode(code) ? timedKey(code, whole[4], whole[5], block.clock) : rowKey(code);
}

/** Whether a field ends here: at a comma, the last one at the end of the line. */
function endsAt(bytes: Uint8Array, at: number, end: number, field: number): boolean {
  return field === fieldCount - 1 ? at === end : at < end && bytes[at] === comma;
}

/** What a line is that does not consist of six numbers between commas. */
function otherLine(bytes: Uint8Array, start: number, end: number, wires: Uint16Array): number {
  if (isBlank(bytes, start, end) || isHeader(bytes, start, end)) return notARow;
  const object = readJsonRow(bytes, start, end, parsedFields);
  if (object === 'row') return codeOfFields(wires);
  if (object !== undefined) return object.rule === 'fields' ? rowCode.rejectedFields : rowCode.rejectedNumber;
  return countFields(bytes, start, end) === fieldCount ? rowCode.rejectedNumber : rowCode.rejectedFields;
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

function upperCase(byte: number): number {
  return byte >= lowerA && byte <= lowerZ ? byte - lowerA + upperA : byte;
}
