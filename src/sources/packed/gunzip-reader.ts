import { type InflateRaw, crc32, createInflateRaw } from 'node:zlib';
import { type ByteReader, blockBytes, copyInto } from '../byte-reader.js';
import { gzipHeaderBytesMax, takeGzipHeader } from './gzip-header.js';
import { inputError } from '../input-error.js';
import { PackedFeed } from './packed-feed.js';

const trailerBytes = 8;

/**
 * Unpacks gzip of one or more members, up to the true end: padding (zeros, blanks, line ends) may stand between members
 * and behind the last one. Memory is bounded by a header or one block of 64 KiB packed and what comes out of it.
 *
 * ```
 *  [ header │ deflated body │ crc32 u32 │ length u32 ] [padding] [ header │ …
 * ```
 *
 * What could be unpacked is delivered before a failure is thrown: all of it when the file is cut off, when a checksum or
 * length is wrong or when something else follows; when a body is corrupt, up to 64 KiB before the place where that shows
 * may be missing.
 */
export class GunzipReader implements ByteReader {
  readonly #name: string;
  readonly #inner: ByteReader;
  readonly #feed: PackedFeed;
  readonly #unpacked: Uint8Array[] = [];
  #body: MemberBody | undefined;
  /** Members begun so far. */
  #members = 0;
  #ended = false;
  #failure: Error | undefined;

  constructor(name: string, inner: ByteReader) {
    this.#name = name;
    this.#inner = inner;
    this.#feed = new PackedFeed(inner, gzipHeaderBytesMax);
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
      if (this.#body === undefined) await this.#beginMember();
      else if (this.#body.isDone) await this.#endMember(this.#body);
      else await this.#unpackBlock(this.#body);
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#unpacked.length = 0;
    this.#body?.close();
    await this.#inner.close();
  }

  async #beginMember(): Promise<void> {
    if (this.#members > 0 && !(await this.#feed.skipPadding())) {
      this.#ended = true;
      return;
    }
    const { offset } = this.#feed;
    const magic = await this.#feed.look(2);
    if (this.#members > 0 && (magic[0] !== 0x1f || (magic.length > 1 && magic[1] !== 0x8b))) {
      this.#failure = this.#corrupt('what follows the last member is neither padding nor gzip', offset);
      return;
    }
    this.#members++;
    const wrong = await takeGzipHeader(this.#feed);
    if (wrong === 'cut') this.#failure = await this.#cutOff('header');
    else if (wrong !== undefined) this.#failure = this.#corrupt(`header of member ${this.#members}: ${wrong.problem}`);
    else if (!this.#ended) this.#body = new MemberBody(this.#unpacked);
  }

  async #unpackBlock(body: MemberBody): Promise<void> {
    const bytes = await this.#feed.look(1);
    if (this.#ended) return;
    const { consumed, problem } = await body.unpack(bytes.subarray(0, blockBytes));
    this.#feed.take(consumed);
    if (problem === undefined) return;
    this.#failure =
      bytes.length === 0
        ? await this.#cutOff('body', problem)
        : this.#corrupt(`member ${this.#members}: ${problem.message}`, this.#feed.offset, problem);
  }

  async #endMember(body: MemberBody): Promise<void> {
    const trailer = await this.#feed.look(trailerBytes);
    if (trailer.length < trailerBytes) {
      this.#failure = await this.#cutOff('trailer');
      return;
    }
    const view = new DataView(trailer.buffer, trailer.byteOffset, trailerBytes);
    const wrong = [
      ...(view.getUint32(0, true) === body.crc ? [] : ['checksum']),
      ...(view.getUint32(4, true) === body.bytes % 2 ** 32 ? [] : ['length']),
    ];
    if (wrong.length > 0) {
      const what = wrong.join(' and ');
      this.#failure = this.#corrupt(`the ${what} of member ${this.#members} must be that of what was unpacked`);
      return;
    }
    this.#feed.take(trailerBytes);
    body.close();
    this.#body = undefined;
  }

  async #cutOff(part: 'header' | 'body' | 'trailer', cause?: unknown): Promise<Error> {
    const end = this.#feed.offset + (await this.#feed.look(0)).length;
    return this.#problem(end, `gzip is cut off in the ${part} of member ${this.#members}`, cause);
  }

  #corrupt(problem: string, offset = this.#feed.offset, cause?: unknown): Error {
    return this.#problem(offset, `gzip is corrupt: ${problem}`, cause);
  }

  #problem(offset: number, problem: string, cause?: unknown): Error {
    return inputError(this.#name, `near offset ${offset} of the packed bytes: ${problem}`, cause);
  }
}

/** The deflated body of one member: what comes out of it, its checksum and length. */
class MemberBody {
  readonly #inflate: InflateRaw;
  readonly #unpacked: Uint8Array[];
  #isDone = false;
  #failure: Error | undefined;
  #crc = 0;
  #bytes = 0;
  #consumed = 0;
  /** Ends the wait for the block that is being unpacked. */
  #settle: () => void = () => undefined;

  /** @param unpacked takes what comes out */
  constructor(unpacked: Uint8Array[]) {
    this.#unpacked = unpacked;
    this.#inflate = createInflateRaw({ chunkSize: blockBytes });
    this.#inflate.on('data', (bytes: Uint8Array) => this.#add(bytes));
    this.#inflate.once('end', () => {
      this.#isDone = true;
      this.#settle();
    });
    this.#inflate.once('error', (error) => {
      // What was unpacked before, but not yet handed out, would go with the stream.
      for (let bytes: unknown; (bytes = this.#inflate.read()) instanceof Uint8Array;) this.#add(bytes);
      this.#failure = error;
      this.#settle();
    });
    this.#inflate.once('close', () => this.#settle());
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
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      if (block.length === 0) this.#inflate.end();
      else this.#inflate.write(block, () => resolve());
    });
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
    this.#unpacked.push(bytes);
    this.#crc = crc32(bytes, this.#crc);
    this.#bytes += bytes.length;
  }
}
