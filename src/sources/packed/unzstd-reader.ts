import { type ByteReader } from '../byte-reader.js';
import { UnpackReader } from './unpack-reader.js';
import { zstdWindowBytesMax } from './unzstd-frame.js';
import type { ZstdDecoder } from './zstd-decoder.js';
import {
  type ZstdFrame,
  readZstdBlock,
  readZstdHeader,
  skippableBytes,
  zstdBlockBytesMax,
  zstdBlockHeaderBytes,
  zstdChecksumBytes,
  zstdHeaderBytesMax,
  zstdMagic,
  zstdMagicBytes,
} from './zstd-frame.js';

/** An output of blocks of this size is never too large for one array. */
const feedBytes = 2 * zstdBlockBytesMax;
const skippableHeaderBytes = 8;

/**
 * Unpacks Zstandard of one or more frames, skippable ones passed over, up to the true end: padding (zeros, blanks, line
 * ends) may stand between frames and behind the last one. Memory is bounded by a block, 128 KiB, and the window that the
 * frame asks for, at most 128 MiB.
 *
 * ```
 *  [ header │ block … last block │ checksum u32 ] [padding] [skippable frame] [ header │ …
 * ```
 */
export class UnzstdReader extends UnpackReader {
  #decoder: ZstdDecoder | undefined;
  #frame: OpenFrame | undefined;
  /** Frames begun so far, skippable ones included. */
  #frames = 0;

  constructor(name: string, inner: ByteReader) {
    super(name, inner, feedBytes);
  }

  protected step(): Promise<Error | undefined> {
    if (this.#frame === undefined) return this.#beginFrame();
    return this.#frame.isWhole ? this.#endFrame(this.#frame) : this.#unpackBlock(this.#frame);
  }

  protected release(): void {
    this.#decoder?.close();
  }

  async #beginFrame(): Promise<Error | undefined> {
    if (this.#frames > 0 && !(await this.feed.skipPadding())) {
      this.end();
      return undefined;
    }
    const head = await this.feed.look(zstdMagicBytes);
    const magic = zstdMagic(head);
    if (magic === undefined) {
      if (this.#frames > 0) return this.#corrupt('what follows the last frame is neither padding nor Zstandard');
      return head.length < zstdMagicBytes ? this.#cutOff('header') : this.#corrupt('it does not begin as a frame');
    }
    this.#frames++;
    return magic === 'skippable' ? this.#skipFrame() : this.#openFrame();
  }

  async #openFrame(): Promise<Error | undefined> {
    const frame = await this.#lookHeader();
    if (frame === undefined) return this.#cutOff('header');
    if (frame === 'reserved') return this.#corrupt(`frame ${this.#frames} has a reserved flag set`);
    if (frame.dictionary !== 0) {
      return this.problem(
        `frame ${this.#frames} was packed with dictionary ${frame.dictionary}, which is not available`,
      );
    }
    if (frame.windowBytes > zstdWindowBytesMax) {
      const size = `${Math.ceil(frame.windowBytes / 2 ** 20)} MiB`;
      const most = `${zstdWindowBytesMax / 2 ** 20} MiB`;
      return this.problem(`frame ${this.#frames} needs a window of ${size}, at most ${most} is given: unpack it first`);
    }
    const decoder = await this.#openDecoder();
    decoder.decode((await this.feed.look(frame.headerBytes)).subarray(0, frame.headerBytes));
    this.feed.take(frame.headerBytes);
    this.#frame = { ...frame, decoder, unpackedBytes: 0, isWhole: false };
    return undefined;
  }

  /** Waits for no more bytes than the header has. */
  async #lookHeader(): Promise<ZstdFrame | 'reserved' | undefined> {
    for (let bytes = zstdMagicBytes + 1; ; bytes++) {
      const head = await this.feed.look(bytes);
      const frame = readZstdHeader(head);
      if (frame !== undefined || head.length < bytes || bytes > zstdHeaderBytesMax) return frame;
    }
  }

  async #skipFrame(): Promise<Error | undefined> {
    const head = await this.feed.look(skippableHeaderBytes);
    if (head.length < skippableHeaderBytes) return this.#cutOff('header');
    for (let left = skippableBytes(head); left > 0;) {
      const bytes = await this.feed.look(1);
      if (bytes.length === 0) return this.#cutOff('body');
      const count = Math.min(left, bytes.length);
      this.feed.take(count);
      left -= count;
    }
    return undefined;
  }

  async #unpackBlock(frame: OpenFrame): Promise<Error | undefined> {
    const head = await this.feed.look(zstdBlockHeaderBytes);
    if (head.length < zstdBlockHeaderBytes) return this.#cutOff('body');
    const block = readZstdBlock(head);
    if (block.type === 'reserved' || Math.max(block.packedBytes, block.contentBytes ?? 0) > zstdBlockBytesMax) {
      return this.#corrupt(`a block of frame ${this.#frames} must be of a known type and at most 128 KiB`);
    }
    const bytes = zstdBlockHeaderBytes + block.packedBytes;
    const piece = await this.feed.look(bytes);
    if (piece.length < bytes) return this.#cutOff('body');
    const unpacked = frame.decoder.decode(piece.subarray(0, bytes));
    if (this.isEnded) return undefined;
    const isWrong = block.contentBytes === undefined ? unpacked.length === 0 : unpacked.length !== block.contentBytes;
    if (isWrong) return this.#corrupt(`a block of frame ${this.#frames} cannot be unpacked`);
    this.give(unpacked);
    this.feed.take(bytes);
    frame.unpackedBytes += unpacked.length;
    frame.isWhole = block.isLast;
    return undefined;
  }

  async #endFrame(frame: OpenFrame): Promise<Error | undefined> {
    if (frame.contentBytes !== undefined && frame.contentBytes !== frame.unpackedBytes) {
      return this.#corrupt(`frame ${this.#frames} must hold ${frame.contentBytes} bytes, got ${frame.unpackedBytes}`);
    }
    if (frame.hasChecksum) {
      const checksum = await this.feed.look(zstdChecksumBytes);
      if (checksum.length < zstdChecksumBytes) return this.#cutOff('checksum');
      frame.decoder.decode(checksum.subarray(0, zstdChecksumBytes));
    }
    if (this.isEnded) return undefined;
    if (!frame.decoder.isAtEndOfFrame()) {
      return this.#corrupt(`the checksum of frame ${this.#frames} must match the unpacked bytes`);
    }
    this.feed.take(frame.hasChecksum ? zstdChecksumBytes : 0);
    this.#frame = undefined;
    return undefined;
  }

  /** The decoder is loaded with the first frame that needs it. */
  async #openDecoder(): Promise<ZstdDecoder> {
    if (this.#decoder !== undefined) return this.#decoder;
    const { ZstdDecoder } = await import('./zstd-decoder.js');
    this.#decoder = await ZstdDecoder.open();
    if (this.isEnded) this.#decoder.close();
    return this.#decoder;
  }

  async #cutOff(part: 'header' | 'body' | 'checksum'): Promise<Error> {
    const offset = await this.packedEnd();
    return this.problem(`Zstandard is cut off in the ${part} of frame ${Math.max(1, this.#frames)}`, { offset });
  }

  #corrupt(problem: string): Error {
    return this.problem(`Zstandard is corrupt: ${problem}`);
  }
}

interface OpenFrame extends ZstdFrame {
  readonly decoder: ZstdDecoder;
  unpackedBytes: number;
  /** Whether its last block was unpacked. */
  isWhole: boolean;
}
