import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareNaturally } from '../../../src/sources/files/natural-order.js';

test('numbers in names are ordered as numbers', () => {
  const names = ['data_10.csv', 'data_2.csv', 'data_000001.csv', 'data_1.csv'];
  assert.deepEqual(names.sort(compareNaturally), ['data_000001.csv', 'data_1.csv', 'data_2.csv', 'data_10.csv']);
});

test('paths are ordered folder by folder', () => {
  const paths = ['run10/data_1', 'run2/data_10', 'run2/data_9', 'run2-b/data_1', 'run2'];
  assert.deepEqual(paths.sort(compareNaturally), [
    'run2',
    'run2/data_9',
    'run2/data_10',
    'run2-b/data_1',
    'run10/data_1',
  ]);
});

test('different names never compare as equal, and both ways round agree', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'A', '0', '1', '-', '_', '/', 'é'), maxLength: 6 });
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.equal(Math.sign(compareNaturally(a, b)), -Math.sign(compareNaturally(b, a)) + 0);
      assert.equal(compareNaturally(a, b) === 0, a === b);
    }),
  );
});
