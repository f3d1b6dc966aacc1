import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  holeAtEnd,
  holeKeptMax,
  lastLineStart,
  lookBehind,
  nextLineStart,
  shortenHoles,
} from '../../src/domain/hole.js';
import { splitLines } from './split-lines.js';

/** Text with line ends, single zero bytes, and holes of any length. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', '\n', '\0'),
      fc.nat(10_000).map((zeros) => '\0'.repeat(zeros)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** Where the lines of a text begin; the last one may not have ended. */
function lineStarts(content: string): number[] {
  let at = 0;
  return splitLines(content).map((line) => (at += line.length) - line.length);
}

describe('lines with holes', () => {
  it('begin at the same places from wherever they are looked for', () => {
    fc.assert(
      fc.property(text, fc.nat(), (content, place) => {
        const bytes = Buffer.from(content);
        if (bytes.length < lookBehind) return;
        const from = lookBehind + (place % (bytes.length - lookBehind + 1));
        const isEnd = content.endsWith('\n') || from > bytes.length;
        const starts = [...lineStarts(content), ...(isEnd ? [bytes.length] : [])];
        assert.equal(nextLineStart(bytes, from, bytes.length), starts.find((start) => start >= from) ?? -1);
      }),
      { numRuns: 500 },
    );
  });

  it('have their last whole one before what may go on', () => {
    fc.assert(
      fc.property(text, (content) => {
        const isEnd = content === '' || content.endsWith('\n');
        const last = isEnd ? content.length : (lineStarts(content).at(-1) ?? 0);
        assert.equal(lastLineStart(Buffer.from(content), content.length), last);
      }),
      { numRuns: 500 },
    );
  });

  it('are the same when their holes are shortened, all at once or as they come', () => {
    fc.assert(
      fc.property(text, fc.nat(10_000), (content, piece) => {
        const expected = content.replace(new RegExp(`\\0{${holeKeptMax},}`, 'g'), '\0'.repeat(holeKeptMax));
        const all = Buffer.from(content);
        assert.equal(all.toString('utf8', 0, shortenHoles(all, 0, all.length)), expected);
        const bytes = Buffer.alloc(content.length);
        let filled = 0;
        for (let at = 0; at < content.length; at += piece + 1) {
          const end = filled + bytes.write(content.slice(at, at + piece + 1), filled);
          filled = shortenHoles(bytes, holeAtEnd(bytes, filled), end);
        }
        assert.equal(bytes.toString('utf8', 0, filled), expected);
      }),
      { numRuns: 300 },
    );
  });
});
