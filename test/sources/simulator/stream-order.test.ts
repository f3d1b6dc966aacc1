import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HitQueue } from '../../../src/sources/simulator/stream-order.js';

test('hits leave in the order of their keys with what they came with, whatever is pushed between', () => {
  // A number pushes that key, null takes the smallest.
  const step = fc.oneof({ arbitrary: fc.nat(50), weight: 3 }, { arbitrary: fc.constant(null), weight: 2 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1200, size: 'max' }), (steps) => {
      const queue = new HitQueue();
      const waiting: number[] = [];
      const hit = { key: 0, orbit: 0, bits: 0 };
      for (const key of steps) {
        if (key !== null) {
          queue.push(key, key + 2 ** 40, key + 7);
          waiting.push(key);
        } else if (waiting.length > 0) {
          const smallest = Math.min(...waiting);
          waiting.splice(waiting.indexOf(smallest), 1);
          queue.pop(hit);
          assert.deepEqual(hit, { key: smallest, orbit: smallest + 2 ** 40, bits: smallest + 7 });
        }
        assert.equal(queue.firstKey, waiting.length === 0 ? Infinity : Math.min(...waiting));
      }
    }),
    { numRuns: 30 },
  );
});
