import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CsvLayout, canonicalLayout } from '../../src/domain/csv-layout.js';
import { explainRejectedRow } from '../../src/domain/explain-rejected-row.js';
import { csvHeader } from '../../src/domain/hit.js';

const other: CsvLayout = {
  ...canonicalLayout,
  delimiter: ';',
  columns: [5, 4, 3, 2, 1, 0],
  columnCount: 7,
  hasQuotes: true,
};
const explain = (row: string, layout = canonicalLayout): string => explainRejectedRow(Buffer.from(row), layout);

/** A row as an object, with the given values changed or added. */
function object(values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ HEAD: 2, FPGA: 0, TDC_CHANNEL: 1, ORBIT_CNT: 5, BX_COUNTER: 6, TDC_MEAS: 7, ...values });
}

describe('explainRejectedRow', () => {
  it('says which field is wrong, and why', () => {
    for (const [row, expected] of [
      ['2,0,1,abc,6,7', 'field 4 (ORBIT_CNT) must be a number, got "abc"'],
      ['2,0,1,5,6,', 'field 6 (TDC_MEAS) must be a number, got ""'],
      ['2,0,1,5,6', '5 fields, must be 6'],
      ['x', '1 field, must be 6'],
      ['2,0,1,5,6,7,', '7 fields, must be 6'],
      ['2;0;1;5;6;7', '1 field, must be 6'],
      ['2,8,1,5,6,7', 'field 2 (FPGA) must be a whole number from 0 to 7, got "8"'],
      ['2,0,1,-5,6,7', 'field 4 (ORBIT_CNT) must be a whole number from 0 to 4294967295, got "-5"'],
      ['2,0,1,5,6,32.5', 'field 6 (TDC_MEAS) must be at least 0 and below 32, got "32.5"'],
      ['"2",0,1,5,6,7', 'field 1 (HEAD) must be a number, got ""2""'],
      [`2,0,1,${'9'.repeat(50)},6,7`, `field 4 (ORBIT_CNT) must be a whole number from 0 to 4294967295, got "${'9'.repeat(40)}…"`],
      ['2,0,1,5,6,7\r', 'the line ends in CR CR LF, must be LF or CR LF'],
      ['2,0,1,5,6,7\r2,0,1,5,6,7', 'a CR is inside the line, but lines must end in LF or CR LF'],
      ['HEAD,FPGA,TDC,ORBIT_CNT,BX_COUNTER,TDC_MEAS', `a header must name ${csvHeader.replaceAll(',', ', ')}; missing: TDC_CHANNEL`],
      ['{"HEAD":2,"FPGA":0}', `an object must have ${csvHeader.replaceAll(',', ', ')}; missing: TDC_CHANNEL, ORBIT_CNT, BX_COUNTER, TDC_MEAS`],
      [object({ head: 2 }), 'an object must have HEAD once'],
      [object({ ORBIT_CNT: null }), 'ORBIT_CNT must be a number, got "null"'],
      [object({ ORBIT_CNT: 'x' }), 'ORBIT_CNT must be a number, got ""x""'],
      [object({ FPGA: 8 }), 'FPGA must be a whole number from 0 to 7, got 8'],
      [object({ FPGA: '-0.5' }), 'FPGA must be a whole number from 0 to 7, got -0.…'],
      [`${csvHeader},FPGA`, 'a header must name each column once'],
    ] as const) {
      assert.equal(explain(row), expected, row);
    }
  }); // prettier-ignore

  it('knows objects only where rows are canonical', () => {
    assert.equal(explain(object({ FPGA: 8 }), other), '1 field, must be 7');
  });

  it('counts fields as they stand in the file', () => {
    for (const [row, expected] of [
      ['7;6;x;1;0;2;9', 'field 3 (ORBIT_CNT) must be a number, got "x"'],
      ['7;4096;5;1;0;2;9', 'field 2 (BX_COUNTER) must be a whole number from 0 to 4095, got "4096"'],
      ['7;6;5;1;0;2', '6 fields, must be 7'],
      ['7;"6;5;1;0;2;9', 'a quote is not closed'],
    ] as const) {
      assert.equal(explain(row, other), expected, row);
    }
    assert.equal(explain('n;7;6;x;1;0;2;9', { ...other, moreField: 'row name' }), 'field 4 (ORBIT_CNT) must be a number, got "x"');
    const reading = { ...other.reading, channelOffset: -1 };
    assert.equal(explain('7;6;5;0;0;2;9', { ...other, reading }), 'field 4 (TDC_CHANNEL) must be a whole number from 0 to 511, got "0"');
  }); // prettier-ignore
});
