import { hitHead } from '../../domain/hit.js';
import { wordBytes } from '../../domain/word.js';
import { type RowTable, rowFlag, tableRows } from './row-table.js';

/**
 * Finds the rows in words (layout in src/domain/word.ts), as many as the table holds.
 *
 * @param bytes begin at a multiple of 4 in their memory
 * @param from a multiple of 8
 * @returns where the next row begins
 */
export function scanWords(bytes: Uint8Array, from: number, length: number, table: RowTable): number {
  const { starts, ends, flags, orbits, lows, highs } = table;
  const count = Math.min(tableRows, Math.floor((length - from) / wordBytes));
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + from, 2 * count);
  for (let row = 0; row < count; row++) {
    const low = words[2 * row];
    const high = words[2 * row + 1];
    starts[row] = from + row * wordBytes;
    ends[row] = from + row * wordBytes + wordBytes;
    lows[row] = low;
    highs[row] = high;
    orbits[row] = ((high & 0x1ffff) << 15) | (low >>> 17);
    flags[row] = rowFlag.orbit | rowFlag.word | (high >>> 29 === hitHead ? rowFlag.clock : 0);
  }
  table.count = count;
  return from + count * wordBytes;
}
