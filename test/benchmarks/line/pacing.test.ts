import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pacingErrorPercent } from '../../../benchmarks/line/pacing.js';

const summary = { rows: 1001, started_ms: 0, elapsed_ms: 1000, rate: 1000, debt_given_up_ms: 0 };

describe('the error of the pace', () => {
  it('is none when the last row is written when it is due', () => {
    assert.equal(pacingErrorPercent(summary), 0);
  });

  it('is the time by which the run is longer or shorter than its schedule', () => {
    assert.equal(pacingErrorPercent({ ...summary, elapsed_ms: 1010 }), 1);
    assert.equal(pacingErrorPercent({ ...summary, elapsed_ms: 990 }), 1);
  });

  it('is not asked of a run without a rate', () => {
    assert.throws(() => pacingErrorPercent({ ...summary, rate: null }), /must be of a rate/);
  });
});
