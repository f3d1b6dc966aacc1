import { type InflateRaw, crc32, createInflateRaw } from 'node:zlib';
import { AsyncEvent } from '../../async-event.js';
import { type ByteReader, blockBytes } from '../byte-reader.js';
import { gzipHeaderBytesMax, takeGzipHeader } from './gzip-header.js';
import { UnpackReader } from './unpack-reader.js';

const trailerBytes = 8;

/**
 * Unpacks gzip of one or more members, up to the true end: padding (zeros, blanks, line ends) may stand between members
 * and behind the last one. Memory is bounded by a header or one block of 64 KiB packed and what comes out of it.
 *
 * ```
 *  [ header │ deflated body │ crc32 u32 │ length u32 ] [padding] [ header │ …
 * ```
 *
 * When a body is corrupt, up to 64 KiB before the place where that shows may be missing.
 */
export class GunzipReader extends UnpackReader {
  #body: MemberBody | undefined;
  /** Members begun so far. */
  #members = 0;

  constructor(name: string, inner: ByteReader) {
    super(name, inner, gzipHeaderBytesMax);
  }

  protected step(): Promise<Error | undefined> {
    if (this.#body === undefined) return this.#beginMember();
    return this.#body.isDone ? this.#endMember(this.#body) : this.#unpackBlock(this.#body);
  }

  protected release(): void {
    this.#body?.close();
  }

  async #beginMember(): Promise<Error | undefined> {
    if (this.#members > 0 && !(await this.feed.skipPadding())) {
      this.end();
      return undefined;
    }
    const { offset } = this.feed;
    const magic = await this.feed.look(2);
    if (this.#members > 0 && (magic[0] !== 0x1f || (magic.length > 1 && magic[1] !== 0x8b))) {
      return this.#corrupt('what follows the last member is neither padding nor gzip', { offset });
    }
    this.#members++;
    const wrong = await takeGzipHeader(this.feed);
    if (wrong === 'cut') return this.#cutOff('header');
    if (wrong !== undefined) return this.#corrupt(`header of member ${this.#members}: ${wrong.problem}`);
    if (!this.isEnded) this.#body = new MemberBody((bytes) => this.give(bytes));
    return undefined;
  }

  async #unpackBlock(body: MemberBody): Promise<Error | undefined> {
    const bytes = await this.feed.look(1);
    if (this.isEnded) return undefined;
    const { consumed, problem: cause } = await body.unpack(bytes.subarray(0, blockBytes));
    this.feed.take(consumed);
    if (cause === undefined) return undefined;
    if (bytes.length === 0) return this.#cutOff('body', cause);
    return this.#corrupt(`member ${this.#members}: ${cause.message}`, { cause });
  }

  async #endMember(body: MemberBody): Promise<Error | undefined> {
    const trailer = await this.feed.look(trailerBytes);
    if (trailer.length < trailerBytes) return this.#cutOff('trailer');
    const view = new DataView(trailer.buffer, trailer.byteOffset, trailerBytes);
    const wrong = [
      ...(view.getUint32(0, true) === body.crc ? [] : ['checksum']),
      ...(view.getUint32(4, true) === body.bytes % 2 ** 32 ? [] : ['length']),
    ];
    if (wrong.length > 0) {
      const what = wrong.join(' and ');
      return this.#corrupt(`the ${what} of member ${this.#members} must match the unpacked bytes`);
    }
    this.feed.take(trailerBytes);
    body.close();
    this.#body = undefined;
    return undefined;
  }

  async #cutOff(part: 'header' | 'body' | 'trailer', cause?: unknown): Promise<Error> {
    const offset = await this.packedEnd();
    return this.problem(`gzip is cut off in the ${part} of member ${this.#members}`, { offset, cause });
  }

  #corrupt(problem: string, at: { readonly offset?: number; readonly cause?: unknown } = {}): Error {
    return this.problem(`gzip is corrupt: ${problem}`, at);
  }
}

/** The deflated body of one member: what comes out of it, its checksum and length. */
class MemberBody {
  readonly #inflate: InflateRaw;
  readonly #give: (bytes: Uint8Array) => void;
  #isDone = false;
  #failure: Error | undefined;
  #crc = 0;
  #bytes = 0;
  #consumed = 0;
  /** The block that is being unpacked, or the whole of it, has come to its end. */
  readonly #settled = new AsyncEvent();

  /** @param give takes what comes out */
  constructor(give: (bytes: Uint8Array) => void) {
    this.#give = give;
    this.#inflate = createInflateRaw({ chunkSize: blockBytes });
    this.#inflate.on('data', (bytes: Uint8Array) => this.#add(bytes));
    this.#inflate.once('end', () => {
      this.#isDone = true;
      this.#settled.notify();
    });
    this.#inflate.once('error', (error) => {
      // What was unpacked before, but not yet handed out, would go with the stream.
      for (let bytes: unknown; (bytes = this.#inflate.read()) instanceof Uint8Array;) this.#add(bytes);
      this.#failure = error;
      this.#settled.notify();
    });
    this.#inflate.once('close', () => this.#settled.notify());
  }

  /** Whether its end was seen. */
  get isDone(): boolean {
    return this.#isDone;
  }

  get crc(): number {
    return this.#crc;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Unpacks a block; bytes after the end of the body are not consumed. No bytes = the input has ended. */
  async unpack(block: Uint8Array): Promise<{ readonly consumed: number; readonly problem: Error | undefined }> {
    const settled = this.#settled.wait();
    if (block.length === 0) this.#inflate.end();
    else this.#inflate.write(block, () => this.#settled.notify());
    await settled;
    const consumed = this.#inflate.bytesWritten - this.#consumed;
    this.#consumed += consumed;
    // The end of the stream may show only later.
    this.#isDone ||= consumed < block.length;
    return { consumed, problem: this.#failure };
  }

  close(): void {
    this.#inflate.destroy();
  }

  #add(bytes: Uint8Array): void {
    this.#give(bytes);
    this.#crc = crc32(bytes, this.#crc);
    this.#bytes += bytes.length;
  }
}
