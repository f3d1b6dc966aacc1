import { type ByteReader, blockBytes, copyInto, type OpenFile } from './byte-reader.js';

/** How far ahead a reader looks for the first line. */
export const peekBytesMax = blockBytes;

const lineFeed = 0x0a;

/**
 * Looks at the first bytes of an input before they are read. Once these are delivered, reads go straight through to the
 * reader below. A failure met while looking ahead is thrown only after the bytes before it are delivered.
 */
export class PeekReader implements ByteReader {
  readonly #inner: ByteReader;
  #head: Uint8Array = new Uint8Array(0);
  #ended = false;
  #failure: { readonly cause: unknown } | undefined;
  #skipped = 0;

  constructor(inner: ByteReader) {
    this.#inner = inner;
  }

  get bytesTotal(): number | undefined {
    return this.#inner.bytesTotal;
  }

  get bytesDone(): number {
    return this.#inner.bytesDone;
  }

  /** The first bytes: at least `count`, at most 64 KiB, fewer only if the input is shorter. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#head.length < Math.min(count, peekBytesMax) && (await this.#lookFurther()));
    return this.#head;
  }

  /**
   * Where the line that begins at `start` ends: the position of its LF, or of the end of the input. Waits for no more
   * bytes than that takes. Undefined when it does not end within the first 64 KiB.
   */
  async peekLineEnd(start: number): Promise<number | undefined> {
    for (let from = start; ;) {
      const end = this.#head.indexOf(lineFeed, from);
      if (end !== -1) return end;
      from = this.#head.length;
      if (from >= peekBytesMax) return undefined;
      if (!(await this.#lookFurther())) return this.#head.length;
    }
  }

  /** Throws what stood in the way of seeing more, as {@link read} does behind the bytes that were seen. */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.cause;
  }

  /** Bytes left out so far. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Leaves out the next `count` bytes, which have been peeked. */
  skip(count: number): void {
    this.#skipped += count;
    this.#head = this.#head.subarray(count);
  }

  get file(): OpenFile | undefined {
    return this.#inner.file;
  }

  skipTo(offset: number): void {
    this.#head = new Uint8Array(0);
    this.#ended = false;
    this.#failure = undefined;
    this.#inner.skipTo?.(offset);
  }

  async read(target: Uint8Array): Promise<number> {
    if (this.#head.length > 0) {
      const count = copyInto(target, this.#head);
      this.#head = this.#head.subarray(count);
      return count;
    }
    if (this.#failure !== undefined) throw this.#failure.cause;
    return this.#ended ? 0 : this.#inner.read(target);
  }

  close(): Promise<void> {
    this.#head = new Uint8Array(0);
    return this.#inner.close();
  }

  /** Whether there is more to see than before. */
  async #lookFurther(): Promise<boolean> {
    if (this.#ended || this.#failure !== undefined) return false;
    const more = new Uint8Array(peekBytesMax);
    try {
      const count = await this.#inner.read(more);
      this.#ended = count === 0;
      this.#head = Buffer.concat([this.#head, more.subarray(0, count)]);
    } catch (cause) {
      this.#failure = { cause };
    }
    return !this.#ended && this.#failure === undefined;
  }
}
