import assert from 'node:assert/strict';
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { decodeText } from '../../src/compute/decode-text.js';
import { rangeBytesOf, readLines, readWords } from '../../src/compute/read-range.js';
import { rejectedStride, RowBlock } from '../../src/compute/row-block.js';
import { canonicalLayout } from '../../src/domain/csv-layout.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { wireCodes } from '../../src/domain/row-code.js';
import { wordBytes } from '../../src/domain/word.js';
import { tempFolder } from '../sources/temp-folder.js';
import { holedText, hostileText } from './hostile-lines.js';

const wires = wireCodes(defaultGeometry);
const whole = new RowBlock(1 << 16, wires, defaultGeometry.clock);
const chunkSizes = [64, 128, 256, 1024] as const;
const blocks = new Map(chunkSizes.map((bytes) => [bytes, new RowBlock(bytes, wires, defaultGeometry.clock)]));

/** Rows in order, with the bytes of those that were rejected. */
interface Rows {
  readonly keys: readonly number[];
  readonly lines: number;
  readonly rejected: readonly string[];
}

function rowsOf({ keys, rows, lines, rejected, text }: RowBlock): Rows {
  const places = Array.from({ length: rejected.length / rejectedStride }, (_, index) => index * rejectedStride);
  return {
    keys: [...keys.subarray(0, rows)],
    lines,
    // How much of a hole is kept is no matter of ranges as small as these.
    rejected: places.map((at) =>
      Buffer.from(text.subarray(rejected[at + 2], rejected[at + 3]))
        .toString('latin1')
        .replace(/\0{2,}$/, '…'),
    ),
  };
}

/** A file that is open until the test ends. */
function openFile(
  t: TestContext,
  content: Uint8Array,
): { fd: number; path: string; write: (next: Uint8Array) => void } {
  const path = join(tempFolder(t, {}), 'a.csv');
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  t.after(() => closeSync(fd));
  return { fd, path, write: (next) => writeFileSync(path, next) };
}

function blockOf(chunkBytes: (typeof chunkSizes)[number]): RowBlock {
  const block = blocks.get(chunkBytes);
  assert(block !== undefined);
  return block;
}

describe('readLines', () => {
  it('gives each line to the range in which it begins, whatever the ranges', (t) => {
    const { fd, write } = openFile(t, new Uint8Array(0));
    fc.assert(
      fc.property(
        fc.oneof(hostileText, holedText),
        fc.boolean(),
        fc.constantFrom(...chunkSizes),
        (text, isCut, chunkBytes) => {
          // A line that does not fit is another test's.
          const lines = text.split('\n').map((line) => line.slice(0, chunkBytes - 2));
          const bytes = Buffer.from(lines.join('\n').slice(0, isCut ? -1 : undefined), 'latin1');
          write(bytes);
          whole.clear();
          const isOpen = /[^\n]$/.test(bytes.toString('latin1')) && bytes.subarray(-2).toString() !== '\0\0';
          const ended = isOpen ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
          if (ended.length > 0) whole.text.set(ended);
          decodeText(whole, { from: 0, to: ended.length }, canonicalLayout);
          let layout = canonicalLayout;
          const expected = rowsOf(whole);
          const step = rangeBytesOf(chunkBytes);
          const found: Rows[] = [];
          for (let from = 0; from < bytes.length; from += step) {
            const range = { fd, from, to: Math.min(from + step, bytes.length), isInside: from > 0 };
            const loaded = readLines(range, blockOf(chunkBytes), chunkBytes);
            assert.equal(loaded.failure, undefined);
            loaded.block.clear();
            layout = decodeText(loaded.block, loaded, layout);
            found.push(rowsOf(loaded.block));
          }
          assert.deepEqual(
            {
              keys: found.flatMap(({ keys }) => keys),
              lines: found.reduce((sum, { lines }) => sum + lines, 0),
              rejected: found.flatMap(({ rejected }) => rejected),
            },
            expected,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('refuses a line as long as a chunk, and keeps the lines before it', (t) => {
    const chunkBytes = 256;
    const start = '2,0,72,46758,279,18\n';
    for (const length of [chunkBytes - 1, chunkBytes, 1000, 5000]) {
      for (const end of ['', '\n', '\n2,0,72,46758,279,18\n']) {
        const { fd } = openFile(t, Buffer.from(start + 'x'.repeat(length) + end));
        const block = blockOf(chunkBytes);
        const { to, failure } = readLines(
          { fd, from: 0, to: rangeBytesOf(chunkBytes), isInside: false },
          block,
          chunkBytes,
        );
        if (length < chunkBytes) {
          assert.equal(failure, undefined);
          assert.equal(to, start.length + length + 1);
        } else {
          assert.equal(failure?.message, 'a line must be shorter than 256 bytes');
          assert.deepEqual([to, failure.offset, failure.errno], [start.length, start.length, undefined]);
        }
      }
    }
  });

  it('fails where a file ends that was longer, and keeps the lines before', (t) => {
    const line = '2,0,72,46758,279,18\n';
    const { fd, path } = openFile(t, Buffer.from(line.repeat(40)));
    truncateSync(path, 4 * line.length + 3);
    const range = (from: number): Parameters<typeof readLines>[0] => ({ fd, from, to: from + 191, isInside: from > 0 });
    const first = readLines(range(0), blockOf(256), 256);
    assert.deepEqual([first.from, first.to], [0, 4 * line.length]);
    assert.deepEqual([first.failure?.offset, first.failure?.errno], [4 * line.length + 3, undefined]);
    assert.match(
      first.failure?.message ?? '',
      /^truncated while being read, the file ends here and had at least 191 bytes$/,
    );
    const later = readLines(range(191), blockOf(256), 256);
    assert.deepEqual([later.from, later.to], [0, 0]);
    assert.match(later.failure?.message ?? '', /truncated while being read/);
  });

  it('passes over a hole longer than any line, which belongs to the line before it', (t) => {
    const line = '2,0,72,46758,279,18\n';
    const { fd } = openFile(t, Buffer.from(`${line}2,0,7${'\0'.repeat(5000)}${line.repeat(3)}`));
    const step = rangeBytesOf(256);
    let rows = 0;
    const rejected: number[] = [];
    for (let from = 0; from < 5085; from += step) {
      const loaded = readLines({ fd, from, to: Math.min(from + step, 5085), isInside: from > 0 }, blockOf(256), 256);
      assert.equal(loaded.failure, undefined);
      loaded.block.clear();
      decodeText(loaded.block, loaded, canonicalLayout);
      rows += loaded.block.rows;
      if (loaded.block.rejected.length > 0) rejected.push(from);
    }
    assert.deepEqual([rows, rejected], [5, [0]]);
  });

  it('tells the error of the system and where it was met', (t) => {
    const fd = openSync(tempFolder(t, {}), 'r');
    t.after(() => closeSync(fd));
    const { to, failure } = readLines({ fd, from: 0, to: 191, isInside: false }, blockOf(256), 256);
    assert.deepEqual([to, failure?.offset, failure?.errno], [0, 0, -constants.errno.EISDIR]);
  });
});

describe('readWords', () => {
  it('reads the words of a range, and fails where a file ends that was longer', (t) => {
    const words = Buffer.from(Array.from({ length: 10 * wordBytes }, (_, index) => index));
    const { fd, path } = openFile(t, words);
    const block = blockOf(128);
    const first = readWords({ fd, from: 8, to: 32, isInside: true }, block);
    assert.deepEqual([first.from, first.to, first.failure], [0, 24, undefined]);
    assert.deepEqual(Buffer.from(block.text.subarray(0, 24)), words.subarray(8, 32));
    truncateSync(path, 16);
    const cut = readWords({ fd, from: 8, to: 32, isInside: true }, block);
    assert.equal(cut.to, 8);
    assert.deepEqual([cut.failure?.offset, cut.failure?.errno], [16, undefined]);
  });
});
