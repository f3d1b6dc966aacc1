import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addPacked, packNumbers } from '../../src/results/packed-numbers.js';
import { casesOf } from '../helpers/random/cases-of.js';

describe('packed numbers', () => {
  const anyNumber = fc.oneof(
    fc.constant(0),
    fc.integer({ min: -200, max: 200 }),
    fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
    fc.maxSafeNat(),
  );

  it('add up to the same as the numbers themselves, and are taken off again', () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 300 }), (numbers) => {
        const packed = packNumbers(Float64Array.from(numbers));
        const sum = new Float64Array(numbers.length);
        addPacked(sum, packed, 1);
        assert.deepEqual(
          [...sum],
          numbers.map((number) => number + 0),
        );
        addPacked(sum, packed, -1);
        assert.ok(sum.every((number) => number === 0));
      }),
      { numRuns: casesOf(300) },
    );
  });

  it('take a byte for a small number, and two or three for any number of zeros', () => {
    assert.equal(packNumbers(Float64Array.of(1, 63, 5)).length, 3);
    assert.equal(packNumbers(Float64Array.of(1, ...new Array<number>(300).fill(0), 1)).length, 5);
    assert.equal(packNumbers(new Float64Array(1000)).length, 0);
  });
});
