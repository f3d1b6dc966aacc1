import type { ByteReader } from './byte-reader.js';
import { isBlank } from './canonical-line.js';
import { ColumnReader } from './column-reader.js';
import { detectLayout } from './csv-layout.js';
import { byteOrderOf, utf16Error } from './input-format.js';
import type { PeekReader } from './peek-reader.js';

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * CSV text as lines of canonical columns: as it is where its columns are canonical, else by the names in its header.
 *
 * @throws DtstreamError `input` for a header that lacks a column, and for UTF-16
 */
export async function openCsv(name: string, reader: PeekReader): Promise<ByteReader> {
  await dropByteOrderMark(name, reader);
  const first = await findFirstLine(reader);
  if (first === undefined) return reader;
  const layout = detectLayout(first.text, { name, line: first.line });
  if (layout.isCanonical) return reader;
  reader.skip(layout.hasHeader ? first.next : first.start);
  return new ColumnReader(reader, layout, { name, line: layout.hasHeader ? first.line + 1 : first.line });
}

async function dropByteOrderMark(name: string, reader: PeekReader): Promise<void> {
  const head = Buffer.from(await reader.peek(byteOrderMark.length)).subarray(0, byteOrderMark.length);
  if (head.equals(byteOrderMark)) reader.skip(byteOrderMark.length);
  if (byteOrderOf(head) !== undefined) throw utf16Error(name);
}

interface FirstLine {
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
  /** Where it starts, and where the line after it does. */
  readonly start: number;
  readonly next: number;
}

/** The first line that is not blank; undefined when there is none within what can be peeked. */
async function findFirstLine(reader: PeekReader): Promise<FirstLine | undefined> {
  let start = 0;
  for (let line = 1; ; line++) {
    const end = await reader.peekLineEnd(start);
    if (end === undefined) return undefined;
    const head = await reader.peek(0);
    const text = Buffer.from(head.subarray(start, end)).toString('latin1').replace(/\r$/, '');
    if (!isBlank(text)) return { text, line, start, next: Math.min(end + 1, head.length) };
    if (end === head.length) return undefined;
    start = end + 1;
  }
}
