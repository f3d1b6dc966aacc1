import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { csvHeader, hitFields } from '../../src/domain/hit.js';
import type { ByteReader } from '../../src/sources/byte-reader.js';
import { openCsv } from '../../src/sources/open-csv.js';
import { PeekReader } from '../../src/sources/peek-reader.js';
import { rowBytesMax } from '../../src/sources/quoted-records.js';
import { MemoryReader } from './memory-reader.js';
import { readAll, readUntilEnd } from './read-all.js';

async function linesOf(text: string, pieces?: readonly number[], targets?: readonly number[]): Promise<string[]> {
  const reader = await openCsv('run.csv', new PeekReader(new MemoryReader(Buffer.from(text, 'latin1'), pieces)));
  const out = (await readAll(reader, targets)).toString('latin1');
  assert.ok(out === '' || out.endsWith('\n'));
  return out.split('\n').slice(0, -1);
}

const reordered = 'TDC_MEAS;BX_COUNTER;ORBIT_CNT;TDC_CHANNEL;FPGA;HEAD';
const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

/** A record in quotes or without, as a table would be written. */
function written(fields: readonly string[], delimiter: string, isQuoted: boolean): string {
  return fields.map((field) => (isQuoted ? `"${field.replaceAll('"', '""')}"` : field)).join(delimiter);
}

describe('columns by name', () => {
  test('come out in canonical order, for any order, delimiter, quoting, line end and sizes of reads', async () => {
    const number = fc.oneof(
      fc.nat(4095).map(String),
      fc.constantFrom('-9', '3.5', ' 7 ', '', 'x', 'é', '\xff5', '\xa05'),
    );
    const foreign = fc.oneof(
      number,
      fc.string({ unit: fc.constantFrom('a', ';', ',', '\n', '\r', ' ', '|'), maxLength: 5 }),
    );
    const table = fc.record({
      order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
      rows: fc.array(fc.array(foreign, { minLength: 8, maxLength: 8 }), { maxLength: 12 }),
      quotedFrom: fc.nat(12),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      lastEnd: fc.boolean(),
    });
    const plain = (row: readonly string[]): string[] =>
      row.map((field) => field.replace(/[^\d.x\xe9\xff\xa0 -]/g, 'x'));
    await fc.assert(
      fc.asyncProperty(table, sizes, sizes, async ({ order, rows, quotedFrom, ...form }, pieces, targets) => {
        const { delimiter, lineEnd, lastEnd } = form;
        const names = [...hitFields, 'time', 'note'];
        // Rows in quotes follow rows without, so that the change from one to the other falls anywhere.
        const records = rows.map((row, index) => (index < quotedFrom ? plain(row) : row));
        const lines = [order.map((column) => names[column]).join(delimiter)].concat(
          records.map((row, index) =>
            written(
              order.map((column) => row[column]),
              delimiter,
              index >= quotedFrom,
            ),
          ),
        );
        const expected = records.map((row) =>
          row
            .slice(0, 6)
            .map((field) => field.replaceAll(/[,\r\n]/g, ';'))
            .join(','),
        );
        const text = lines.join(lineEnd) + (lastEnd ? lineEnd : '');
        assert.deepEqual(await linesOf(text, pieces, targets), expected);
      }),
    );
  });

  test('take quotes with blanks outside of them', async () => {
    assert.deepEqual(await linesOf(`${reordered}\n"3" ; "4";5;"6";7; "8" \n`), ['8,7,6,5,4,3']);
  });

  test('may stand between any number of blanks, quoted or not', async () => {
    const text =
      '  HEAD FPGA  "TDC_CHANNEL"\tORBIT_CNT BX_COUNTER TDC_MEAS\n  2 0  "5"\t\t100 200 3  \n\n2 0 5 100 200 ""\n';
    assert.deepEqual(await linesOf(text), ['2,0,5,100,200,3', '2,0,5,100,200,']);
  });

  test('do without a header when the first row is six numbers', async () => {
    assert.deepEqual(await linesOf('2;0;5;100;200;3\r\n2;1;6;101;201;4'), ['2,0,5,100,200,3', '2,1,6,101,201,4']);
    assert.deepEqual(await linesOf('"2","0","5","100","200","3"\nx\n'), ['2,0,5,100,200,3', 'x']);
  });

  test('a record with another number of fields never comes out with six', async () => {
    const header = `${csvHeader};time`.replaceAll(',', ';');
    const rows = [
      '2;0;5;100;200;3',
      '2;0;5;100;200;3;1;1',
      '2',
      '""',
      ';',
      '"a;b;c;d;e;f"',
      '2,0,5,100,200,3',
      '"2,0,5,100,200,3"',
    ];
    const lines = await linesOf([header, ...rows].join('\n'));
    assert.equal(lines.length, rows.length);
    for (const line of lines) assert.ok(line.split(',').length !== 6 && line.trim() !== '', line);
  });

  test('a comma or line end inside a field spoils that field only', async () => {
    assert.deepEqual(await linesOf(`${reordered}\n3,5;"1\n2";"1\r\n2";"6,";7;8\n`), ['8,7,6;,1;;2,1;2,3;5']);
  });

  test('blank lines are not rows, before the header, between rows and at the end', async () => {
    assert.deepEqual(await linesOf(`\r\n \n${reordered}\n\n3;4;5;6;7;8\n \t\n\r\n"3";4;5;6;7;8\n\n`), [
      '8,7,6,5,4,3',
      '8,7,6,5,4,3',
    ]);
  });

  test('a header repeated further down stays a header', async () => {
    assert.deepEqual(await linesOf(`${reordered}\n3;4;5;6;7;8\n${reordered}\n`), ['8,7,6,5,4,3', csvHeader]);
  });

  test('a quote that is not closed is named with its line, after the rows before it', async () => {
    for (const pieces of [[1], [65_536]]) {
      const text = `\n${reordered}\n1;1;1;1;1;1\n2;2;2;2;2;"2"\n"3;3;3;3;3;3\n4;4;4;4;4;4\n`;
      const reader = await openCsv('run.csv', new PeekReader(new MemoryReader(text, pieces)));
      const { bytes, failure } = await readUntilEnd(reader);
      assert.equal(bytes.toString(), '1,1,1,1,1,1\n2,2,2,2,2,2\n');
      assert.match(String(failure), /DtstreamError: cannot read run\.csv: line 5: a quote is not closed$/);
    }
  });

  test('a row that does not end is refused, with quotes and without', async () => {
    for (const start of ['x', '"x']) {
      const text = `${reordered}\n1;1;1;1;1;1\n2;2;2;2;2;2\n${start}${'2;'.repeat(4 * rowBytesMax)}`;
      const reader = await openCsv('run.csv', new PeekReader(new MemoryReader(text, [1000])));
      const { bytes, failure } = await readUntilEnd(reader);
      assert.equal(bytes.toString(), '1,1,1,1,1,1\n2,2,2,2,2,2\n');
      assert.match(String(failure), /DtstreamError: cannot read run\.csv: line 4: a row may have at most 16384 bytes/);
    }
  });

  test('a row that is too long is refused wherever blocks end, after the rows before it', async () => {
    const row = (zeros: number): string => `3;3;3;3;3;${'0'.repeat(zeros)}3\n`;
    const longest = row(rowBytesMax - 11);
    for (const pieces of [[1000], [7, 40_000], [1 << 20]]) {
      const open = (text: string): Promise<ByteReader> =>
        openCsv('run.csv', new PeekReader(new MemoryReader(`${reordered}\n1;1;1;1;1;1\n${text}2;2;2;2;2;2\n`, pieces)));
      const whole = await readUntilEnd(await open(longest));
      assert.deepEqual([whole.failure, whole.bytes.toString('latin1').match(/\n/g)?.length], [undefined, 3]);
      const { bytes, failure } = await readUntilEnd(await open(row(rowBytesMax - 10)));
      assert.equal(bytes.toString(), '1,1,1,1,1,1\n');
      assert.match(String(failure), /cannot read run\.csv: line 3: a row may have at most 16384 bytes$/);
    }
  });

  test('a failure of the reader below comes after the rows before it', async () => {
    const inner = new MemoryReader(`${reordered}\n1;1;1;1;1;1\n2;2`, [20], new Error('broken'));
    const { bytes, failure } = await readUntilEnd(await openCsv('run.csv', new PeekReader(inner)));
    assert.equal(bytes.toString(), '1,1,1,1,1,1\n');
    assert.match(String(failure), /broken/);
  });
});
