import { isUtf8 } from 'node:buffer';
import type { DtstreamError } from '../errors.js';
import type { SourceFormat } from './hit-source.js';
import { inputError } from './input-error.js';

/** How inputs are to be read: as CSV text, as DAQ words, or as each one's name or else its first bytes say. */
export const inputFormats = ['auto', 'csv', 'dat'] as const;
export type InputFormat = (typeof inputFormats)[number];

/** How many first bytes decide, where the input has as many; garbage further on is a row's matter. */
export const formatBytes = 16;

/** The format that a name stands for, with or without `.gz`; undefined = the content has to say. */
export function formatOfName(name: string): SourceFormat | undefined {
  if (/\.dat(\.gz)?$/i.test(name)) return 'words';
  return /\.(csv|txt)(\.gz)?$/i.test(name) ? 'csv' : undefined;
}

/**
 * The format that the first bytes of an input look like: `csv` when they are text without control characters, else
 * `words`, for a real stream of words has small numbers in most of its bytes.
 *
 * @throws DtstreamError `input` for UTF-16
 */
export function formatOfBytes(name: string, head: Uint8Array): SourceFormat {
  // A word may begin with the mark as well, but hardly has its zeros where letters and digits have them.
  const mark = byteOrderOf(head);
  if (mark?.zeros.every((at) => at >= head.length || head[at] === 0)) throw utf16Error(name);
  return looksLikeText(head) ? 'csv' : 'words';
}

/** @throws DtstreamError `input` when the first bytes are of a packed file that dtstream does not unpack */
export function refusePacked(name: string, head: Uint8Array): void {
  const packed = packers.find(({ magic }) => Buffer.from(head).toString('latin1', 0, magic.length) === magic);
  if (packed !== undefined) throw inputError(name, `only gzip is unpacked on the fly, this is ${packed.what}`);
}

/** How many first bytes tell a packed file. */
export const packedBytes = 6;

/** Where UTF-16 text has zero bytes, of the order that its first two bytes say; undefined without a mark. */
export function byteOrderOf(head: Uint8Array): { readonly zeros: readonly number[] } | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return { zeros: [3, 5, 7] };
  return head[0] === 0xfe && head[1] === 0xff ? { zeros: [2, 4, 6] } : undefined;
}

export function utf16Error(name: string): DtstreamError {
  return inputError(name, 'line 1: text must be ASCII or UTF-8, this begins as UTF-16');
}

/** Whether the first bytes are those of a gzip file; 10 of them make it nearly certain. */
export function looksLikeGzip(head: Uint8Array): boolean {
  if (head[0] !== 0x1f || head[1] !== 0x8b || (head.length > 2 && head[2] !== deflate)) return false;
  // A word may begin with the same three bytes, but hardly also with a header that an existing packer would write.
  return head.length < gzipHeaderBytes || ((head[3] & 0xe0) === 0 && [0, 2, 4].includes(head[8]));
}
export const gzipHeaderBytes = 10;

const deflate = 8;
const packers = [
  { what: 'a zip archive', magic: 'PK\x03\x04' },
  { what: 'bzip2', magic: 'BZh' },
  { what: 'xz', magic: '\xfd7zXZ\0' },
  { what: 'zstandard', magic: '\x28\xb5\x2f\xfd' },
] as const;

function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, formatBytes);
  const isControl = (byte: number): boolean => (byte < 0x20 && ![0x09, 0x0a, 0x0d].includes(byte)) || byte === 0x7f;
  if (head.some(isControl)) return false;
  // The last character may be cut.
  return [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, Math.max(0, head.length - cut))));
}
