import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { Delimiter } from '../../src/domain/csv-layout.js';
import { FieldSpans, splitFields } from '../../src/domain/split-fields.js';

function fieldsOf(line: string, delimiter: Delimiter, hasQuotes = true): string[] {
  const bytes = Buffer.from(`<${line}>`, 'latin1');
  const spans = new FieldSpans(bytes.length);
  splitFields(bytes, 1, bytes.length - 1, { delimiter, hasQuotes }, spans);
  return Array.from({ length: spans.count }, (_, field) =>
    bytes.toString('latin1', spans.starts[field], spans.ends[field]),
  );
}

function isOpen(line: string, delimiter: Delimiter): boolean {
  const bytes = Buffer.from(line, 'latin1');
  const spans = new FieldSpans(1);
  splitFields(bytes, 0, bytes.length, { delimiter, hasQuotes: true }, spans);
  return spans.isOpen;
}

describe('splitFields', () => {
  it('finds the fields that a parser of CSV finds in a well-formed record', () => {
    const field = fc.string({ unit: fc.constantFrom(...'ab1 ;,|\t"\xe9\xff'.split('')), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(field, fc.boolean()), { minLength: 1, maxLength: 8 }),
        fc.constantFrom<Delimiter>(',', ';', '\t', '|'),
        (fields, delimiter) => {
          const line = fields
            .map(([text, isQuoted]) =>
              isQuoted ? `"${text.replaceAll('"', '""')}"` : text.replaceAll(/["\t]/g, 'x').replaceAll(delimiter, 'y'),
            )
            .join(delimiter);
          // A record without a byte is none to it.
          if (line === '') return;
          const [expected] = parse(Buffer.from(line, 'latin1'), { delimiter, encoding: 'latin1' });
          const found = fieldsOf(line, delimiter).map((text) => text.replaceAll('""', '"'));
          assert.deepEqual(found, expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes a quote for one at the beginning of a field only, blanks before it aside', () => {
    for (const [line, ...expected] of [
      ['2 ; "5" ;"1;2";a"b', '2 ', '5', '1;2', 'a"b'],
      ['"a"b;"c', '"a"b', 'c'],
      ['"";""""', '', '""'],
      ['"a";', 'a', ''],
      ['"a;b', 'a;b'],
      ['5";6', '5"', '6'],
      ['', ''],
      [';', '', ''],
    ]) {
      assert.deepEqual(fieldsOf(line, ';'), expected, line);
    }
    assert.deepEqual(fieldsOf('"a";"b;c"', ';', false), ['"a"', '"b', 'c"']);
  });

  it('takes any number of blanks for one delimiter, and a tab for itself', () => {
    assert.deepEqual(fieldsOf(' \t2  0\t"a b" ""\t ', 'blanks'), ['2', '0', 'a b', '']);
    assert.deepEqual(fieldsOf('  ', 'blanks'), []);
    assert.deepEqual(fieldsOf('2\t\t"a\tb"', '\t'), ['2', '', 'a\tb']);
  });

  it('says whether a quote stays open', () => {
    for (const line of ['"', '1;"2', '1;"2""', '"1;2"";3']) assert.ok(isOpen(line, ';'), line);
    for (const line of ['', '""', '1;2"', '"1";"2"', '"1"2']) assert.ok(!isOpen(line, ';'), line);
  });

  it('counts fields beyond those whose places are wanted', () => {
    const bytes = Buffer.from('1,2,3,4');
    const spans = new FieldSpans(2);
    splitFields(bytes, 0, bytes.length, { delimiter: ',', hasQuotes: true }, spans);
    assert.deepEqual([spans.count, ...spans.starts], [4, 0, 2]);
  });
});
