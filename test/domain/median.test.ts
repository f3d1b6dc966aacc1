import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { median } from '../../src/domain/median.js';

describe('the median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    assert.equal(median([3]), 3);
    assert.equal(median([10, 1, 2]), 2);
    assert.equal(median([100, 9, 20, 1]), 14.5);
    assert.equal(median([]), NaN);
  });

  it('has as many values above as below, and leaves the values as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const before = [...values];
        const middle = median(values);
        assert.deepEqual(values, before);
        const half = values.length / 2;
        assert.ok(values.filter((value) => value < middle).length <= half);
        assert.ok(values.filter((value) => value > middle).length <= half);
      }),
    );
  });
});
