import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalLayout, type CsvLayout, isCanonical } from '../../../src/domain/csv-layout.js';
import { csvHeader } from '../../../src/domain/hit.js';
import { canonicalBytes, canonicalLines, openCanonical } from './canonical.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
const row = '2,0,5,100,200,3';

async function layoutOf(text: string): Promise<CsvLayout> {
  return (await openCanonical(text)).open.layout;
}

describe('openCsv', () => {
  test('canonical columns come through byte for byte, for any sizes of reads', async () => {
    const line = fc.constantFrom(row, 'junk', '1;2', '"2,0', '', '\xff\0', csvHeader, `${row},4`, '2,0,5,-100,200,3');
    const rows = fc.array(line, { maxLength: 8 });
    const first = fc.constantFrom(csvHeader, csvHeader.toLowerCase(), row);
    const lineEnd = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(first, rows, lineEnd, sizes, sizes, async (start, more, end, pieces, targets) => {
        const text = Buffer.from([start, ...more].join(end), 'latin1');
        assert.deepEqual(await canonicalBytes(text, { pieces, targets }), text);
      }),
    );
  });

  test('a byte-order mark is left out, before canonical columns and before others', async () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    for (const pieces of [[1], [100]]) {
      const canonical = Buffer.concat([mark, Buffer.from(`${csvHeader}\r\n2,0,5,1,1,1\r\n`)]);
      assert.equal((await canonicalBytes(canonical, { pieces })).toString(), `${csvHeader}\r\n2,0,5,1,1,1\r\n`);
      const other = Buffer.concat([mark, Buffer.from('2;0;5;1;1;1\n')]);
      assert.equal((await canonicalBytes(other, { pieces })).toString(), '2,0,5,1,1,1\n');
    }
    assert.equal((await canonicalBytes(mark)).length, 0);
  });

  test('UTF-16 is refused', async () => {
    for (const head of [
      [0xff, 0xfe, 0x32, 0],
      [0xfe, 0xff, 0, 0x32],
    ]) {
      await assert.rejects(canonicalBytes(Buffer.from(head)), {
        code: 'input',
        message: /run\.csv: line 1: text must be ASCII or UTF-8/,
      });
    }
  });

  test('binary junk comes through for the decoder to reject', async () => {
    const junk = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * index) % 251)).map(
      (byte) => byte | 0x80,
    );
    assert.deepEqual(await canonicalBytes(junk), Buffer.from(junk));
  });

  test('no bytes and blank lines alone are no rows', async () => {
    assert.equal((await canonicalBytes('')).length, 0);
    assert.equal((await canonicalBytes('\n \r\n')).toString(), '\n \r\n');
  });

  test('the canonical header, in any case, and rows without a header are canonical', async () => {
    for (const first of [csvHeader, csvHeader.toLowerCase(), csvHeader.replaceAll(',', ', ')]) {
      assert.deepEqual(await layoutOf(`${first}\n${row}\n`), canonicalLayout, first);
    }
    for (const first of [row, ' 2, 0,5,1e2,+200,-3.5 ', 'garbage', '1,2', '\0\x01\xff', '1;2', '# run 591, x', '']) {
      assert.deepEqual(await layoutOf(first), canonicalLayout, first);
    }
  });

  test('the delimiter is the one that separates the names', async () => {
    for (const [delimiter, between] of [
      [';', ';'],
      ['\t', '\t'],
      ['|', ' | '],
      ['blanks', '  '],
      // Where tabs are among the blanks, a tab alone separates as well.
      ['\t', ' \t'],
    ] as const) {
      const { columns, columnCount, ...layout } = await layoutOf(csvHeader.replaceAll(',', between));
      assert.deepEqual([columns, columnCount], [[0, 1, 2, 3, 4, 5], 6]);
      assert.equal(layout.delimiter, delimiter);
      assert.ok(!isCanonical({ columns, columnCount, ...layout }));
    }
  });

  test('columns are found by name, in any order, case and quoting, among others', async () => {
    const { delimiter, columns, columnCount } = await layoutOf(
      '"Time";"tdc_meas"; BX_COUNTER ;"a;b";Orbit_Cnt;TDC_CHANNEL; "FPGA" ;HEAD\n',
    );
    assert.deepEqual([delimiter, columns, columnCount], [';', [7, 6, 5, 4, 2, 1], 8]);
  });

  test('quotes in the header or in the first row, or another column, are not canonical', async () => {
    for (const text of [
      csvHeader.replace('HEAD', '"HEAD"'),
      `${csvHeader}\n"2",0,5,100,200,3\n`,
      `${csvHeader}\n\njunk\n2,0,5,100,200,"3"\n`,
      '"2","0","5","100","200","3"',
      `${csvHeader},`,
    ]) {
      assert.equal(isCanonical(await layoutOf(text)), false, text);
    }
    assert.equal((await layoutOf(`${csvHeader},weight`)).columnCount, 7);
    // Quotes around other things are a row's own fault.
    assert.ok(isCanonical(await layoutOf(`${csvHeader}\n2,0,5,100,200,"x"\n`)));
  });

  test('a first row of six numbers tells the delimiter, after broken lines, which stay rows', async () => {
    for (const [delimiter, text] of [
      [';', '2;0;5;100;200;3'],
      ['\t', '2\t0\t5\t100\t200\t3.5'],
      ['|', '2 | 0 | 5 | 100 | 200 | -9'],
      ['blanks', ' 2  0 5\t100 200 3'],
      [';', '00;200;3\r\n\r\n2;0;5;100;200;3'],
      ['blanks', '# tdc data\n00 3\n2e0 0 5 1.00e+02 2e2 3'],
    ]) {
      const { open, warnings } = await openCanonical(text);
      assert.deepEqual([open.layout.delimiter, open.layout.columnCount, open.linesBefore], [delimiter, 6, 0], text);
      assert.deepEqual(warnings, []);
    }
    assert.deepEqual(await canonicalLines('00;200;3\n2;0;5;100;200;3\n'), ['00;200;3', row]);
  });

  test('lines before a header are left out and said', async () => {
    const header = csvHeader.replaceAll(',', ';');
    const { open, warnings, reader } = await openCanonical(
      `Run 591, HEAD of the shift\n# note\n\n;3\n${header}\n2;0;5;1;1;1\n`,
    );
    assert.deepEqual([open.layout.delimiter, open.linesBefore], [';', 5]);
    assert.deepEqual(warnings, [
      'run.csv: skipped 3 lines before the header, the first is "Run 591, HEAD of the shift"',
    ]);
    const target = new Uint8Array(100);
    assert.equal(Buffer.from(target.subarray(0, await reader.read(target))).toString(), '2,0,5,1,1,1\n');
    const one = await openCanonical(Buffer.from(`${'é'.repeat(70)}\n${csvHeader}\n`));
    assert.deepEqual(one.warnings, [`run.csv: skipped a line before the header: "${'é'.repeat(60)}…"`]);
  });

  test('the sign of a comment before a header is taken off, with or without a blank behind it', async () => {
    for (const sign of ['#', '# ', '## ', '%', '// ', ' # ', '\xef\xbb\xbf# ']) {
      for (const between of [',', ' ', ';', '\t']) {
        const { open, warnings } = await openCanonical(`${sign}${csvHeader.replaceAll(',', between)}\n`);
        assert.deepEqual([open.layout.columns, open.linesBefore], [[0, 1, 2, 3, 4, 5], 1], `${sign}${between}`);
        assert.deepEqual(warnings, []);
      }
    }
  });

  test('a header is looked for in the first 50 lines, up to the first row', async () => {
    const junk = 'x\n'.repeat(49);
    const header = `${csvHeader.replaceAll(',', ';')}\n`;
    assert.equal((await layoutOf(junk + header)).delimiter, ';');
    assert.equal((await openCanonical(`x\n${junk}${header}`)).open.linesBefore, 0);
    assert.equal((await openCanonical(`${row}\n${header}`)).open.layout.delimiter, ',');
    assert.equal((await openCanonical(`${'x'.repeat(70_000)}\n${header}`)).open.linesBefore, 0);
  });

  test('a hole of more than can be looked at says that no header is looked for behind it', async () => {
    const text = (zeros: number): Buffer => Buffer.concat([Buffer.alloc(zeros), Buffer.from('2;0;5;100;200;3\n')]);
    const { open, warnings } = await openCanonical(text(70_000));
    assert.deepEqual(open.layout, canonicalLayout);
    assert.deepEqual(warnings, [`run.csv: begins with 64 KiB of zero bytes or more, after which no header is searched for: read as ${csvHeader}`]);
    assert.deepEqual((await openCanonical(text(60_000))).warnings, []);
  }); // prettier-ignore

  test('a header that lacks columns is refused by their names and the line it stands on', async () => {
    for (const [text, message] of [
      ['\n\nHEAD;FPGA;TDC;ORBIT_CNT;BX_COUNTER;TDC_MEAS\n', /^cannot read run\.csv: line 3: a header must name HEAD, FPGA, TDC_CHANNEL, ORBIT_CNT, BX_COUNTER, TDC_MEAS; missing: TDC_CHANNEL$/],
      ['head', /missing: FPGA, TDC_CHANNEL, ORBIT_CNT, BX_COUNTER, TDC_MEAS$/],
      ['type,board,channel,orbit,bx,tdc\n2,0,5,1,1,1\n', /line 1: .*missing: HEAD, FPGA, .*TDC_MEAS$/],
      ['# HEAD FPGA CHANNEL\n1 2 3\n', /line 1: .*missing: TDC_CHANNEL/],
      ['a;b;c;d;e;f;g\n1;2;3;4;5;6;7\nx\n', /line 1: .*missing: HEAD/],
      [`${csvHeader},fpga\n`, /^cannot read run\.csv: line 1: the header names FPGA twice$/],
    ] as const) {
      await assert.rejects(openCanonical(text), { code: 'input', message }, text);
    }
    // Prose is no header, nor is a broken one before a whole one.
    assert.deepEqual(await layoutOf('# FPGA 0 and 1\n2,0,5,1,1,1\n'), canonicalLayout);
    assert.deepEqual(await layoutOf(`HEAD,FP\n${csvHeader}\n`), canonicalLayout);
  }); // prettier-ignore

  test('a delimiter at the end of all rows, which the header lacks, is no field', async () => {
    const header = csvHeader.replaceAll(',', ';');
    const text = `${header}\n2;0;5;100;200;3;\n2;0;6;100;200;3; \n2;0;7;100;200;3\n2;0;7;100;200;3;1\n`;
    assert.deepEqual(await canonicalLines(text), [row, '2,0,6,100,200,3', '2,0,7,100,200,3', '2;0;7;100;200;3;1']);
    // One such row may as well be broken.
    assert.deepEqual(await layoutOf(`${csvHeader}\n${row},\n`), canonicalLayout);
    assert.deepEqual(await layoutOf(`${csvHeader}\n${row},\n${row}\n`), canonicalLayout);
    assert.deepEqual(await canonicalLines(`${row},\n${row},\n`), [row, row]);
    // What may be a name of the row as well is not guessed at.
    const quoted = `"${row.replaceAll(',', '","')}","9",`;
    assert.deepEqual((await layoutOf(`${csvHeader},n\n${quoted}\n${quoted}\n`)).moreField, 'none');
  });

  test('names in front of all rows are passed over: in quotes, or numbers that count up', async () => {
    for (const [header, between, names] of [
      [csvHeader, ',', ['"1"', '"2"', '"3"']],
      [csvHeader.replaceAll(',', ' '), ' ', ['"a"', '"b c"', '"3"']],
      [csvHeader.replaceAll(',', '\t'), '\t', ['1', '2', '3']],
      [`${csvHeader},note`, ',', ['7', '8', '9']],
    ] as const) {
      const note = header.endsWith('note') ? [''] : [];
      const lines = names.map((name, index) => [name, '2', '0', String(index), '1', '1', '1', ...note].join(between));
      const expected = names.map((_, index) => `2,0,${index},1,1,1`);
      assert.deepEqual(await canonicalLines([header, ...lines].join('\n')), expected, header);
    }
    for (const names of [['1', '3', '4'], ['1'], ['x', 'y', 'z'], ['2', '2', '2'], ['-1', '0', '1']]) {
      assert.equal(
        (await layoutOf([csvHeader, ...names.map((name) => `${name},${row}`)].join('\n'))).moreField,
        'none',
      );
    }
  });

  test('lines may end in CR CR LF, or all of them in CR', async () => {
    for (const end of ['\r\r\n', '\r']) {
      for (const between of [',', ';']) {
        const lines = [csvHeader, row, '', 'junk', row].map((line) => line.replaceAll(',', between));
        const text = lines.join(end) + end;
        for (const pieces of [[1], [1000]]) {
          const rows = (await canonicalLines(text, { pieces })).filter((line) => !/^(HEAD|$)/.test(line));
          assert.deepEqual(rows, [row, 'junk', row], JSON.stringify([end, between]));
        }
      }
    }
    assert.deepEqual(await canonicalLines(`${row}\r${row}`), [row, row]);
    // Here the CR is a character of a row like any other.
    assert.equal((await openCanonical(`${row}\r`)).open.isOwnBytes, true);
    assert.deepEqual(await canonicalLines(`${row}\n2,0\r,5,1,1,1\n`), [row, '2,0\r,5,1,1,1']);
  });
});
