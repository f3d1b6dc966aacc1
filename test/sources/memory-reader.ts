import { type ByteReader, copyInto } from '../../src/sources/byte-reader.js';

/** Bytes in memory, handed out in pieces of at most the given sizes, again and again; then a failure, if there is one. */
export class MemoryReader implements ByteReader {
  bytesDone = 0;
  closeCount = 0;
  readonly #bytes: Uint8Array;
  readonly #sizes: readonly number[];
  readonly #failure: Error | undefined;
  #turn = 0;

  constructor(bytes: Uint8Array | string, sizes: readonly number[] = [65_536], failure?: Error) {
    this.#bytes = Buffer.from(bytes);
    this.#sizes = sizes;
    this.#failure = failure;
  }

  get bytesTotal(): number {
    return this.#bytes.length;
  }

  read(target: Uint8Array): Promise<number> {
    const size = this.#sizes[this.#turn++ % this.#sizes.length];
    const count = copyInto(target, this.#bytes.subarray(this.bytesDone, this.bytesDone + size));
    this.bytesDone += count;
    return count === 0 && this.#failure !== undefined ? Promise.reject(this.#failure) : Promise.resolve(count);
  }

  close(): Promise<void> {
    this.closeCount++;
    return Promise.resolve();
  }
}
