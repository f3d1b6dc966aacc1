import { writeNumber, writeOrbit } from '../../domain/write-number.js';
import type { ColumnValue } from './column-values.js';

/** Longest text of a value: `-1.2345678901234567e-308`. */
export const numberTextBytesMax = 24;

const smallMax = 99_999;
const uint32Max = 2 ** 32 - 1;

/**
 * Writes a value of a column as a number, exactly: nothing where there is no value, and `nan` or `inf` as text that is no
 * number.
 *
 * @returns the position after it
 */
export function writeNumberText(value: ColumnValue, bytes: Buffer, at: number): number {
  if (typeof value === 'number') {
    // -0 is 0, too.
    if (value >= 0 && value <= uint32Max && Number.isInteger(value)) {
      return value <= smallMax ? writeNumber(value, bytes, at) : writeOrbit(value, bytes, at);
    }
    if (!Number.isFinite(value)) return at + bytes.write(Number.isNaN(value) ? 'nan' : 'inf', at, 'latin1');
  }
  if (value === undefined || value === null) return at;
  return at + bytes.write(String(value), at, 'latin1');
}
