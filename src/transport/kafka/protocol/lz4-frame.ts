const magic = 0x184d2204;
const endMark = 0;

/**
 * How many bytes an LZ4 frame may unpack to at most: the size of a block times their number.
 *
 * ```
 *  magic u32 │ flags │ block size │ [content u64] │ [dictionary u32] │ checksum │ block: length u32, bytes, [u32] … │ 0
 * ```
 *
 * Layout: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 *
 * @throws RangeError when it is no such frame
 */
export function lz4BytesMax(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== magic) throw new RangeError('an LZ4 frame must begin with its magic number');
  const flags = view.getUint8(4);
  const blockBytesMax = 1 << (8 + 2 * ((view.getUint8(5) >>> 4) & 7));
  const checksumBytes = (flags & 0x10) === 0 ? 0 : 4;
  let blocks = 0;
  let at = 7 + ((flags & 0x08) === 0 ? 0 : 8) + ((flags & 0x01) === 0 ? 0 : 4);
  for (let length = view.getUint32(at, true); length !== endMark; length = view.getUint32(at, true)) {
    at += 4 + (length & 0x7fffffff) + checksumBytes;
    blocks++;
  }
  return blocks * blockBytesMax;
}
