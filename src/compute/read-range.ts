import { readSync } from 'node:fs';
import { wordBytes } from '../domain/word.js';
import { holeAtEnd, lastLineStart, lookBehind, nextLineStart } from '../domain/hole.js';
import { RowBlock } from './row-block.js';
import type { FileRange, RangeFailure } from './tasks.js';

/** Where whole rows lie in a block's text after reading a range. */
export interface LoadedRange {
  /** The block that was read into: a larger one where the last line reached too far. */
  readonly block: RowBlock;
  readonly from: number;
  readonly to: number;
  /** Why there are no rows after them, or fewer than the range should have. */
  readonly failure: RangeFailure | undefined;
}

interface Filled {
  readonly filled: number;
  readonly failure: RangeFailure | undefined;
}

const lf = 0x0a;

/** Bytes of a range that fits a chunk, with those before it and the end of its last line; a multiple of a word. */
export function rangeBytesOf(chunkBytes: number): number {
  const bytes = chunkBytes - lookBehind - marginOf(chunkBytes);
  return bytes - (bytes % wordBytes);
}

/** How far beyond a range its last line is looked for at first: a line most often has 20 to 40 bytes. */
function marginOf(chunkBytes: number): number {
  return Math.min(4096, chunkBytes >> 2);
}

/** Reads the words of a range, all of them whole; fewer before a failure. */
export function readWords(range: FileRange, block: RowBlock): LoadedRange {
  const { from, to } = range;
  const { filled, failure } = fillAll(range, from, block.text.subarray(0, to - from));
  return { block, from: 0, to: filled - (filled % wordBytes), failure };
}

/**
 * Reads the lines that begin in a range, the last one up to its end; a last line of the file without an LF gets one.
 *
 * ```
 *  file   … 2,0,7 │ 2,46758,279,18\n … 2,1,3 │ 1,46760,3,9\n …
 *                from             rows       to          rows end
 * ```
 *
 * @param block for chunks of `chunkBytes`; the range is one of {@link rangeBytesOf} it
 * @param chunkBytes a line must be shorter
 */
export function readLines(range: FileRange, block: RowBlock, chunkBytes: number): LoadedRange {
  // The bytes before the range tell whether a line begins with it.
  const start = range.isInside ? range.from - lookBehind : range.from;
  const wanted = range.to - start;
  const near = wanted + marginOf(chunkBytes);
  const { filled, failure } = fillAll(range, start, block.text.subarray(0, near));
  const from = range.isInside ? nextLineStart(block.text, lookBehind, filled) : 0;
  // All of the range belongs to a line that began before it.
  if (from === -1 || (range.isInside && from > wanted)) return { block, from: 0, to: 0, failure };
  const end = endOfLines(block.text, wanted, filled);
  if (end > 0) return { block, from, to: end, failure };
  const far = new RowBlock(wanted + chunkBytes + 1, block.wires, block.clock);
  const loaded = fillAll(range, start, far.text.subarray(0, wanted + chunkBytes));
  return { block: far, from, ...endLines(far.text, loaded, { start, wanted, chunkBytes }) };
}

/** Where the lines end whose last one is long, or the last of the file. */
function endLines(
  text: Uint8Array,
  { filled, failure }: Filled,
  { start, wanted, chunkBytes }: { readonly start: number; readonly wanted: number; readonly chunkBytes: number },
): { readonly to: number; readonly failure: RangeFailure | undefined } {
  const lastLine = lastLineStart(text, Math.min(filled, wanted - 1));
  const lineEnd = endOfLines(text, wanted, filled);
  if (lineEnd === 0 && failure !== undefined) return { to: lastLine, failure };
  if (lineEnd === 0 && filled > lastLine) text[filled] = lf;
  const to = lineEnd > 0 ? lineEnd : filled > lastLine ? filled + 1 : filled;
  if (holeAtEnd(text, to) - lastLine <= chunkBytes) return { to, failure };
  const message = `a line must be shorter than ${chunkBytes} bytes`;
  return { to: lastLine, failure: { offset: start + lastLine, errno: undefined, message } };
}

/**
 * End of the line that reaches to `wanted` or beyond; 0 when its end was not read. A hole at the end of the bytes read
 * may be longer, but no more of it is needed: the following ranges skip the rest.
 */
function endOfLines(text: Uint8Array, wanted: number, filled: number): number {
  if (filled < wanted) return 0;
  const next = nextLineStart(text, wanted, filled);
  if (next !== -1) return next;
  return filled - holeAtEnd(text, filled) >= lookBehind ? filled : 0;
}

/** Fills `target` with the bytes at `offset`; less than up to the range's end is a failure, for it was in the file. */
function fillAll({ fd, to }: Pick<FileRange, 'fd' | 'to'>, offset: number, target: Uint8Array): Filled {
  const { filled, failure } = fill(fd, offset, target);
  if (failure !== undefined || offset + filled >= to) return { filled, failure };
  const message = `truncated while being read, the file ends here and had at least ${to} bytes`;
  return { filled, failure: { offset: offset + filled, errno: undefined, message } };
}

/** Fills `target` with the bytes at `offset`; less of it only at the end of the file or before a failure. */
function fill(fd: number, offset: number, target: Uint8Array): Filled {
  let filled = 0;
  try {
    while (filled < target.length) {
      const got = readSync(fd, target, filled, target.length - filled, offset + filled);
      if (got === 0) break;
      filled += got;
    }
    return { filled, failure: undefined };
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const errno = 'errno' in cause && typeof cause.errno === 'number' ? cause.errno : undefined;
    return { filled, failure: { offset: offset + filled, errno, message: cause.message } };
  }
}
