import { hitHead, hitLimits } from '../domain/hit.js';
import { rowCode } from '../domain/row-code.js';
import { notARow, parsedOrbit, parseRow } from './parse-row.js';
import type { RowBlock } from './row-block.js';

/** Digits that fit 32 bits whatever they are. */
const safeDigits = 9;

/**
 * Decodes CSV lines in canonical column order. Guarded by bench/direct.ts.
 *
 * ```
 *  2,0,72,46758,279,18\n      plain digits up to the fifth comma, then -?digits[.digits]: read in one pass
 *  2, 0,72,46758,2.0,18\r\n   anything else: from the start of the line again by parseRow
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
  const { orbits, codes } = block;
  const recordRows = new Uint32Array(recordEnds.length);
  let record = 0;
  let recordEnd = recordEnds.length > 0 ? recordEnds[0] : Infinity;
  let row = block.rows;
  let line = block.lines;
  let at = 0;
  while (at < length) {
    const start = at;
    let digit: number;
    quick: {
      // Reading past the end of a field stops at the LF that ends every line.
      let head = bytes[at++] - 48;
      if (head < 0 || head > 9) break quick;
      while ((digit = bytes[at++] - 48) >= 0 && digit <= 9) head = (Math.imul(head, 10) + digit) | 0;
      if (digit !== -4 || at - start > safeDigits + 1) break quick;

      let from = at;
      let fpga = bytes[at++] - 48;
      if (fpga < 0 || fpga > 9) break quick;
      while ((digit = bytes[at++] - 48) >= 0 && digit <= 9) fpga = (Math.imul(fpga, 10) + digit) | 0;
      if (digit !== -4 || at - from > safeDigits + 1) break quick;

      from = at;
      let channel = bytes[at++] - 48;
      if (channel < 0 || channel > 9) break quick;
      while ((digit = bytes[at++] - 48) >= 0 && digit <= 9) channel = (Math.imul(channel, 10) + digit) | 0;
      if (digit !== -4 || at - from > safeDigits + 1) break quick;

      from = at;
      let orbit = bytes[at++] - 48;
      if (orbit < 0 || orbit > 9) break quick;
      while ((digit = bytes[at++] - 48) >= 0 && digit <= 9) orbit = (Math.imul(orbit, 10) + digit) | 0;
      // Ten digits below 4,000,000,000 fit 32 bits, too.
      if (digit !== -4 || at - from > safeDigits + 2 || (at - from === safeDigits + 2 && bytes[from] > 0x33))
        break quick;

      from = at;
      let bx = bytes[at++] - 48;
      if (bx < 0 || bx > 9) break quick;
      while ((digit = bytes[at++] - 48) >= 0 && digit <= 9) bx = (Math.imul(bx, 10) + digit) | 0;
      if (digit !== -4 || at - from > safeDigits + 1) break quick;

      let sign = 0;
      if (bytes[at] === 0x2d) {
        sign = 1;
        at++;
      }
      from = at;
      let tdc = bytes[at++] - 48;
      if (tdc < 0 || tdc > 9) break quick;
      while ((digit = bytes[at++] - 48) >= 0 && digit <= 9) tdc = (Math.imul(tdc, 10) + digit) | 0;
      if (at - from > safeDigits + 1) break quick;
      if (digit === -2) {
        from = at;
        while ((digit = bytes[at++] - 48) >= 0 && digit <= 9);
        if (at - from < 2) break quick;
        // The sign of -0.5 is lost in its whole part: let the careful path judge it.
        if (sign === 1 && head === hitHead) break quick;
      }
      if (digit === -35) digit = bytes[at++] - 48;
      if (digit !== -38) break quick;

      if (head !== hitHead) {
        codes[row] = rowCode.droppedHead;
      } else if (
        fpga < hitLimits.FPGA &&
        channel < hitLimits.TDC_CHANNEL &&
        bx < hitLimits.BX_COUNTER &&
        tdc < hitLimits.TDC_MEAS &&
        (sign === 0 || tdc === 0)
      ) {
        orbits[row] = orbit;
        codes[row] = wires[fpga * hitLimits.TDC_CHANNEL + channel];
      } else {
        break quick;
      }
      row++;
      line++;
      if (at >= recordEnd) {
        recordRows[record++] = row;
        recordEnd = record < recordEnds.length ? recordEnds[record] : Infinity;
      }
      continue;
    }

    at = bytes.indexOf(0x0a, start) + 1;
    const end = bytes[at - 2] === 0x0d && at - 2 >= start ? at - 2 : at - 1;
    const code = parseRow(bytes, start, end, wires);
    if (code !== notARow) {
      if (code >= rowCode.rejectedFields) block.rejected.push(row, line, start, end, code);
      orbits[row] = parsedOrbit;
      codes[row] = code;
      row++;
    }
    line++;
    if (at >= recordEnd) {
      recordRows[record++] = row;
      recordEnd = record < recordEnds.length ? recordEnds[record] : Infinity;
    }
  }
  block.rows = row;
  block.lines = line;
  return recordRows;
}

const noRecords = new Uint32Array(0);
