import { gunzipSync, gzipSync } from 'node:zlib';
import { DtstreamError } from '../../../errors.js';
import type { Compression } from '../writing/compression.js';
import { lz4BytesMax } from './lz4-frame.js';
import { snappyBlocks, snappyBytes } from './snappy-blocks.js';
import { zstdPieces } from './zstd-frame.js';
import { ZstdHeap } from './zstd-heap.js';

/** Packs the records of a batch and unpacks them. */
export interface Codec {
  pack(bytes: Uint8Array): Uint8Array;
  /** @throws DtstreamError `transport` where more than the bound would come out; anything else for bytes not of the codec */
  unpack(bytes: Uint8Array): Uint8Array;
}

/** Bytes that a batch may unpack to: more is an attack or damage. */
const unpackedBytesMax = 256 << 20;

const loaded = new Map<Compression, Codec>([
  ['none', { pack: (bytes) => bytes, unpack: (bytes) => bytes }],
  [
    'gzip',
    {
      pack: (bytes) => gzipSync(bytes, { level: 1 }),
      unpack: (bytes) => {
        try {
          return gunzipSync(bytes, { maxOutputLength: unpackedBytesMax });
        } catch (error) {
          if (error instanceof RangeError) throw tooLarge('more', { cause: error });
          throw error;
        }
      },
    },
  ],
]);
const loaders = { snappy: openSnappy, lz4: openLz4, zstd: openZstd } as const;

/**
 * Makes a codec ready: the package of one is loaded when the first batch needs it.
 *
 * @throws DtstreamError `transport` when the package has no build for this system
 */
export async function loadCodec(compression: Compression): Promise<void> {
  if (compression === 'none' || compression === 'gzip' || loaded.has(compression)) return;
  try {
    loaded.set(compression, await loaders[compression]());
  } catch (error) {
    throw new DtstreamError('transport', `cannot use compression ${compression}: its package does not load here`, {
      cause: error,
    });
  }
}

/** A codec that {@link loadCodec} has made ready; `none` and `gzip` always are. */
export function codecOf(compression: Compression): Codec {
  const codec = loaded.get(compression);
  if (codec === undefined) throw new Error(`codec ${compression} is used before it is loaded`);
  return codec;
}

async function openSnappy(): Promise<Codec> {
  const { compressSync, uncompressSync } = await import('snappy');
  return {
    pack: (bytes) => compressSync(bytes),
    unpack: (bytes) => {
      const blocks = snappyBlocks(bytes);
      checkBytes(blocks.reduce((sum, block) => sum + snappyBytes(block), 0));
      const unpacked = blocks.map((block) => Buffer.from(uncompressSync(block)));
      return unpacked.length === 1 ? unpacked[0] : Buffer.concat(unpacked);
    },
  };
}

async function openLz4(): Promise<Codec> {
  const { compressFrameSync, decompressFrameSync } = await import('lz4-napi');
  return {
    pack: (bytes) => compressFrameSync(bufferOf(bytes)),
    unpack: (bytes) => {
      checkBytes(lz4BytesMax(bytes));
      return decompressFrameSync(bufferOf(bytes));
    },
  };
}

async function openZstd(): Promise<Codec> {
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  const zstd = await Zstd.load();
  const heap = new ZstdHeap(zstd);
  return {
    pack: (bytes) => zstd.compress(bytes),
    unpack: (bytes) => heap.unpack(zstdPieces(bytes), checkBytes),
  };
}

function checkBytes(bytes: number): void {
  if (bytes > unpackedBytesMax) throw tooLarge(String(bytes));
}

function tooLarge(bytes: string, options?: { readonly cause: unknown }): DtstreamError {
  const rule = `a batch must have at most ${unpackedBytesMax} bytes, got ${bytes}`;
  return new DtstreamError('transport', `cannot unpack records: ${rule}`, options);
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
