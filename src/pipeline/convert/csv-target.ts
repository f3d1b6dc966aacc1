import { csvHeader } from '../../domain/hit.js';
import { rowFlag } from '../produce/row-table.js';
import { wordLineBytesMax, writeWordLine } from '../produce/row-text.js';
import { LineBuffer } from './line-buffer.js';
import { sixNumbers } from './row-numbers.js';
import type { FoundRows, RowTarget, WriteBytes } from './row-target.js';

const lineFeed = 0x0a;
const zero = 0x30;

/** Canonical CSV under its header. Numbers of text keep their digits; malformed rows are left out. */
export class CsvTarget implements RowTarget {
  readonly name = 'CSV';
  readonly limits = undefined;
  readonly #write: WriteBytes;
  readonly #lines = new LineBuffer();

  constructor(write: WriteBytes) {
    this.#write = write;
    this.#lines.addText(csvHeader);
  }

  async add({ table, bytes }: FoundRows, misfit: (row: number) => void): Promise<void> {
    const { count, flags, starts, ends, lows, highs } = table;
    const lines = this.#lines;
    for (let row = 0; row < count; row++) {
      if ((flags[row] & rowFlag.word) !== 0) {
        lines.reserve(wordLineBytesMax + 1);
        const end = writeWordLine(lows[row], highs[row], lines.bytes, lines.filled);
        lines.bytes[end] = lineFeed;
        lines.filled = end + 1;
      } else if ((flags[row] & rowFlag.orbit) !== 0 && isDigit(bytes[starts[row]])) {
        lines.addLine(bytes, starts[row], ends[row]);
      } else {
        const text = sixNumbers(bytes, starts[row], ends[row]);
        if (text === undefined) misfit(row);
        else lines.addText(text);
      }
    }
    await this.#write(lines.take());
  }

  finish(): Promise<void> {
    return this.#write(this.#lines.take());
  }
}

/** Rows with an orbit that begin with one are six numbers; others may be objects. */
function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}
