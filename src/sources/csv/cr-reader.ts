import type { ByteReader } from '../byte-reader.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Gives text whose lines end in CR alone with an LF in place of each. */
export class CrReader implements ByteReader {
  readonly #inner: ByteReader;

  constructor(inner: ByteReader) {
    this.#inner = inner;
  }

  get bytesTotal(): number | undefined {
    return this.#inner.bytesTotal;
  }

  get bytesDone(): number {
    return this.#inner.bytesDone;
  }

  async read(target: Uint8Array): Promise<number> {
    const count = await this.#inner.read(target);
    const bytes = target.subarray(0, count);
    for (let at = bytes.indexOf(carriageReturn); at >= 0; at = bytes.indexOf(carriageReturn, at + 1)) {
      bytes[at] = lineFeed;
    }
    return count;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
