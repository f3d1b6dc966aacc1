import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { csvHeader } from '../../src/domain/hit.js';
import { openCsv } from '../../src/sources/open-csv.js';
import { PeekReader } from '../../src/sources/peek-reader.js';
import { MemoryReader } from './memory-reader.js';
import { readAll } from './read-all.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

async function bytesOf(
  bytes: Uint8Array | string,
  pieces?: readonly number[],
  targets?: readonly number[],
): Promise<Buffer> {
  return readAll(await openCsv('run.csv', new PeekReader(new MemoryReader(bytes, pieces))), targets);
}

describe('openCsv', () => {
  test('canonical columns come through byte for byte, for any sizes of reads', async () => {
    const row = fc.constantFrom('2,0,5,100,200,3', 'junk', '1;2', '"2,0', '', '\xff\0', csvHeader, '2,0,5,100,200,3,4');
    const rows = fc.array(row, { maxLength: 8 });
    const first = fc.constantFrom(csvHeader, csvHeader.toLowerCase(), '2,0,5,100,200,3', 'junk');
    const lineEnd = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(first, rows, lineEnd, sizes, sizes, async (start, more, end, pieces, targets) => {
        const text = Buffer.from([start, ...more].join(end), 'latin1');
        assert.deepEqual(await bytesOf(text, pieces, targets), text);
      }),
    );
  });

  test('a byte-order mark is left out, before canonical columns and before others', async () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    for (const pieces of [[1], [100]]) {
      const canonical = Buffer.concat([mark, Buffer.from(`${csvHeader}\r\n2,0,5,1,1,1\r\n`)]);
      assert.equal((await bytesOf(canonical, pieces)).toString(), `${csvHeader}\r\n2,0,5,1,1,1\r\n`);
      const other = Buffer.concat([mark, Buffer.from('2;0;5;1;1;1\n')]);
      assert.equal((await bytesOf(other, pieces)).toString(), '2,0,5,1,1,1\n');
    }
    assert.equal((await bytesOf(mark)).length, 0);
  });

  test('UTF-16 is refused', async () => {
    for (const head of [
      [0xff, 0xfe, 0x32, 0],
      [0xfe, 0xff, 0, 0x32],
    ]) {
      await assert.rejects(bytesOf(Buffer.from(head)), {
        code: 'input',
        message: /run\.csv: line 1: text must be ASCII or UTF-8/,
      });
    }
  });

  test('binary junk comes through for the decoder to reject', async () => {
    const junk = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index) % 251)).map(
      (byte) => byte | 0x80,
    );
    assert.deepEqual(await bytesOf(junk), Buffer.from(junk));
  });

  test('no bytes and blank lines alone are no rows', async () => {
    assert.equal((await bytesOf('')).length, 0);
    assert.equal((await bytesOf('\n \r\n')).toString(), '\n \r\n');
  });

  test('a header that lacks a column is refused with the line it stands on', async () => {
    await assert.rejects(bytesOf('\n\nHEAD,FPGA\n'), {
      code: 'input',
      message: /run\.csv: line 3: .*missing: TDC_CHANNEL/,
    });
  });
});
