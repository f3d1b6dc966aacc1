import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CompressionCodec, Compressors } from 'hyparquet';
import type { ZstdDecoder } from '../packed/zstd-decoder.js';

/** A page that says to be larger is taken for damage. */
export const pageBytesMax = 1 << 28;

type Unpack = (packed: Uint8Array, bytes: number) => Uint8Array;

/** What unpacks the pages of a file, beside the codecs that the library has of its own. */
export class PageCodecs {
  readonly compressors: Compressors = {};
  #zstd: ZstdDecoder | undefined;

  /**
   * @param codecs that columns of the file are packed with
   * @throws Error for one that is not known here
   */
  static async open(codecs: ReadonlySet<CompressionCodec>): Promise<PageCodecs> {
    const opened = new PageCodecs();
    for (const codec of codecs) {
      const unpack = await opened.#load(codec);
      if (unpack === undefined) continue;
      opened.compressors[codec] = (packed, bytes) => {
        if (bytes > pageBytesMax) throw new Error(`a page must have at most ${pageBytesMax} bytes, got ${bytes}`);
        return unpack(packed, bytes);
      };
    }
    return opened;
  }

  /** Idempotent. */
  close(): void {
    this.#zstd?.close();
  }

  async #load(codec: CompressionCodec): Promise<Unpack | undefined> {
    switch (codec) {
      case 'UNCOMPRESSED':
      case 'SNAPPY':
        return undefined;
      case 'GZIP':
        return (packed, bytes) => gunzipSync(packed, { maxOutputLength: bytes });
      case 'BROTLI':
        return (packed, bytes) => brotliDecompressSync(packed, { maxOutputLength: bytes });
      case 'ZSTD': {
        // Loaded only here: it brings its decoder along.
        const [{ ZstdDecoder }, { unzstdFrame }] = await Promise.all([
          import('../packed/zstd-decoder.js'),
          import('../packed/unzstd-frame.js'),
        ]);
        const zstd = await ZstdDecoder.open();
        this.#zstd = zstd;
        return (packed, bytes) => unzstdFrame(zstd, packed, bytes);
      }
      case 'LZO':
      case 'LZ4':
      case 'LZ4_RAW':
        throw new Error(`packed as ${codec}: write it with zstd, snappy, gzip, brotli or without compression`);
      default:
        return codec satisfies never;
    }
  }
}
