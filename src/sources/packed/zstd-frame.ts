/** How an input is packed as Zstandard; layouts: RFC 8878, 3.1. */

/** How many first bytes tell a frame. */
export const zstdMagicBytes = 4;
/** The longest header of a frame. */
export const zstdHeaderBytesMax = 18;
/** The header of a block, and the most that a block unpacks to. */
export const zstdBlockHeaderBytes = 3;
export const zstdBlockBytesMax = 128 * 1024;
/** The checksum at the end of a frame that has one. */
export const zstdChecksumBytes = 4;

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a5;
const blockTypes = ['raw', 'repeated', 'packed', 'reserved'] as const;

export type ZstdMagic = 'frame' | 'skippable';

/** What the first four bytes begin; undefined = nothing of Zstandard. */
export function zstdMagic(head: Uint8Array): ZstdMagic | undefined {
  if (head.length < zstdMagicBytes) return undefined;
  const magic = viewOf(head).getUint32(0, true);
  if (magic === frameMagic) return 'frame';
  return magic >>> 4 === skippableMagic ? 'skippable' : undefined;
}

export interface ZstdFrame {
  readonly headerBytes: number;
  /** How much of what was unpacked the packer looks back at: the memory that the frame needs. */
  readonly windowBytes: number;
  readonly hasChecksum: boolean;
  /** What the frame unpacks to; undefined where it does not say. */
  readonly contentBytes: number | undefined;
  /** Which dictionary it was packed with; 0 = none. */
  readonly dictionary: number;
}

/**
 * The header of a frame.
 *
 * ```
 *  magic u32 │ flags: size of content size (2 bits), single segment, -, reserved, checksum, size of dictionary id (2)
 *            │ [window: exponent (5 bits), eighths (3)] │ [dictionary id] │ [content size]
 * ```
 *
 * @returns undefined when it is not all there; `reserved` when it has a flag that no packer sets
 */
export function readZstdHeader(head: Uint8Array): ZstdFrame | 'reserved' | undefined {
  const flags = head.at(4);
  if (flags === undefined) return undefined;
  if ((flags & 0x08) !== 0) return 'reserved';
  const isSingle = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3];
  const contentSizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >>> 6];
  const dictionaryAt = 5 + (isSingle ? 0 : 1);
  const contentAt = dictionaryAt + dictionaryBytes;
  const headerBytes = contentAt + contentSizeBytes;
  if (head.length < headerBytes) return undefined;
  const content = readNumber(head, contentAt, contentSizeBytes);
  const contentBytes = contentSizeBytes === 0 ? undefined : contentSizeBytes === 2 ? content + 256 : content;
  return {
    headerBytes,
    windowBytes: isSingle ? (contentBytes ?? 0) : windowBytes(head[5]),
    hasChecksum: (flags & 0x04) !== 0,
    contentBytes,
    dictionary: readNumber(head, dictionaryAt, dictionaryBytes),
  };
}

export interface ZstdBlock {
  readonly isLast: boolean;
  readonly type: (typeof blockTypes)[number];
  /** Bytes that follow the header. */
  readonly packedBytes: number;
  /** What it unpacks to; undefined for a packed one, which does not say. */
  readonly contentBytes: number | undefined;
}

/** The three bytes in front of a block: size (21 bits), type (2), last (1). */
export function readZstdBlock(head: Uint8Array): ZstdBlock {
  const bits = readNumber(head, 0, zstdBlockHeaderBytes);
  const size = bits >>> 3;
  const type = blockTypes[(bits >>> 1) & 3];
  return {
    isLast: (bits & 1) !== 0,
    type,
    packedBytes: type === 'repeated' ? 1 : size,
    contentBytes: type === 'packed' ? undefined : size,
  };
}

/** How many bytes a skippable frame takes, of which the first eight are given. */
export function skippableBytes(head: Uint8Array): number {
  return 8 + viewOf(head).getUint32(4, true);
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A number of up to 8 bytes, the lowest first; above 2^53 not to the last bit. */
function readNumber(bytes: Uint8Array, at: number, count: number): number {
  return bytes.subarray(at, at + count).reduceRight((number, byte) => number * 256 + byte, 0);
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
