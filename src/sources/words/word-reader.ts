import { wordBytes } from '../../domain/word.js';
import { type ByteReader, copyInto } from '../byte-reader.js';
import type { WarnInput } from '../input-error.js';

/** A smaller target is served word by word through memory of the reader's own. */
const directTargetBytesMin = 2 * wordBytes;

/**
 * Lets whole 8-byte words through, without a copy but for the pieces at the borders of reads; a rest of 1-7 bytes at
 * the end is left out and warned of.
 */
export class WordReader implements ByteReader {
  readonly #name: string;
  readonly #inner: ByteReader;
  readonly #warn: WarnInput;
  /** Where in the input the next word begins. */
  #offset: number;
  /** The start of a word whose end has not come yet. */
  #rest: Uint8Array = new Uint8Array(0);
  /** A whole word of which a small target has taken only the start. */
  #started: Uint8Array = new Uint8Array(0);

  /** @param offset in the input of the first byte of the reader below */
  constructor(name: string, inner: ByteReader, warn: WarnInput, offset = 0) {
    this.#offset = offset;
    this.#name = name;
    this.#inner = inner;
    this.#warn = warn;
  }

  get bytesTotal(): number | undefined {
    return this.#inner.bytesTotal;
  }

  get bytesDone(): number {
    return this.#inner.bytesDone;
  }

  /** @param offset of the first byte of a word, counted from the first word of the input */
  skipTo(offset: number): void {
    this.#rest = new Uint8Array(0);
    this.#started = new Uint8Array(0);
    this.#offset = offset;
    this.#inner.skipTo?.(offset);
  }

  async read(target: Uint8Array): Promise<number> {
    if (this.#started.length === 0) {
      if (target.length >= directTargetBytesMin) return this.#readWords(target);
      const words = new Uint8Array(directTargetBytesMin);
      this.#started = words.subarray(0, await this.#readWords(words));
    }
    const count = copyInto(target, this.#started);
    this.#started = this.#started.subarray(count);
    return count;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #readWords(target: Uint8Array): Promise<number> {
    for (let filled = copyInto(target, this.#rest); ;) {
      const count = await this.#inner.read(target.subarray(filled));
      if (count === 0) return this.#end();
      filled += count;
      const whole = filled - (filled % wordBytes);
      this.#rest = target.slice(whole, filled);
      this.#offset += whole;
      if (whole > 0) return whole;
    }
  }

  #end(): 0 {
    const bytes = this.#rest.length;
    this.#rest = new Uint8Array(0);
    if (bytes > 0) {
      const [unit, verb] = bytes === 1 ? ['byte', 'is'] : ['bytes', 'are'];
      const leftOut = bytes === 1 ? 'was' : 'were';
      this.#warn({
        source: this.#name,
        message: `${this.#name}: ${bytes} ${unit} at offset ${this.#offset} ${verb} not a whole ${wordBytes}-byte word and ${leftOut} left out`,
        offset: this.#offset,
        bytes,
      });
    }
    return 0;
  }
}
