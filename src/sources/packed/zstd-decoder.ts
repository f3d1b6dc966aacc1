import { Zstd } from '@hpcc-js/wasm-zstd';
import { zstdBlockBytesMax, zstdBlockHeaderBytes } from './zstd-frame.js';

/** The most that goes into the decoder at once, and that comes out of it. */
const pieceBytesMax = zstdBlockHeaderBytes + zstdBlockBytesMax;

/**
 * A frame of the byte 0x21, raw, without a checksum: a decoder gives it back when it has come to the end of a frame and
 * found it right, and in no other state.
 */
const probe = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x01, 0x09, 0x00, 0x00, 0x21);
const probeHeaderBytes = 6;

/**
 * The parts of the package below its public class, which has a single stream, copies each piece once more and allocates
 * its memory again.
 */
interface ZstdInternals {
  readonly _mainModule: {
    readonly _module: {
      readonly HEAPU8: Uint8Array;
      _malloc(bytes: number): number;
      _free(address: number): void;
    };
  };
  readonly _zstdClass: new () => {
    /** @returns how many bytes came out; 0 also on an error */
    decompressChunk(output: number, outputBytes: number, input: number, inputBytes: number): number;
    delete(): void;
  };
}

/**
 * Decodes frames piece by piece: a header, then a block at a time, then the checksum. The package does not hand on what
 * the decoder finds wrong: a piece then gives nothing, and so does every one after it.
 */
export class ZstdDecoder {
  readonly #memory: ZstdInternals['_mainModule']['_module'];
  readonly #stream: InstanceType<ZstdInternals['_zstdClass']>;
  readonly #input: number;
  readonly #output: number;
  #isClosed = false;

  private constructor({ _mainModule, _zstdClass }: ZstdInternals) {
    this.#memory = _mainModule._module;
    this.#stream = new _zstdClass();
    this.#input = this.#memory._malloc(pieceBytesMax);
    this.#output = this.#memory._malloc(pieceBytesMax);
  }

  static async open(): Promise<ZstdDecoder> {
    const zstd: unknown = await Zstd.load();
    return new ZstdDecoder(zstd as ZstdInternals);
  }

  /** @returns a copy of what came out */
  decode(piece: Uint8Array): Uint8Array {
    if (this.#isClosed) return new Uint8Array(0);
    // The memory may have grown and moved since the last piece.
    this.#memory.HEAPU8.set(piece, this.#input);
    const count = this.#stream.decompressChunk(this.#output, pieceBytesMax, this.#input, piece.length);
    return this.#memory.HEAPU8.slice(this.#output, this.#output + count);
  }

  /** Whether the frame before, with its checksum, was right; the next piece begins a new one. */
  isAtEndOfFrame(): boolean {
    if (this.decode(probe.subarray(0, probeHeaderBytes)).length > 0) return false;
    const content = this.decode(probe.subarray(probeHeaderBytes));
    return content.length === 1 && content[0] === probe[probe.length - 1];
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#memory._free(this.#input);
    this.#memory._free(this.#output);
    this.#stream.delete();
  }
}
