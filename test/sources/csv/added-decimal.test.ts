import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addedDecimal } from '../../../src/sources/csv/added-decimal.js';

test('a whole number is added exactly, whichever way the decimal one is written', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: -31, max: 31 }),
      (size, places, offset) => {
        const expected = BigInt(size) + BigInt(offset) * 10n ** BigInt(places);
        const sum = addedDecimal(`${size}e-${places}`, offset);
        const [, sign, before, behind = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(sum) ?? [];
        assert.equal(BigInt(before + behind.padEnd(places, '0')) * (sign === '-' ? -1n : 1n), expected, sum);
        assert.ok(!sum.endsWith('.') && !/\.\d*0$/.test(sum));
      },
    ),
  );
  assert.equal(addedDecimal(' +0012.50E0\t', 1), '13.5');
  assert.equal(addedDecimal('-0.25', 1), '0.75');
  assert.equal(addedDecimal('-1.25', 1), '-0.25');
});

test('what is too small to be written stays visible', () => {
  assert.equal(addedDecimal('1e-999999999999', 1), `1.${'0'.repeat(40)}1`);
  assert.equal(addedDecimal('-1e-999999999999', 1), `0.${'9'.repeat(41)}`);
  assert.equal(addedDecimal('0e-99', 3), '3');
});
