import { zstdBlockBytesMax, type ZstdPiece } from './zstd-frame.js';

/** A place in the memory of the WebAssembly module. */
interface HeapPlace {
  readonly ptr: number;
  readonly size: number;
}

/** What of the package's public class is used here. */
interface ResettableZstd {
  /** Forgets what a stream before has left. */
  reset(): void;
}

/** The parts of the package below its public class that are used here; its version is pinned. */
interface ZstdInternals {
  readonly _mainModule: {
    malloc(bytes: number): HeapPlace;
    free(place: HeapPlace): void;
    dataToHeap(bytes: Uint8Array): HeapPlace;
    heapView(place: HeapPlace): Uint8Array;
  };
  /** Bytes that came out, none where it failed. */
  readonly _zstd: { decompressChunk(toPtr: number, toBytes: number, fromPtr: number, fromBytes: number): number };
}

/**
 * Unpacks blocks in the memory of the module. Its public `decompress` makes a list of numbers of what comes out: sixteen
 * times the memory, fifty times the time, and an end of the process above 100 MB; `decompressChunk` does not say of a
 * failure.
 */
export class ZstdHeap {
  readonly #zstd: ResettableZstd;
  readonly #internals: ZstdInternals;
  readonly #out: HeapPlace;

  /** @param zstd the loaded class of `@hpcc-js/wasm-zstd` */
  constructor(zstd: ResettableZstd) {
    this.#zstd = zstd;
    this.#internals = zstd as unknown as ZstdInternals;
    this.#out = this.#internals._mainModule.malloc(zstdBlockBytesMax);
  }

  /**
   * Unpacks the pieces of whole frames, see `zstdPieces`.
   *
   * @param check is told how many bytes have come out so far, and throws where they are too many
   * @throws RangeError when a piece is no block
   */
  unpack(pieces: Iterable<ZstdPiece>, check: (bytes: number) => void): Uint8Array {
    this.#zstd.reset();
    const blocks: Uint8Array[] = [];
    let bytes = 0;
    for (const piece of pieces) {
      const block = this.#unpackPiece(piece);
      bytes += block.length;
      check(bytes);
      if (block.length > 0) blocks.push(block);
    }
    return blocks.length === 1 ? blocks[0] : Buffer.concat(blocks);
  }

  #unpackPiece({ bytes, unpackedBytes }: ZstdPiece): Uint8Array {
    const { _mainModule: heap, _zstd: stream } = this.#internals;
    const from = heap.dataToHeap(bytes);
    try {
      const size = stream.decompressChunk(this.#out.ptr, zstdBlockBytesMax, from.ptr, from.size);
      // Bytes that are not a block give no output, nor do any after them.
      const isWhole = unpackedBytes === undefined ? size > 0 && size <= zstdBlockBytesMax : size === unpackedBytes;
      if (!isWhole) throw new RangeError(`a Zstandard block must be whole, got ${size} bytes of ${bytes.length}`);
      return heap.heapView({ ptr: this.#out.ptr, size }).slice();
    } finally {
      heap.free(from);
    }
  }
}
