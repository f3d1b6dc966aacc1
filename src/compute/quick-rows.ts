import type { CsvLayout } from '../domain/csv-layout.js';
import { hitFields, hitHead, hitLimits } from '../domain/hit.js';
import { rowCode } from '../domain/row-code.js';
import { delimiterByte } from '../domain/split-fields.js';
import { readHead, type TextReading } from '../domain/text-reading.js';
import type { RowBlock } from './row-block.js';

/** How the plain rows of a layout are read. */
export interface QuickRows {
  /** For each column its place in `hitFields`; -1 = skipped. */
  readonly slots: Int8Array;
  readonly delimiter: number;
  /** A second delimiter, or the first once more. */
  readonly otherDelimiter: number;
  readonly isBlanks: boolean;
  readonly hasTrailing: boolean;
  readonly hasManyCr: boolean;
  readonly reading: TextReading;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const tab = 0x09;
const quote = 0x22;
const zero = 0x30;
const values = new Float64Array(hitFields.length);

export function quickRowsOf(layout: CsvLayout): QuickRows {
  const { columns, columnCount, delimiter, moreField, hasManyCr, reading } = layout;
  // Where rows have names, nearly all do.
  const shift = moreField === 'row name' ? 1 : 0;
  const slots = new Int8Array(columnCount + shift).fill(-1);
  columns.forEach((column, slot) => (slots[column + shift] = slot));
  const isBlanks = delimiter === 'blanks';
  const byte = delimiterByte(delimiter);
  const otherDelimiter = isBlanks ? tab : byte;
  return {
    slots,
    delimiter: byte,
    otherDelimiter,
    isBlanks,
    hasTrailing: moreField === 'empty' && !isBlanks,
    hasManyCr,
    reading,
  };
}

/**
 * Decodes lines of six whole numbers among other columns, each in quotes or not, up to the first line that is anything
 * else. Every byte is read once.
 *
 * @param to end of the lines, behind an LF
 * @returns where that line begins, or `to`
 */
export function decodeQuickRows(block: RowBlock, from: number, to: number, plan: QuickRows): number {
  const { text, orbits, codes, wires } = block;
  const { slots, delimiter, otherDelimiter, isBlanks, hasTrailing, hasManyCr, reading } = plan;
  const { channelOffset, tdcOffset } = reading;
  const isOwnHead = reading.head === hitHead;
  const last = slots.length - 1;
  const firstRow = block.rows;
  let row = firstRow;
  let line = from;
  rows: while (line < to) {
    let at = line;
    if (isBlanks) while (text[at] === delimiter || text[at] === tab) at++;
    for (let column = 0; ; column++) {
      const slot = slots[column];
      const isQuoted = text[at] === quote;
      if (isQuoted) at++;
      const start = at;
      if (slot < 0) {
        let byte = text[at];
        while (
          byte !== quote &&
          byte !== lineFeed &&
          byte !== carriageReturn &&
          byte !== 0 &&
          (isQuoted || (byte !== delimiter && byte !== otherDelimiter))
        ) {
          byte = text[++at];
        }
      } else {
        let digit = text[at] - zero;
        if (digit < 0 || digit > 9) break rows;
        let value = digit;
        while ((digit = text[++at] - zero) >= 0 && digit <= 9) value = value * 10 + digit;
        values[slot] = value;
      }
      if (isQuoted && text[at++] !== quote) break rows;
      if (isBlanks) {
        if (at === start) break rows;
        const end = at;
        while (text[at] === delimiter || text[at] === tab) at++;
        if (column === last) break;
        if (at === end) break rows;
      } else {
        if (column === last) break;
        if (text[at++] !== delimiter) break rows;
      }
    }
    if (hasTrailing && text[at] === delimiter) at++;
    if (text[at] === carriageReturn) at++;
    if (hasManyCr) while (text[at] === carriageReturn) at++;
    if (text[at] !== lineFeed) break;
    const head = isOwnHead ? values[0] : readHead(values[0], reading);
    let code: number = rowCode.droppedHead;
    if (head === hitHead) {
      const fpga = values[1];
      const channel = values[2] + channelOffset;
      const tdc = values[5] + tdcOffset;
      const isInRange =
        fpga < hitLimits.FPGA &&
        channel >= 0 &&
        channel < hitLimits.TDC_CHANNEL &&
        values[3] < hitLimits.ORBIT_CNT &&
        values[4] < hitLimits.BX_COUNTER &&
        tdc >= 0 &&
        tdc < hitLimits.TDC_MEAS;
      if (!isInRange) break;
      code = wires[fpga * hitLimits.TDC_CHANNEL + channel];
    }
    orbits[row] = values[3];
    codes[row++] = code;
    line = at + 1;
  }
  block.lines += row - firstRow;
  block.rows = row;
  return line;
}
