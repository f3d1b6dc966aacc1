import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { byteSize, durationMs, parseRate, parseRows } from '../../src/commands/quantity.js';

describe('quantities on the command line', () => {
  test('are read with their units', () => {
    assert.deepEqual(['1000', '10k', '2.5M', '0.5', 'max'].map(parseRate), [1000, 10_000, 2_500_000, 0.5, Infinity]);
    assert.deepEqual(['1', '10k', '2.5M'].map(parseRows), [1, 10_000, 2_500_000]);
    assert.deepEqual(['1000', '500MB', '4GiB', '1.5 kB', '64Ki', '2T'].map(byteSize(1)), [1000, 5e8, 2 ** 32, 1500, 65_536, 2e12]); // prettier-ignore
    assert.deepEqual(['0ms', '10ms', '1.5s', '2m', '1 h'].map(durationMs(1e7)), [0, 10, 1500, 120_000, 3_600_000]);
  });

  test('are refused when they are none, or out of their bounds', () => {
    for (const text of ['', '0', '-1', '1e3', '10 k', '1K', 'MAX', 'NaN']) assert.throws(() => parseRate(text), text);
    for (const text of ['0', '0.5', '1.0005k', '99999999G', '-3']) assert.throws(() => parseRows(text), text);
    for (const text of ['', '99', '1GB2', '-1', 'GiB', '9999999TB']) assert.throws(() => byteSize(100)(text), text);
    for (const text of ['10', '11s', '-1ms', 's', '1d']) assert.throws(() => durationMs(10_000)(text), text);
  });
});
