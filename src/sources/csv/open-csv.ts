import { type CsvLayout, isCanonical } from '../../domain/csv-layout.js';
import type { TextReading } from '../../domain/text-reading.js';
import { CrReader } from './cr-reader.js';
import { findLayout, type FoundLayout } from './find-layout.js';
import { HeadLines } from './head-lines.js';
import type { WarnInput } from '../input-error.js';
import { byteOrderOf, utf16Error } from '../input-format.js';
import { peekBytesMax, PeekReader } from '../peek-reader.js';
import { headerSplitter } from './split-header.js';
import { csvHeader } from '../../domain/hit.js';
import { endOfHole } from '../../domain/hole.js';

/** CSV text that is open at its first row, or at a canonical header before it. */
export interface OpenCsv {
  readonly reader: PeekReader;
  /** How its lines are to be read. */
  readonly layout: CsvLayout;
  /** Lines of the input before the first that the reader gives. */
  readonly linesBefore: number;
  /** Whether the reader delivers the original bytes of the input. */
  readonly isOwnBytes: boolean;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Longest piece of a line that is shown. */
const shownMax = 60;

/**
 * Recognises the columns of CSV text, and warns of lines before its header, which are left out.
 *
 * @throws DtstreamError `input` for a header that lacks a column, and for UTF-16
 */
export async function openCsv(
  name: string,
  bytes: PeekReader,
  { reading, warn }: { readonly reading: TextReading; readonly warn: WarnInput },
): Promise<OpenCsv> {
  await dropByteOrderMark(name, bytes);
  const endsInCr = await hasOnlyCr(bytes);
  const reader = endsInCr ? new PeekReader(new CrReader(bytes)) : bytes;
  const split = await headerSplitter(await reader.peek(0));
  const found = await findLayout(name, new HeadLines(reader), { reading, split });
  const { layout, header } = found;
  warnOfLeftOut(name, found, warn);
  if (isHole(await reader.peek(0))) {
    const message = `${name}: begins with ${peekBytesMax >> 10} KiB of zero bytes or more, after which no header is searched for: read as ${csvHeader}`;
    warn({ source: name, message });
  }
  // A canonical header needs no care: it may stand anywhere.
  const isAtStart = header === undefined || (isCanonical(layout) && header.line === 1 && isPlain(header.text));
  if (!isAtStart) reader.skip(header.next);
  return { reader, layout, linesBefore: isAtStart ? 0 : header.line, isOwnBytes: !endsInCr };
}

async function dropByteOrderMark(name: string, reader: PeekReader): Promise<void> {
  const head = Buffer.from(await reader.peek(byteOrderMark.length)).subarray(0, byteOrderMark.length);
  if (head.equals(byteOrderMark)) reader.skip(byteOrderMark.length);
  if (byteOrderOf(head) !== undefined) throw utf16Error(name);
}

/** Whether lines end in CR alone: none of the first bytes is an LF, and a CR is followed by more. */
async function hasOnlyCr(reader: PeekReader): Promise<boolean> {
  const end = await reader.peekLineEnd(0);
  const head = await reader.peek(0);
  if (end !== undefined && head[end] === lineFeed) return false;
  const first = head.indexOf(carriageReturn);
  return first >= 0 && first < head.length - 1;
}

/** Whether all that can be looked at are zero bytes. */
function isHole(head: Uint8Array): boolean {
  return head.length >= peekBytesMax && endOfHole(head, 0, head.length) === head.length;
}

/** Whether a header has no sign of a comment in front, behind which it is none to the decoder. */
function isPlain(text: Uint8Array): boolean {
  return /^[ \t]*H/i.test(Buffer.from(text).toString('latin1'));
}

function warnOfLeftOut(name: string, { leftOut }: FoundLayout, warn: WarnInput): void {
  if (leftOut.length === 0) return;
  const text = Buffer.from(leftOut[0].text).toString('utf8');
  const shown = `"${text.slice(0, shownMax)}${text.length > shownMax ? '…' : ''}"`;
  const message =
    leftOut.length === 1
      ? `${name}: skipped a line before the header: ${shown}`
      : `${name}: skipped ${leftOut.length} lines before the header, the first is ${shown}`;
  warn({ source: name, message });
}
