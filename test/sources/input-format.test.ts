import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { encodeWord } from '../../src/domain/word.js';
import { formatOfBytes, formatOfName, looksLikeGzip, refusePacked } from '../../src/sources/input-format.js';

describe('the format of an input', () => {
  test('is in the names .dat, .csv and .txt, in any case and packed too', () => {
    for (const name of ['a.dat', 'x/A.DAT', 'a.dat.gz']) assert.equal(formatOfName(name), 'words');
    for (const name of ['a.csv', 'a.TXT', 'a.csv.GZ', 'a.dat.txt']) assert.equal(formatOfName(name), 'csv');
    for (const name of ['a', 'a.gz', 'a.bin', 'dat', 'a.csv.bak', '.data']) assert.equal(formatOfName(name), undefined);
  });

  test('is CSV for text, also when its last character is cut, and for nothing', () => {
    const texts = ['', '2,0,5\r\n', 'HEAD;FPGA', '\ufeffHEAD', 'µ,é', '\t1 2 3'].map((text) => Buffer.from(text));
    for (const text of [...texts, Buffer.from('temperature °').subarray(0, -1)]) {
      assert.equal(formatOfBytes('x', text), 'csv', text.toString());
    }
  });

  test('is CSV when only a later row holds a control character', () => {
    assert.equal(formatOfBytes('x', Buffer.from('2,0,5,1,2,3\n2,0,5,1,\0,3\n')), 'csv');
  });

  test('is words for hits', () => {
    const hit = fc.record({
      head: fc.constant(2),
      fpga: fc.constantFrom(0, 1),
      tdcChannel: fc.nat(128),
      orbitCnt: fc.nat(2 ** 24),
      bxCounter: fc.nat(3563),
      tdcMeas: fc.nat(29),
    });
    fc.assert(
      fc.property(hit, hit, (first, second) => {
        const bytes = new Uint8Array(16);
        encodeWord(first, new DataView(bytes.buffer), 0);
        encodeWord(second, new DataView(bytes.buffer), 8);
        assert.equal(formatOfBytes('x', bytes), 'words');
      }),
    );
  });

  test('is none for UTF-16, which is refused by name, but words may begin with its mark', () => {
    const little = Buffer.from('\ufeff2,0,5', 'utf16le');
    for (const text of [little, little.subarray(0, 4), Buffer.from(little).swap16()]) {
      assert.throws(() => formatOfBytes('run.x', text), {
        code: 'input',
        message: 'cannot read run.x: line 1: text must be ASCII or UTF-8, this begins as UTF-16',
      });
    }
    assert.equal(formatOfBytes('x', Buffer.from('fffe120034560000', 'hex')), 'words');
  });

  test('of other packers is refused by name', () => {
    for (const [what, head] of [
      ['a zip archive', 'PK\x03\x04\x14\0'],
      ['bzip2', 'BZh91AY'],
      ['xz', '\xfd7zXZ\0\0'],
      ['zstandard', '\x28\xb5\x2f\xfd\x24'],
    ]) {
      assert.throws(() => refusePacked('run.x', Buffer.from(head, 'latin1')), {
        code: 'input',
        message: `cannot read run.x: only gzip is unpacked on the fly, this is ${what}`,
      });
    }
  });
});

test('gzip is known by its header at every level, whole or cut, and by nothing less', () => {
  for (const level of [1, 6, 9]) {
    const packed = gzipSync('hits', { level });
    for (const length of [2, 3, 9, 10, packed.length]) assert.ok(looksLikeGzip(packed.subarray(0, length)));
  }
  const text = Buffer.from('2,0,5,100,200,3');
  const words = Buffer.from([0x1f, 0x8b, 0x08, 0xff, 0, 0, 0, 0, 0x12, 0]);
  for (const head of [Buffer.alloc(0), text, words, Buffer.from([0x1f])]) assert.ok(!looksLikeGzip(head));
});
