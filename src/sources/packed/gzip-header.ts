import { crc32 } from 'node:zlib';
import type { PackedFeed } from './packed-feed.js';

/** How many first bytes of a gzip file make it nearly certain that it is one. */
export const gzipHeaderBytes = 10;

/** The longest name, comment or extra field that is passed over. */
const fieldBytesMax = 65_536;
/** A header with all its fields at their longest. */
export const gzipHeaderBytesMax = gzipHeaderBytes + 2 + 3 * fieldBytesMax + 2;

const deflate = 8;
const flags = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** Whether the first bytes are those of a gzip file, as far as there are any. */
export function looksLikeGzip(head: Uint8Array): boolean {
  if (head[0] !== 0x1f || head[1] !== 0x8b || (head.length > 2 && head[2] !== deflate)) return false;
  // A word may begin with the same three bytes, but hardly also with a header that an existing packer would write.
  return head.length < gzipHeaderBytes || ((head[3] & flags.reserved) === 0 && [0, 2, 4].includes(head[8]));
}

/**
 * Takes the header of a gzip member.
 *
 * ```
 *  1f 8b │ 08 │ flags │ time u32 │ extra flags │ system │ [size u16, extra] │ [name, 0] │ [comment, 0] │ [crc16]
 * ```
 *
 * Layout: RFC 1952, 2.3.
 *
 * @returns the problem: `cut` = it is incomplete; undefined for a valid one
 */
export async function takeGzipHeader(feed: PackedFeed): Promise<'cut' | { readonly problem: string } | undefined> {
  const start = await feed.look(gzipHeaderBytes);
  if (start.length < gzipHeaderBytes) return 'cut';
  if (start[0] !== 0x1f || start[1] !== 0x8b) return { problem: 'it does not begin with 1f 8b' };
  if (start[2] !== deflate) return { problem: `its method must be ${deflate} (deflate), got ${start[2]}` };
  const set = start[3];
  if ((set & flags.reserved) !== 0) return { problem: `flag bits 5-7 must be 0, got ${set}` };
  let bytes = gzipHeaderBytes;
  if ((set & flags.extra) !== 0) {
    const head = await feed.look(bytes + 2);
    if (head.length < bytes + 2) return 'cut';
    bytes += 2 + (head[bytes] | (head[bytes + 1] << 8));
  }
  for (const flag of [flags.name, flags.comment]) {
    if ((set & flag) === 0) continue;
    const end = await findZero(feed, bytes);
    if (typeof end !== 'number') return end;
    bytes = end + 1;
  }
  if ((set & flags.headerCrc) === 0) return take(feed, bytes);
  const head = await feed.look(bytes + 2);
  if (head.length < bytes + 2) return 'cut';
  const isRight = (crc32(head.subarray(0, bytes)) & 0xffff) === (head[bytes] | (head[bytes + 1] << 8));
  return isRight ? take(feed, bytes + 2) : { problem: 'its checksum is wrong' };
}

async function take(feed: PackedFeed, bytes: number): Promise<'cut' | undefined> {
  if ((await feed.look(bytes)).length < bytes) return 'cut';
  feed.take(bytes);
  return undefined;
}

async function findZero(feed: PackedFeed, from: number): Promise<number | 'cut' | { readonly problem: string }> {
  for (let seen = from; ;) {
    const head = await feed.look(seen + 1);
    if (head.length <= seen) return 'cut';
    const end = head.indexOf(0, seen);
    if (end !== -1 && end - from < fieldBytesMax) return end;
    seen = head.length;
    if (seen - from >= fieldBytesMax) {
      return { problem: `its name or comment must be shorter than ${fieldBytesMax} bytes` };
    }
  }
}
