import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { csvHeader } from '../../src/domain/hit.js';
import { chooseFormat } from '../../src/sources/choose-format.js';
import type { InputFormat } from '../../src/sources/input-format.js';
import { PeekReader } from '../../src/sources/peek-reader.js';
import { unpack } from '../../src/sources/packed/unpack.js';
import { seededRandom } from '../helpers/random/seeded-random.js';
import { someHits, wordsOf } from './words/hit-words.js';
import { MemoryReader } from './memory-reader.js';
import { packedFrame } from './packed/zstd-frames.js';
import { casesOf } from '../helpers/random/cases-of.js';

const words = wordsOf(someHits(100));
const rows = '2,0,5,1000,200,3\n2,1,6,1001,201,4\n';
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), Buffer.alloc(3000, 7)]);
const noise = ((random) => Buffer.from(Array.from({ length: 4000 }, () => Math.floor(random() * 256))))(
  seededRandom(3),
);

/** What is made of an input: its format, with the warnings, or the problem. */
async function choose(
  name: string,
  content: Uint8Array | string,
  { format = 'auto', pieces = [65_536] }: { format?: InputFormat; pieces?: readonly number[] } = {},
): Promise<string> {
  const warnings: string[] = [];
  try {
    const inner = new PeekReader(new MemoryReader(content, pieces));
    const { reader, packing } = await unpack(name, inner);
    const input = { name, isNamed: name !== 'stdin', packing };
    const warn = ({ message }: { message: string }): number => warnings.push(message);
    return [await chooseFormat(input, reader, { format, warn }), ...warnings].join(': ');
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'input', String(error));
    return error.message;
  }
}

describe('chooseFormat', () => {
  test('takes text for text and words for words, named so or not, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('stdin', 'run', 'run.bin'),
        fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 4 }),
        async (name, pieces) => {
          assert.equal(await choose(name, words, { pieces }), 'words');
          assert.equal(await choose(name, rows, { pieces }), 'csv');
        },
      ),
      { numRuns: 60 },
    );
    assert.equal(await choose('run.dat', words), 'words');
    for (const name of ['run.csv', 'run.txt', 'run.tsv']) assert.equal(await choose(name, rows), 'csv');
  });

  test('takes an input without a byte for what its name says', async () => {
    assert.equal(await choose('run.dat', ''), 'words');
    for (const name of ['run.csv', 'run', 'stdin']) assert.equal(await choose(name, ''), 'csv');
  });

  test('waits for no more than 16 bytes of words or text, and 512 of what is neither', async () => {
    for (const [name, content, bytes] of [
      ['stdin', words, 16],
      ['run.dat', words, 8],
      ['stdin', rows, 16],
      ['run.csv', rows, 6],
      ['run.dat', rows, 16],
      ['stdin', noise, 512],
    ] as const) {
      const inner = new MemoryReader(content, [1]);
      const input = { name, isNamed: name !== 'stdin', packing: undefined };
      const chosen = chooseFormat(input, new PeekReader(inner), {
        format: 'auto',
        warn: ({ message }) => assert.fail(message),
      });
      await chosen.catch((error: unknown) => error);
      assert.equal(inner.bytesDone, bytes, `${name} ${bytes}`);
    }
  });

  test('waits for more of a stream that begins with ancillary words', async () => {
    const mixed = someHits(100).map((hit, index) => (index < 10 ? { ...hit, head: 1 } : hit));
    assert.equal(await choose('stdin', wordsOf(mixed), { pieces: [8] }), 'words');
  });

  test('takes text for text under the name of words, too, with a word in Latin-1 as well', async () => {
    const title = Buffer.concat([Buffer.from('# Temp\xe9rature 20 \xb0C\n', 'latin1'), Buffer.from(rows.repeat(20))]);
    for (const name of ['text.dat', 'text', 'stdin', 'text.csv']) {
      for (const text of [rows, `${csvHeader}\n${rows}`, '2,0,5,1,2,3', title]) {
        assert.equal(await choose(name, text), 'csv', name);
      }
    }
  });

  test('refuses words under the name of text', async () => {
    const problem = 'these are DAQ words, but the name says text: rename it to .dat, or say --input-format dat';
    for (const name of ['run.csv', 'run.txt'])
      assert.equal(await choose(name, words), `cannot read ${name}: ${problem}`);
    assert.equal(await choose('run.csv.gz', gzipSync(words)), `cannot read run.csv.gz: ${problem}`);
    assert.equal(await choose('run.csv', words, { format: 'dat' }), 'words');
  });

  test('names what is known to be no hits, whatever its name, packed too', async () => {
    for (const name of ['a.png', 'a', 'a.csv', 'a.dat', 'stdin']) {
      for (const pieces of [[1], [65_536]]) {
        assert.equal(await choose(name, png, { pieces }), `cannot read ${name}: this is a PNG image, not hits`);
      }
      for (const packed of [gzipSync(png), await packedFrame(png)]) {
        assert.equal(await choose(name, packed), `cannot read ${name}: unpacked, this is a PNG image, not hits`);
      }
    }
  });

  test('names packers that it does not unpack, and what is packed twice', async () => {
    const xz = Buffer.from('\xfd7zXZ\0\0\x04\xe6\xd6\xb4F', 'latin1');
    const only = 'only gzip and Zstandard are unpacked on the fly';
    assert.equal(await choose('a.dat', xz), `cannot read a.dat: ${only}, this is xz`);
    assert.equal(await choose('a', gzipSync(xz)), 'cannot read a: this is xz inside gzip: unpack it first');
    assert.equal(
      await choose('a', gzipSync(gzipSync(rows))),
      'cannot read a: this is gzip inside gzip: unpack it first',
    );
    const zstd = await packedFrame(gzipSync(rows));
    assert.equal(await choose('a', zstd), 'cannot read a: this is gzip inside Zstandard: unpack it first');
    const inside = gzipSync(await packedFrame(Buffer.from(rows)));
    assert.equal(await choose('a', inside), 'cannot read a: this is Zstandard inside gzip: unpack it first');
  });

  test('names UTF-16 and UTF-32', async () => {
    const wide = Buffer.from(`\ufeff${rows}`, 'utf16le');
    for (const [what, text] of [
      ['UTF-16', wide],
      ['UTF-16', Buffer.from(wide).swap16()],
      ['UTF-16', wide.subarray(2)],
      ['UTF-32', Buffer.concat([Buffer.from('fffe0000', 'hex'), Buffer.from('2\0\0\0,\0\0\0')])],
    ] as const) {
      for (const name of ['run', 'run.csv', 'run.dat', 'stdin']) {
        const problem = `cannot read ${name}: line 1: text must be ASCII or UTF-8, this begins as ${what}`;
        assert.equal(await choose(name, text), problem);
      }
    }
  });

  test('names markup where no row follows', async () => {
    const html = '<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head></html>\n';
    for (const name of ['run.csv', 'run', 'stdin', 'run.dat']) {
      assert.equal(await choose(name, html), `cannot read ${name}: this is an HTML page, not hits`);
      assert.equal(await choose(name, '[{"HEAD": 2}]'), `cannot read ${name}: this is JSON, not hits`);
    }
    for (const title of ['[2026-11-29]\n', '<run 591>\n', '{"run": 591}\n']) {
      assert.equal(await choose('stdin', title + rows, { pieces: [10] }), 'csv');
      assert.equal(await choose('stdin', `${title}${csvHeader}\n`), 'csv');
    }
  });

  test('names words in another order of bytes, whatever their name', async () => {
    const swapped = Buffer.from(words).swap64();
    for (const name of ['run.dat', 'run', 'stdin', 'run.csv']) {
      const problem = 'the words are big-endian; they must be whole and little-endian';
      assert.equal(await choose(name, swapped), `cannot read ${name}: ${problem}`);
    }
    const cut = 'cannot read run.dat: the words begin at offset 5: cut off what is before them, tail -c +6 does';
    assert.equal(await choose('run.dat', words.subarray(3)), cut);
  });

  test('believes no noise without a name, and says what was seen', async () => {
    const [problem, flag] = ['neither text nor plausible DAQ words', 'if it is words, say --input-format dat'];
    const seen = '61 of 500 words look like hits, 0 of 60 neighbours among them are near in orbit';
    for (const name of ['x', 'x.bin', 'stdin']) {
      assert.equal(await choose(name, noise), `cannot read ${name}: ${problem} (${seen}); ${flag}`);
      assert.match(await choose(name, gzipSync(noise)), /: unpacked, neither text nor plausible DAQ words \(/);
      const zeros = `cannot read ${name}: ${problem} (0 of 10 words look like hits); ${flag}`;
      assert.equal(await choose(name, Buffer.alloc(80)), zeros);
      assert.equal(await choose(name, '\0\0\0'), `cannot read ${name}: ${problem} (not one word of 8 bytes); ${flag}`);
    }
  });

  test('believes a name: noise in .dat is words, with a warning, and in .csv rows', async () => {
    const seen = '61 of 500 words look like hits, 0 of 60 neighbours among them are near in orbit';
    const warning = `x.dat: hardly looks like DAQ words (${seen}), and is read as such because of its name`;
    assert.equal(await choose('x.dat', noise), `words: ${warning}`);
    assert.equal(await choose('x.csv', noise), 'csv');
    assert.equal(await choose('x.csv', Buffer.concat([Buffer.alloc(5000), Buffer.from(rows)])), 'csv');
  });

  test('believes a flag over all of that', async () => {
    for (const content of [png, noise, words, rows, Buffer.from(words).swap64()]) {
      for (const name of ['x', 'x.csv', 'x.dat', 'stdin']) {
        assert.equal(await choose(name, content, { format: 'dat' }), 'words');
        assert.equal(await choose(name, content, { format: 'csv' }), 'csv');
      }
    }
  });

  test('lets a failure through that stands in the way of knowing', async () => {
    const packed = gzipSync(noise);
    const problem = await choose('x', packed.subarray(0, 30));
    assert.match(
      problem,
      /^cannot read x: near offset 30 of the packed bytes: gzip is cut off in the body of member 1$/,
    );
  });

  test('makes a format or an error of any bytes and of words and rows that were changed', async () => {
    const names = fc.constantFrom('x', 'stdin', 'x.dat', 'x.csv', 'x.txt');
    const changed = fc
      .tuple(
        fc.constantFrom(words, Buffer.from(rows), gzipSync(words), png),
        fc.nat(2 ** 30),
        fc.uint8Array({ maxLength: 40 }),
      )
      .map(([bytes, at, change]) => {
        const copy = Buffer.from(bytes);
        copy.set(change.subarray(0, Math.max(0, copy.length - (at % copy.length))), at % copy.length);
        return copy;
      });
    const pieces = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.oneof(fc.uint8Array({ maxLength: 600 }), changed),
        pieces,
        async (name, bytes, sizes) => {
          assert.match(await choose(name, bytes, { pieces: sizes }), /^(csv$|words(: |$)|cannot read )/);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('refuses all of many pieces of noise of 64 to 4096 bytes', async () => {
    const random = seededRandom(591);
    const upTo = (limit: number): number => Math.floor(random() * limit);
    const pool = Buffer.from(Array.from({ length: 1 << 20 }, () => upTo(256)));
    const blobs = casesOf(10_000);
    let refused = 0;
    for (let blob = 0; blob < blobs; blob++) {
      const length = 64 + upTo(4033);
      const from = upTo(pool.length - length);
      const made = await choose(blob % 2 === 0 ? 'x' : 'stdin', pool.subarray(from, from + length));
      if (made.startsWith('cannot read')) refused++;
    }
    assert.equal(refused, blobs);
  });
});
