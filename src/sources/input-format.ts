import { isUtf8 } from 'node:buffer';
import type { DtstreamError } from '../errors.js';
import type { SourceFormat } from './hit-source.js';
import { inputError } from './input-error.js';

/** How inputs are to be read: as CSV text, as DAQ words, or as each one's name and its first bytes say. */
export const inputFormats = ['auto', 'csv', 'dat'] as const;
export type InputFormat = (typeof inputFormats)[number];

/** How many first bytes decide in most cases; garbage further on is a row's matter. */
export const formatProbeBytes = 16;
/** How far text is looked at that is not in UTF-8. */
const textBytesMax = 512;
/** Which share of it must be printable ASCII, or may be control characters where the start is UTF-8. */
const printableShareMin = 0.75;
const controlShareMax = 1 / 16;

/** The format that a name stands for, with or without `.gz` or `.zst`; undefined = the content has to say. */
export function formatOfName(name: string): SourceFormat | undefined {
  if (/\.dat(\.gz|\.zst)?$/i.test(name)) return 'words';
  return /\.(csv|txt|tsv)(\.gz|\.zst)?$/i.test(name) ? 'csv' : undefined;
}

/**
 * Whether the first bytes are text: no control character among the first 16, and these are ASCII, or UTF-8 without many
 * control characters further on, or else hardly anything but printable ASCII there, as in a table with a word in Latin-1.
 */
export function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, formatProbeBytes);
  if (head.some(isControl)) return false;
  if (head.every(isAscii)) return true;
  const more = bytes.subarray(0, textBytesMax);
  const controls = more.reduce((count, byte) => count + (isControl(byte) ? 1 : 0), 0);
  if (isUtf8Start(head)) return controls <= controlShareMax * more.length;
  const printable = more.reduce((count, byte) => count + (isAscii(byte) ? 1 : 0), 0);
  return controls === 0 && printable >= printableShareMin * more.length;
}

/** Whether the bytes are UTF-8, of which the last character may be cut. */
export function isUtf8Start(head: Uint8Array): boolean {
  const cut = /[\xc2-\xdf]$|[\xe0-\xf4][\x80-\xbf]{0,1}$|[\xf0-\xf4][\x80-\xbf]{2}$/.exec(
    Buffer.from(head).toString('latin1'),
  );
  return isUtf8(head.subarray(0, cut?.index ?? head.length));
}

/** Which Unicode text other than UTF-8 the first bytes are: by their mark, or by zeros between ASCII characters. */
export function wideTextOf(head: Uint8Array): 'UTF-16' | 'UTF-32' | undefined {
  const start = Buffer.from(head.subarray(0, formatProbeBytes)).toString('latin1');
  if (/^(\xff\xfe\0\0([^\0]\0\0\0)*.?|\0\0\xfe\xff(\0\0\0[^\0])*)\0{0,3}$/s.test(start) && start.length > 7)
    return 'UTF-32';
  // A word may begin with the mark as well, but hardly has its zeros where letters and digits have them.
  if (byteOrderOf(head)?.zeros.every((at) => at >= head.length || head[at] === 0) === true) return 'UTF-16';
  if (start.length < formatProbeBytes) return undefined;
  return /^(([\t\n\r -~]\0)+|(\0[\t\n\r -~])+)$/.test(start) ? 'UTF-16' : undefined;
}

/** Where UTF-16 text has zero bytes, of the order that its first two bytes say; undefined without a mark. */
export function byteOrderOf(head: Uint8Array): { readonly zeros: readonly number[] } | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return { zeros: [3, 5, 7] };
  return head[0] === 0xfe && head[1] === 0xff ? { zeros: [2, 4, 6] } : undefined;
}

export function utf16Error(name: string): DtstreamError {
  return wideTextError(name, 'UTF-16');
}

export function wideTextError(name: string, what: 'UTF-16' | 'UTF-32'): DtstreamError {
  return inputError(name, `line 1: text must be ASCII or UTF-8, this begins as ${what}`);
}

function isAscii(byte: number): boolean {
  return byte < 0x80;
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && ![0x09, 0x0a, 0x0d].includes(byte)) || byte === 0x7f;
}
