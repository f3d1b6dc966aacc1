import { endOfHole, nextHole } from '../../domain/hole.js';
import { notARow, parsedFields, classifyRow } from '../../compute/classify-row.js';
import { hitHead, hitLimits } from '../../domain/hit.js';
import { type RowTable, rowFlag, tableRows } from './row-table.js';

/** Number of digits that always fit into 32 bits. */
const safeDigits = 9;
const zero = 0x30;
/** Every wire is a hit (row code 0): what it counts as is not asked here. */
export const noWires = new Uint16Array(hitLimits.FPGA * hitLimits.TDC_CHANNEL);

/**
 * Finds the rows in CSV lines, as many as the table holds; header and blank lines are not rows.
 *
 * ```
 *  2,0,72,46758,279,18\n      plain digits up to the fifth comma, then -?digits[.digits]: read in one pass
 *  2, 0,72,46758,2.0,18\r\n   anything else: from the start of the line again by classifyRow
 * ```
 *
 * An orbit is known where the decoder would find one, so that a hit always goes where its orbit goes.
 *
 * @param bytes lines; the byte at `length - 1` must be LF, or the last of a hole
 * @returns where the next line begins
 */
export function scanCsv(bytes: Uint8Array, from: number, length: number, table: RowTable): number {
  const { starts, ends, flags, orbits, lows, highs } = table;
  let row = 0;
  let at = from;
  let hole = -1;
  while (at < length && row < tableRows) {
    const start = at;
    let digit: number;
    quick: {
      // Reading past the end of a field stops at the LF or hole that ends every line.
      let head = bytes[at++] - zero;
      if (head < 0 || head > 9) break quick;
      while ((digit = bytes[at++] - zero) >= 0 && digit <= 9) head = (Math.imul(head, 10) + digit) | 0;
      if (digit !== -4 || at - start > safeDigits + 1) break quick;
      let isExact = at - start === 2 || bytes[start] !== zero;

      let first = at;
      let fpga = bytes[at++] - zero;
      if (fpga < 0 || fpga > 9) break quick;
      while ((digit = bytes[at++] - zero) >= 0 && digit <= 9) fpga = (Math.imul(fpga, 10) + digit) | 0;
      if (digit !== -4 || at - first > safeDigits + 1) break quick;
      isExact &&= at - first === 2 || bytes[first] !== zero;

      first = at;
      let channel = bytes[at++] - zero;
      if (channel < 0 || channel > 9) break quick;
      while ((digit = bytes[at++] - zero) >= 0 && digit <= 9) channel = (Math.imul(channel, 10) + digit) | 0;
      if (digit !== -4 || at - first > safeDigits + 1) break quick;
      isExact &&= at - first === 2 || bytes[first] !== zero;

      first = at;
      let orbit = bytes[at++] - zero;
      if (orbit < 0 || orbit > 9) break quick;
      while ((digit = bytes[at++] - zero) >= 0 && digit <= 9) orbit = (Math.imul(orbit, 10) + digit) | 0;
      if (digit !== -4 || at - first > safeDigits + 2) break quick;
      if (at - first === safeDigits + 2 && bytes[first] > 0x33) {
        // Ten digits from 4,000,000,000: those above 2^32 - 1 have wrapped to something smaller.
        if (bytes[first] > 0x34 || orbit >>> 0 < 4_000_000_000) break quick;
      }
      isExact &&= at - first === 2 || bytes[first] !== zero;

      first = at;
      let bx = bytes[at++] - zero;
      if (bx < 0 || bx > 9) break quick;
      while ((digit = bytes[at++] - zero) >= 0 && digit <= 9) bx = (Math.imul(bx, 10) + digit) | 0;
      if (digit !== -4 || at - first > safeDigits + 1) break quick;
      isExact &&= at - first === 2 || bytes[first] !== zero;

      first = at;
      if (bytes[at] === 0x2d) {
        isExact = false;
        at++;
      }
      let tdc = bytes[at++] - zero;
      if (tdc < 0 || tdc > 9) break quick;
      while ((digit = bytes[at++] - zero) >= 0 && digit <= 9) tdc = (Math.imul(tdc, 10) + digit) | 0;
      if (at - first > safeDigits + 1) break quick;
      isExact &&= at - first === 2 || bytes[first] !== zero;
      if (digit === -2) {
        isExact = false;
        first = at;
        while ((digit = bytes[at++] - zero) >= 0 && digit <= 9);
        if (at - first < 2) break quick;
      }
      const end = at - 1;
      if (digit === -35) digit = bytes[at++] - zero;
      if (digit !== -38) break quick;

      starts[row] = start;
      ends[row] = end;
      orbits[row] = orbit;
      if (
        isExact &&
        head < 8 &&
        fpga < hitLimits.FPGA &&
        channel < hitLimits.TDC_CHANNEL &&
        bx < hitLimits.BX_COUNTER &&
        tdc < hitLimits.TDC_MEAS
      ) {
        lows[row] = ((orbit & 0x7fff) << 17) | (bx << 5) | tdc;
        highs[row] = (head << 29) | (fpga << 26) | (channel << 17) | (orbit >>> 15);
        flags[row] = head === hitHead ? rowFlag.orbit | rowFlag.word | rowFlag.clock : rowFlag.orbit | rowFlag.word;
      } else {
        flags[row] = head === hitHead ? rowFlag.orbit | rowFlag.clock : rowFlag.orbit;
      }
      row++;
      continue;
    }

    if (hole < start) hole = nextHole(bytes, start, length);
    at = bytes.indexOf(0x0a, start) + 1;
    let end = bytes[at - 2] === 0x0d && at - 2 >= start ? at - 2 : at - 1;
    if (hole < length && (at === 0 || hole < at)) end = at = endOfHole(bytes, hole, length);
    const code = classifyRow(bytes, start, end, noWires);
    if (code === notARow) continue;
    starts[row] = start;
    ends[row] = end;
    orbits[row] = parsedFields.whole[3];
    flags[row] = code === 0 ? rowFlag.orbit | rowFlag.clock : 0;
    row++;
  }
  table.count = row;
  return at;
}
