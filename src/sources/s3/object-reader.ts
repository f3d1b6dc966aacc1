import type { ByteReader } from '../byte-reader.js';
import type { RemoteReadOptions } from '../remote-object.js';
import { type FetchOptions, ObjectFetch, type RangeSource } from './object-fetch.js';
import { Part } from './part.js';

export interface ObjectReaderOptions extends RemoteReadOptions, FetchOptions {
  /** Bytes that are asked for in one request. Default: 2 MiB. */
  readonly partBytes?: number;
  /** Parts under way or waiting to be read, at most. Default: 4. */
  readonly partsMax?: number;
}

/**
 * Reads an object part by part, a few parts ahead, in reused memory. A slow reader keeps no connection open: the parts
 * that have arrived wait, and no other part is requested.
 *
 * ```
 *            taken │ arrived                    │ not asked for
 *  object  ········│████████ ████████ ███▒▒▒▒▒▒ │ ········ ········
 *                    part 0   part 1   part 2        a part taken makes room for the next one
 * ```
 */
export class ObjectReader implements ByteReader {
  readonly bytesTotal: number;
  readonly canOpenAt = true;
  readonly #fetch: ObjectFetch;
  readonly #partBytes: number;
  readonly #partsMax: number;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #parts: Part[] = [];
  readonly #memory: Uint8Array[] = [];
  #bytesDone: number;
  #bytesAsked: number;

  /** Asks for the first part at once. */
  constructor(source: RangeSource, offset: number, options: ObjectReaderOptions) {
    this.bytesTotal = source.size;
    this.#fetch = new ObjectFetch(source, options);
    this.#partBytes = options.partBytes ?? 2 << 20;
    this.#partsMax = options.partsMax ?? 4;
    const { signal } = this.#closing;
    this.#signal = options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]);
    this.#bytesDone = offset;
    this.#bytesAsked = offset;
    this.#ask(1);
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  async read(target: Uint8Array): Promise<number> {
    for (;;) {
      this.#signal.throwIfAborted();
      this.#ask(this.#fetch.hasAnswered ? this.#partsMax : 1);
      const part = this.#parts.at(0);
      if (part === undefined) return 0;
      const count = part.take(target);
      this.#bytesDone += count;
      if (part.isTaken) this.#memory.push(...this.#parts.splice(0, 1).map(({ memory }) => memory));
      if (count > 0) return count;
      await part.arrival();
    }
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#parts.length = 0;
    this.#memory.length = 0;
    return Promise.resolve();
  }

  #ask(partsMax: number): void {
    while (this.#parts.length < partsMax && this.#bytesAsked < this.bytesTotal) {
      const first = this.#bytesAsked;
      const bytes = Math.min(this.#partBytes, this.bytesTotal - first);
      const part = new Part(this.#memory.pop() ?? new Uint8Array(Math.min(this.#partBytes, bytes)), bytes);
      this.#parts.push(part);
      this.#bytesAsked += bytes;
      const range = { first, last: first + bytes - 1 };
      this.#fetch.fetch(range, part.add, this.#signal).catch((error: unknown) => part.fail(error));
    }
  }
}
