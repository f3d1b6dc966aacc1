import { type Gunzip, createGunzip } from 'node:zlib';
import { type ByteReader, blockBytes, copyInto } from './byte-reader.js';
import { inputError } from './input-error.js';

/**
 * Unpacks gzip of one or more members. Memory is bounded by one block of 64 KiB packed and what comes out of it.
 *
 * What could be unpacked is delivered before a failure is thrown: all of it when the file is cut off; when it is
 * corrupt, up to 64 KiB before the place where that shows may be missing.
 */
export class GunzipReader implements ByteReader {
  readonly #name: string;
  readonly #inner: ByteReader;
  readonly #gunzip: Gunzip;
  readonly #block = new Uint8Array(blockBytes);
  readonly #unpacked: Uint8Array[] = [];
  /** How much to take next: little at first, so that a small corrupt file still gives its first rows. */
  #packedBytes = 1024;
  #ended = false;
  #failure: Error | undefined;
  /** Ends the wait for the block that is being unpacked. */
  #settle: () => void = () => undefined;

  constructor(name: string, inner: ByteReader) {
    this.#name = name;
    this.#inner = inner;
    this.#gunzip = createGunzip({ chunkSize: blockBytes });
    this.#gunzip.on('data', (bytes: Uint8Array) => this.#unpacked.push(bytes));
    this.#gunzip.once('end', () => {
      this.#ended = true;
      this.#settle();
    });
    this.#gunzip.once('error', (error) => {
      // What was unpacked before, but not yet handed out, would go with the stream.
      for (let bytes = this.#take(); bytes !== undefined; bytes = this.#take()) this.#unpacked.push(bytes);
      this.#failure = this.#describe(error);
      this.#settle();
    });
    this.#gunzip.once('close', () => this.#settle());
  }

  get bytesTotal(): number | undefined {
    return this.#inner.bytesTotal;
  }

  get bytesDone(): number {
    return this.#inner.bytesDone;
  }

  async read(target: Uint8Array): Promise<number> {
    for (;;) {
      if (this.#unpacked.length > 0) {
        const first = this.#unpacked[0];
        const count = copyInto(target, first);
        if (count === first.length) this.#unpacked.shift();
        else this.#unpacked[0] = first.subarray(count);
        return count;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return 0;
      await this.#unpackBlock();
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#unpacked.length = 0;
    this.#gunzip.destroy();
    await this.#inner.close();
  }

  async #unpackBlock(): Promise<void> {
    const count = await this.#inner.read(this.#block.subarray(0, this.#packedBytes));
    this.#packedBytes = Math.min(2 * this.#packedBytes, blockBytes);
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      // The last block is done when all is out; zeros that pad the last member end it without an acknowledged write.
      if (count === 0) this.#gunzip.end();
      else this.#gunzip.write(this.#block.subarray(0, count), () => resolve());
    });
  }

  #take(): Uint8Array | undefined {
    const bytes: unknown = this.#gunzip.read();
    return bytes instanceof Uint8Array ? bytes : undefined;
  }

  #describe(error: Error): Error {
    const offset = this.#gunzip.bytesWritten;
    return inputError(
      this.#name,
      `near offset ${offset} of the packed bytes: gzip is cut off or corrupt: ${error.message}`,
      error,
    );
  }
}
