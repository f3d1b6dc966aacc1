import assert from 'node:assert/strict';
import { it } from 'node:test';
import { bytesPerSecond, costliestPage } from '../../../benchmarks/watch/standing.js';
import { standingOf } from './samples.js';

it('the costliest page of a condition is that with most processor time, the overview apart', () => {
  const measured = [
    standingOf('one', 'overview', { cpuSeconds: 5 }),
    standingOf('one', 'cells', { cpuSeconds: 2 }),
    standingOf('one', 'timing', { cpuSeconds: 3 }),
    standingOf('ten', 'cells', { cpuSeconds: 4 }),
  ];
  assert.equal(costliestPage(measured, 'one'), 'timing');
  assert.equal(costliestPage(measured, 'ten'), 'cells');
  assert.throws(() => costliestPage(measured, 'idle'), /must have been measured/);
});

it('bytes a second are those of all spans over their whole time', () => {
  const span = { cpuSeconds: 0, frames: 0 };
  const spans = [
    { ...span, seconds: 10, bytes: 100 },
    { ...span, seconds: 30, bytes: 900 },
  ];
  assert.equal(bytesPerSecond({ spans }), 25);
});
