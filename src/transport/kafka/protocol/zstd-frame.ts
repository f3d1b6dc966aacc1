const magic = 0xfd2fb528;
/** Frames of this magic number, whose last four bits are free, hold nothing to unpack. */
const skippableMagic = 0x184d2a50;
const blockHeaderBytes = 3;
const checksumBytes = 4;
/** Types of blocks: bytes as they are, one byte many times, or packed ones. */
const blockTypes = { raw: 0, rle: 1, packed: 2 } as const;

/** What a block unpacks to at most, in bytes. */
export const zstdBlockBytesMax = 128 << 10;

/** A block with what stands before it in its frame, or behind the last one. */
export interface ZstdPiece {
  readonly bytes: Uint8Array;
  /** What it unpacks to, in bytes; undefined where it does not say, which is at least one. */
  readonly unpackedBytes: number | undefined;
}

/**
 * Cuts Zstandard frames into pieces of one block each, so that what comes out can be counted on the way.
 *
 * ```
 *  frame  magic u32 │ flags │ [window] │ [dictionary id] │ [content size] │ block … │ [checksum u32]
 *  flags  size of content size (2 bits), single segment (1), …, checksum (1), size of dictionary id (2)
 *  block  last (1 bit), type (2), size (21) in 3 bytes │ bytes, a single one of type RLE
 *  pieces ├──────────────────────────────────────────────────────────────────────┤├─────────┤├─────────────────┤
 * ```
 *
 * Layout: RFC 8878, 3.1.
 *
 * @throws RangeError when it is no such frame, or a cut one
 */
export function* zstdPieces(bytes: Uint8Array): Generator<ZstdPiece> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length;) {
    const number = view.getUint32(at, true);
    if (number >>> 4 === skippableMagic >>> 4) {
      at = checkedEnd(bytes, at + 8 + view.getUint32(at + 4, true));
      continue;
    }
    if (number !== magic) throw new RangeError('a Zstandard frame must begin with its magic number');
    const flags = view.getUint8(at + 4);
    let start = at;
    let isLast = false;
    for (at += frameHeaderBytes(flags); !isLast;) {
      const block = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
      isLast = (block & 1) !== 0;
      const type = (block >>> 1) & 3;
      if (type > blockTypes.packed) throw new RangeError(`a Zstandard block must be of type 0 to 2, got ${type}`);
      const size = type === blockTypes.rle ? 1 : block >>> 3;
      const hasChecksum = isLast && (flags & 0x04) !== 0;
      at = checkedEnd(bytes, at + blockHeaderBytes + size + (hasChecksum ? checksumBytes : 0));
      yield { bytes: bytes.subarray(start, at), unpackedBytes: type === blockTypes.packed ? undefined : block >>> 3 };
      start = at;
    }
  }
}

function frameHeaderBytes(flags: number): number {
  const isSingle = (flags & 0x20) !== 0;
  const contentBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >>> 6];
  return 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][flags & 3] + contentBytes;
}

function checkedEnd(bytes: Uint8Array, end: number): number {
  if (end <= bytes.length) return end;
  throw new RangeError(`a Zstandard frame must be whole, ${end} bytes, got ${bytes.length}`);
}
