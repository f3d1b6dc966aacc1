import { hitFields, hitLimits } from '../../domain/hit.js';
import { encodeWord, headLimit, wordBytes } from '../../domain/word.js';
import { rowFlag, tableRows } from '../produce/row-table.js';
import { sixNumbers, takeNumbers } from './row-numbers.js';
import type { FoundRows, RowTarget, WriteBytes } from './row-target.js';

const limits = hitFields.map((field) => ({
  min: 0,
  max: (field === 'HEAD' ? headLimit : hitLimits[field]) - 1,
  isWhole: true,
}));

/** DAQ words, 8 bytes each. */
export class WordTarget implements RowTarget {
  readonly name = 'words';
  readonly limits = limits;
  readonly #write: WriteBytes;
  readonly #words = new DataView(new ArrayBuffer(wordBytes * tableRows));
  readonly #numbers = new Float64Array(hitFields.length);

  constructor(write: WriteBytes) {
    this.#write = write;
  }

  async add({ table, bytes }: FoundRows, misfit: (row: number) => void): Promise<void> {
    const { count, flags, starts, ends, lows, highs } = table;
    const words = this.#words;
    let size = 0;
    for (let row = 0; row < count; row++) {
      if ((flags[row] & rowFlag.word) !== 0) {
        words.setUint32(size, lows[row], true);
        words.setUint32(size + 4, highs[row], true);
      } else {
        const text = sixNumbers(bytes, starts[row], ends[row]);
        if (text === undefined || takeNumbers(text, limits, this.#numbers) >= 0) {
          misfit(row);
          continue;
        }
        const [head, fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas] = this.#numbers;
        encodeWord({ head, fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas }, words, size);
      }
      size += wordBytes;
    }
    await this.#write(new Uint8Array(words.buffer, 0, size));
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }
}
