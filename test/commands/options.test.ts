import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { duration, wholeNumber } from '../../src/commands/options.js';

describe('a flag that takes a whole number', () => {
  const parse = wholeNumber(1, 256);
  it('takes every one in its range, also in thousands and millions', () => {
    assert.deepEqual(['1', '256', '007'].map(parse), [1, 256, 7]);
    assert.deepEqual(['500', '10k', '2M'].map(wholeNumber(1, 2e6)), [500, 10_000, 2_000_000]);
  });

  for (const text of ['0', '257', '-1', '1.5', '1e2', '1k', '1m', 'k', '0x10', '', ' 1', '٣', 'many']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parse(text), /must be a whole number from 1 to 256/);
    });
  }
});

describe('a flag that takes a time', () => {
  it('takes a number with its unit, seconds without one, and gives ms', () => {
    assert.deepEqual(
      ['500ms', '2s', '1.5m', '1h', '3', '0.25s'].map(duration),
      [500, 2000, 90_000, 3_600_000, 3000, 250],
    );
  });

  for (const text of ['0', '0.1ms', '25h', '2 s', '-1s', '1d', 's', '']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => duration(text), /must be a time such as 500ms, 2s or 5m/);
    });
  }
});
