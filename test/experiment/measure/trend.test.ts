import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RowsAt } from '../../../src/experiment/measure/backlog.js';
import { trendOf } from '../../../src/experiment/measure/trend.js';

/** A sample a second: a line, and what is added to it at each. */
function lineOf(slope: number, added: readonly number[]): RowsAt[] {
  return added.map((rows, i) => ({ ms: i * 1000, rows: slope * i + rows }));
}

describe('trendOf', () => {
  it('has the slope of a line, and sees that it rises', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 3, max: 500 }), (slope, count) => {
        const trend = trendOf(lineOf(slope, Array<number>(count).fill(7)));
        assert.ok(Math.abs(trend.slope - slope) < 1e-6);
        assert.equal(trend.isRising, slope > 0);
      }),
    );
  });

  it('is not moved by one sample in four, however far off', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 1e6 }), (place, far) => {
        const added = Array<number>(12).fill(5);
        for (let i = 0; i < 3; i++) added[(place + i) % 12] = far;
        assert.deepEqual(trendOf(lineOf(0, added)), { slope: 0, isRising: false });
      }),
    );
  });

  it('does not see growth below the scatter, nor in two samples', () => {
    const scattered = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 100 : 0));
    assert.equal(trendOf(lineOf(5, scattered)).isRising, false);
    assert.equal(trendOf(lineOf(50, scattered)).isRising, true);
    assert.equal(trendOf(lineOf(50, [0, 0])).isRising, false);
    assert.deepEqual(trendOf([]), { slope: 0, isRising: false });
  });
});
