import assert from 'node:assert/strict';
import { it } from 'node:test';
import { latencyBound } from '../../../bench/line/latency-bound.js';

it('a hit may take the batch interval, the lateness in rows at that speed and 50 ms, and longer by the blocks of all partitions', () => {
  const bound = latencyBound({ rowsPerSecond: 1000, partitions: 10, batchIntervalMs: 1000 });
  assert.equal(Math.round(bound.ms), 1000 + 2010 + 50);
  assert.equal(Math.round(bound.blocksMs), 314);
  const fast = latencyBound({ rowsPerSecond: 100_000, partitions: 1, batchIntervalMs: 200 });
  assert.equal(Math.round(fast.ms), 200 + 20 + 50);
});
