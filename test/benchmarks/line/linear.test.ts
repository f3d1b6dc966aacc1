import assert from 'node:assert/strict';
import { it } from 'node:test';
import { growthOf } from '../../../benchmarks/line/linear.js';

it('what starts with a fixed time and then takes as long for every row grows by 1', () => {
  const points = (seconds: (rows: number) => number): { rows: number; seconds: number }[] =>
    [10, 50, 100].map((rows) => ({ rows, seconds: seconds(rows) }));
  assert.ok(Math.abs(growthOf(points((rows) => 0.5 + rows / 30)) - 1) < 1e-9);
  assert.ok(growthOf(points((rows) => rows * rows)) > 2);
});
