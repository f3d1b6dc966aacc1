import type { ZstdDecoder } from './zstd-decoder.js';
import {
  readZstdBlock,
  readZstdHeader,
  zstdBlockBytesMax,
  zstdBlockHeaderBytes,
  zstdChecksumBytes,
  zstdMagic,
} from './zstd-frame.js';

/** The most memory that a frame may ask for, as of zstd without `--long`. */
export const zstdWindowBytesMax = 128 * 2 ** 20;

/**
 * Unpacks one frame that is in memory as a whole.
 *
 * @param bytes that come out, at most
 * @throws Error for anything else; the decoder is then of no further use
 */
export function unzstdFrame(decoder: ZstdDecoder, packed: Uint8Array, bytes: number): Uint8Array {
  const frame = zstdMagic(packed) === 'frame' ? readZstdHeader(packed) : undefined;
  if (frame === undefined || frame === 'reserved' || frame.dictionary !== 0) throw corrupt('its header');
  if (frame.windowBytes > zstdWindowBytesMax) throw corrupt('its window');
  decoder.decode(packed.subarray(0, frame.headerBytes));
  const unpacked = new Uint8Array(bytes);
  let filled = 0;
  let at = frame.headerBytes;
  for (let isLast = false; !isLast;) {
    const block = readZstdBlock(packed.subarray(at, at + zstdBlockHeaderBytes));
    const end = at + zstdBlockHeaderBytes + block.packedBytes;
    const blockBytes = Math.max(block.packedBytes, block.contentBytes ?? 0);
    if (end > packed.length || block.type === 'reserved' || blockBytes > zstdBlockBytesMax) throw corrupt('a block');
    const piece = decoder.decode(packed.subarray(at, end));
    if (filled + piece.length > bytes) throw corrupt('its size');
    unpacked.set(piece, filled);
    filled += piece.length;
    at = end;
    isLast = block.isLast;
  }
  if (frame.hasChecksum) decoder.decode(packed.subarray(at, at + zstdChecksumBytes));
  if (!decoder.isAtEndOfFrame()) throw corrupt('a block or the checksum');
  return unpacked.subarray(0, filled);
}

function corrupt(what: string): Error {
  return new Error(`Zstandard is corrupt: ${what} is wrong`);
}
