import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHeader, readNames, splitNames } from '../../../src/domain/header-line.js';
import { headerSplitter } from '../../../src/sources/csv/split-header.js';
import { headerText, layoutSpec } from '../../model/layout-arbitrary.js';

test('a header is read the same with csv-parse as by the rules that rows are split by', async () => {
  const split = await headerSplitter(Buffer.from('"'));
  const others = fc.array(fc.string({ unit: fc.constantFrom(...'ab ;,|\t\xe9'.split('')), maxLength: 8 }), { maxLength: 3 });
  fc.assert(
    fc.property(layoutSpec, others, (spec, more) => {
      const text = headerText({ ...spec, names: [...spec.names, ...more], isQuoted: true });
      const [one, other] = [readNames(Buffer.from(text), split), readNames(Buffer.from(text), splitNames)];
      assert.ok(isHeader(other));
      assert.deepEqual(one, other, text);
    }),
    { numRuns: 500 },
  );
  assert.equal(await headerSplitter(Buffer.from('no quote')), splitNames);
}); // prettier-ignore
