import type { ByteReader } from '../byte-reader.js';

/** Bytes of a packed input, looked at before they are taken; knows where it is. */
export class PackedFeed {
  readonly #inner: ByteReader;
  readonly #memory: Uint8Array;
  #start = 0;
  #end = 0;
  #offset = 0;
  /** How much to read next: little at first, so that a small corrupt input still gives its first rows. */
  #readBytes = 1024;

  /** @param bytesMax how many bytes can be looked at at once; those looked at stay as they are until more are looked for */
  constructor(inner: ByteReader, bytesMax: number) {
    this.#inner = inner;
    this.#memory = new Uint8Array(bytesMax);
  }

  /** Where the next byte stands in the packed input. */
  get offset(): number {
    return this.#offset;
  }

  /** The next bytes, at least `count` of them, fewer only when the input ends before. Waits for no more than that. */
  async look(count: number): Promise<Uint8Array> {
    while (this.#end - this.#start < count) {
      if (this.#start > 0) {
        this.#memory.copyWithin(0, this.#start, this.#end);
        this.#end -= this.#start;
        this.#start = 0;
      }
      const room = Math.min(this.#end + this.#readBytes, this.#memory.length);
      const more = await this.#inner.read(this.#memory.subarray(this.#end, room));
      if (more === 0) break;
      this.#readBytes = Math.min(2 * this.#readBytes, this.#memory.length);
      this.#end += more;
    }
    return this.#memory.subarray(this.#start, this.#end);
  }

  /** Skips the next `count` bytes, which have been inspected. */
  take(count: number): void {
    this.#start += count;
    this.#offset += count;
  }

  /**
   * Passes over padding, as tapes, block devices and editors leave it behind a packed file: zeros, blanks, line ends.
   *
   * @returns whether anything comes after it
   */
  async skipPadding(): Promise<boolean> {
    for (;;) {
      const bytes = await this.look(1);
      if (bytes.length === 0) return false;
      const count = bytes.findIndex((byte) => !padding.has(byte));
      this.take(count === -1 ? bytes.length : count);
      if (count !== -1) return true;
    }
  }
}

const padding = new Set(Buffer.from('\0\t\n\r '));
