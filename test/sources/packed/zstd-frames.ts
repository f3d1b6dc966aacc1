import { Zstd } from '@hpcc-js/wasm-zstd';

/** Zstandard frames made by hand (RFC 8878), and by the library. */

export interface FrameOptions {
  /** Ends in the checksum of what it holds. */
  readonly checksum?: boolean;
  /** Exponent of the window, 10 = 1 KiB; its size is not said then. */
  readonly windowLog?: number;
  readonly dictionary?: number;
}

/** A frame of blocks as they are. */
export function rawFrame(blocks: readonly Uint8Array[], options: FrameOptions = {}): Buffer {
  const { checksum = false, windowLog = 17, dictionary = 0 } = options;
  const header = [0x28, 0xb5, 0x2f, 0xfd, (checksum ? 4 : 0) | (dictionary > 0 ? 1 : 0), (windowLog - 10) << 3];
  const parts = blocks.map((block, index) =>
    Buffer.concat([blockHeader(block.length, 0, index === blocks.length - 1), block]),
  );
  const content = Buffer.concat(blocks);
  return Buffer.concat([
    Buffer.from([...header, ...(dictionary > 0 ? [dictionary] : [])]),
    ...(blocks.length === 0 ? [blockHeader(0, 0, true)] : parts),
    ...(checksum ? [checksumOf(content)] : []),
  ]);
}

/** A frame of one byte again and again. */
export function repeatedFrame(byte: number, count: number): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3]);
  return Buffer.concat([header, blockHeader(count, 1, true), Buffer.from([byte])]);
}

export function skippableFrame(content: Uint8Array, kind = 0): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a50 + kind, 0);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content]);
}

/** What the library makes of it; it sets no checksum, so that is added where it is asked for. */
export async function packedFrame(content: Uint8Array, { checksum = false } = {}): Promise<Buffer> {
  const zstd = await Zstd.load();
  const packed = Buffer.from(zstd.compress(content));
  if (!checksum) return packed;
  packed[4] |= 4;
  return Buffer.concat([packed, checksumOf(content)]);
}

function blockHeader(size: number, type: number, isLast: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | (type << 1) | (isLast ? 1 : 0), 0, 3);
  return header;
}

function checksumOf(content: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(Number(xxhash64(content) & 0xffff_ffffn));
  return sum;
}

const mask = 2n ** 64n - 1n;
const [p1, p2, p3, p4, p5] = [
  11_400_714_785_074_694_791n,
  14_029_467_366_897_019_727n,
  1_609_587_929_392_839_161n,
  9_650_029_242_287_828_579n,
  2_870_177_450_012_600_261n,
];
const rotate = (value: bigint, bits: bigint): bigint => ((value << bits) | (value >> (64n - bits))) & mask;
const round = (sum: bigint, lane: bigint): bigint => (rotate((sum + lane * p2) & mask, 31n) * p1) & mask;

/** XXH64 with seed 0, after its specification; slow. */
export function xxhash64(bytes: Uint8Array): bigint {
  const data = Buffer.from(bytes);
  let at = 0;
  let hash = p5;
  if (data.length >= 32) {
    let lanes = [(p1 + p2) & mask, p2, 0n, (2n ** 64n - p1) & mask];
    for (; at + 32 <= data.length; at += 32) {
      lanes = lanes.map((lane, index) => round(lane, data.readBigUInt64LE(at + 8 * index)));
    }
    hash = lanes.reduce((sum, lane, index) => sum + rotate(lane, [1n, 7n, 12n, 18n][index]), 0n) & mask;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * p1 + p4) & mask;
  }
  hash = (hash + BigInt(data.length)) & mask;
  for (; at + 8 <= data.length; at += 8) {
    hash = (rotate(hash ^ round(0n, data.readBigUInt64LE(at)), 27n) * p1 + p4) & mask;
  }
  if (at + 4 <= data.length) {
    hash = (rotate(hash ^ ((BigInt(data.readUInt32LE(at)) * p1) & mask), 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < data.length; at++) hash = (rotate(hash ^ ((BigInt(data[at]) * p5) & mask), 11n) * p1) & mask;
  hash = ((hash ^ (hash >> 33n)) * p2) & mask;
  hash = ((hash ^ (hash >> 29n)) * p3) & mask;
  return hash ^ (hash >> 32n);
}
