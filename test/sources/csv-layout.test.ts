import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { csvHeader } from '../../src/domain/hit.js';
import { type CsvLayout, detectLayout, unquote } from '../../src/sources/csv-layout.js';

const detect = (line: string): CsvLayout => detectLayout(line, { name: 'run.csv', line: 1 });
const inOrder = [0, 1, 2, 3, 4, 5];

describe('detectLayout', () => {
  test('the canonical header, in any case, and rows without a header are canonical', () => {
    for (const header of [csvHeader, csvHeader.toLowerCase(), csvHeader.replaceAll(',', ', ')]) {
      assert.deepEqual(detect(header), {
        delimiter: ',',
        columns: inOrder,
        columnCount: 6,
        hasHeader: true,
        isCanonical: true,
      });
    }
    for (const row of [
      '2,0,5,100,200,3',
      ' 2, 0,5,100,200,-3.5 ',
      'garbage',
      '1,2',
      '\0\x01\xff',
      '1;2',
      '# run 591, x',
    ]) {
      const { isCanonical, hasHeader } = detect(row);
      assert.deepEqual({ isCanonical, hasHeader }, { isCanonical: true, hasHeader: false }, row);
    }
  });

  test('the delimiter is the one that separates the names', () => {
    for (const [delimiter, between] of [
      [';', ';'],
      ['\t', '\t'],
      ['|', ' | '],
      ['blanks', '  '],
      ['blanks', ' \t'],
    ]) {
      const { hasHeader, columnCount, isCanonical, ...layout } = detect(csvHeader.replaceAll(',', between));
      assert.deepEqual(
        { hasHeader, columnCount, isCanonical },
        { hasHeader: true, columnCount: 6, isCanonical: false },
      );
      // Where tabs are among the blanks, a tab alone separates as well.
      assert.deepEqual(layout, { delimiter: between === ' \t' ? '\t' : delimiter, columns: inOrder });
    }
  });

  test('columns are found by name, in any order, case and quoting, among others', () => {
    const layout = detect('"Time";"tdc_meas"; BX_COUNTER ;"a;b";Orbit_Cnt;TDC_CHANNEL; "FPGA" ;HEAD');
    assert.deepEqual(layout, {
      delimiter: ';',
      columns: [7, 6, 5, 4, 2, 1],
      columnCount: 8,
      hasHeader: true,
      isCanonical: false,
    });
  });

  test('quotes or another column make a header in canonical order other than canonical', () => {
    assert.equal(detect(csvHeader.replace('HEAD', '"HEAD"')).isCanonical, false);
    assert.equal(detect(`${csvHeader},`).isCanonical, false);
    assert.equal(detect(`${csvHeader},weight`).columnCount, 7);
  });

  test('a first row of six numbers tells the delimiter', () => {
    for (const [delimiter, row] of [
      [';', '2;0;5;100;200;3'],
      ['\t', '2\t0\t5\t100\t200\t3.5'],
      ['|', '2 | 0 | 5 | 100 | 200 | -9'],
      ['blanks', ' 2  0 5\t100 200 3'],
      [',', '"2","0","5","100","200","3"'],
    ]) {
      const layout = { delimiter, columns: inOrder, columnCount: 6, hasHeader: false, isCanonical: false };
      assert.deepEqual(detect(row), layout);
    }
  });

  test('a header that lacks columns is refused by their names', () => {
    assert.throws(() => detectLayout('HEAD;FPGA;TDC;ORBIT_CNT;BX_COUNTER;TDC_MEAS', { name: 'run.csv', line: 3 }), {
      code: 'input',
      message:
        'cannot read run.csv: line 3: a header must name HEAD, FPGA, TDC_CHANNEL, ORBIT_CNT, BX_COUNTER, TDC_MEAS; missing: TDC_CHANNEL',
    });
    assert.throws(() => detect('head'), /missing: FPGA, TDC_CHANNEL, ORBIT_CNT, BX_COUNTER, TDC_MEAS$/);
    assert.throws(() => detect('type,board,channel,orbit,bx,tdc'), /line 1: .*missing: HEAD, FPGA, .*TDC_MEAS$/);
  });

  test('a header that names a column twice is refused', () => {
    assert.throws(() => detect(`${csvHeader},fpga`), {
      message: 'cannot read run.csv: line 1: the header names FPGA twice',
    });
  });
});

test('unquote takes off quotes and the blanks outside of them, and nothing else', () => {
  assert.equal(unquote('"5"'), '5');
  assert.equal(unquote(' "5 "\t'), '5 ');
  for (const field of ['5', ' 5 ', '5"', '"5', '5"6"', '"5"6', '']) assert.equal(unquote(field), field);
});
