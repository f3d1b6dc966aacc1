import { type ByteReader, copyInto } from '../byte-reader.js';
import { inputError } from '../input-error.js';
import { PackedFeed } from './packed-feed.js';

/**
 * A reader of what packed bytes hold, which a subclass unpacks step by step. All that could be unpacked is delivered
 * before a failure is thrown.
 */
export abstract class UnpackReader implements ByteReader {
  protected readonly feed: PackedFeed;
  readonly #name: string;
  readonly #inner: ByteReader;
  readonly #unpacked: Uint8Array[] = [];
  #isEnded = false;
  #failure: Error | undefined;

  /** @param feedBytes how many packed bytes a step can look at at once */
  protected constructor(name: string, inner: ByteReader, feedBytes: number) {
    this.#name = name;
    this.#inner = inner;
    this.feed = new PackedFeed(inner, feedBytes);
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
      if (this.#isEnded) return 0;
      this.#failure = await this.step();
    }
  }

  async close(): Promise<void> {
    this.#isEnded = true;
    this.#unpacked.length = 0;
    this.release();
    await this.#inner.close();
  }

  /** Unpacks a little more, or returns the problem. Not called while unpacked bytes are unread. */
  protected abstract step(): Promise<Error | undefined>;

  /** Lets go what unpacking needs; idempotent. */
  protected abstract release(): void;

  /** Whether nothing is left to unpack, or the reader was closed. */
  protected get isEnded(): boolean {
    return this.#isEnded;
  }

  /** There are no more bytes. */
  protected end(): void {
    this.#isEnded = true;
  }

  /** Takes what was unpacked; its memory must stay as it is until the next step. */
  protected give(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unpacked.push(bytes);
  }

  /** Where all packed bytes that came have their end. */
  protected async packedEnd(): Promise<number> {
    return this.feed.offset + (await this.feed.look(0)).length;
  }

  protected problem(problem: string, { offset = this.feed.offset, cause }: { offset?: number; cause?: unknown } = {}) {
    return inputError(this.#name, `near offset ${offset} of the packed bytes: ${problem}`, cause);
  }
}
