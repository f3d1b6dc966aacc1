import type { Readable } from 'node:stream';
import { isAbortOf, untilAborted } from '../../abort.js';
import { type ByteReader, copyInto } from '../byte-reader.js';
import { inputError, systemProblem } from '../input-error.js';

/**
 * Standard input or a named pipe. A read may wait for a writer for ever, so an abort rejects it with the signal's
 * reason; the bytes come through memory of the stream's own, so nothing is written into `target` after that.
 */
export class StreamReader implements ByteReader {
  readonly bytesTotal = undefined;
  #bytesDone = 0;
  #left: Uint8Array = new Uint8Array(0);
  #closed = false;
  readonly #name: string;
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Uint8Array, undefined>;
  readonly #signal: AbortSignal | undefined;

  constructor(name: string, stream: Readable, signal?: AbortSignal) {
    this.#name = name;
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#left.length === 0) {
      const chunk = await this.#next();
      if (chunk === undefined) return 0;
      this.#left = chunk;
    }
    const count = copyInto(target, this.#left);
    this.#left = this.#left.subarray(count);
    this.#bytesDone += count;
    return count;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#stream.destroy();
    return Promise.resolve();
  }

  /** A call, for the compiler takes a field to stay as it was across an await. */
  #hasClosed(): boolean {
    return this.#closed;
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#closed) return undefined;
    this.#signal?.throwIfAborted();
    try {
      const next = await (this.#signal ? untilAborted(this.#chunks.next(), this.#signal) : this.#chunks.next());
      return next.done === true ? undefined : next.value;
    } catch (cause) {
      if (this.#hasClosed()) return undefined;
      if (isAbortOf(this.#signal, cause)) this.#signal?.throwIfAborted();
      throw inputError(this.#name, `at offset ${this.#bytesDone}: ${systemProblem(cause)}`, cause);
    }
  }
}
