const magic = 0xfd2fb528;

/**
 * What a Zstandard frame unpacks to, in bytes; undefined where it does not say.
 *
 * ```
 *  magic u32 │ flags: size of content size (2 bits), single segment (1), …, size of dictionary id (2)
 *            │ [window] │ [dictionary id] │ [content size]
 * ```
 *
 * Layout: RFC 8878, 3.1.1.1.
 *
 * @throws RangeError when it is no such frame
 */
export function zstdBytes(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0, true) !== magic) throw new RangeError('a Zstandard frame must begin with its magic number');
  const flags = view.getUint8(4);
  const isSingle = (flags & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][flags & 3];
  switch (flags >>> 6) {
    case 0:
      return isSingle ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}
