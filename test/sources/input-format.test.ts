import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatOfName, looksLikeText, wideTextOf } from '../../src/sources/input-format.js';
import { someHits, wordsOf } from './words/hit-words.js';

test('the format is in the names .dat, .csv, .txt and .tsv, in any case and packed too', () => {
  for (const name of ['a.dat', 'x/A.DAT', 'a.dat.gz', 'a.dat.zst']) assert.equal(formatOfName(name), 'words');
  for (const name of ['a.csv', 'a.TXT', 'a.tsv', 'a.csv.GZ', 'a.csv.zst', 'a.dat.txt']) {
    assert.equal(formatOfName(name), 'csv');
  }
  const others = ['a', 'a.gz', 'a.zst', 'a.bin', 'dat', 'a.csv.bak', '.data', 'a.dat.xz'];
  for (const name of others) assert.equal(formatOfName(name), undefined);
});

describe('text', () => {
  test('is nothing, ASCII and UTF-8, also when its last character is cut', () => {
    const texts = ['', '2,0,5\r\n', 'HEAD;FPGA', '\ufeffHEAD', 'µ,é', '\t1 2 3', 'Данные прогона'].map((text) =>
      Buffer.from(text),
    );
    for (const text of [...texts, Buffer.from('temperature °').subarray(0, -1)]) {
      assert.ok(looksLikeText(text), text.toString());
    }
  });

  test('is a table with words in Latin-1, or with a title that is not ASCII at all', () => {
    for (const text of [
      'Temp\xe9rature;°',
      '\xb5-chamber\n',
      `${'\xc4\xe0'.repeat(8)}\n${'2,0,5,1,2,3\n'.repeat(10)}`,
    ]) {
      assert.ok(looksLikeText(Buffer.from(text, 'latin1')), text);
    }
    assert.ok(!looksLikeText(Buffer.from('\xc4\xe0'.repeat(8), 'latin1')));
  });

  test('may hold a control character in a later row, but not at once', () => {
    assert.ok(looksLikeText(Buffer.from('2,0,5,1,2,3\n2,0,5,1,\0,3\n')));
    assert.ok(!looksLikeText(Buffer.from('2,0,5,1,\0,3\n')));
    assert.ok(!looksLikeText(wordsOf(someHits(2))));
  });
});

describe('text in UTF-16 and UTF-32', () => {
  const little = Buffer.from('\ufeff2,0,5,100', 'utf16le');
  const wide = (text: string): Buffer => Buffer.from(text.replaceAll(/./g, '$&\0\0\0'), 'latin1');

  test('is known by its mark, or by its zeros', () => {
    for (const text of [little, little.subarray(0, 4), Buffer.from(little).swap16(), little.subarray(2)]) {
      assert.equal(wideTextOf(text), 'UTF-16');
    }
    assert.equal(wideTextOf(Buffer.from(little.subarray(2)).swap16()), 'UTF-16');
    assert.equal(wideTextOf(Buffer.concat([Buffer.from('fffe0000', 'hex'), wide('2,0')])), 'UTF-32');
    assert.equal(wideTextOf(Buffer.concat([Buffer.from('fffe0000', 'hex'), wide('2,0')]).swap32()), 'UTF-32');
  });

  test('is no word that begins with the mark', () => {
    assert.equal(wideTextOf(Buffer.from('fffe120034560000', 'hex')), undefined);
    assert.equal(wideTextOf(wordsOf(someHits(2))), undefined);
    assert.equal(wideTextOf(Buffer.from('2,0,5,100,200,3\n')), undefined);
  });
});
