import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  addToTrend,
  emptyTrend,
  markMessage,
  recentRate,
  trendColumns,
  trendMarks,
  trendSecondsMax,
} from '../../src/results/trend.js';

describe('the trend', () => {
  it('spreads a batch over the time it was open', () => {
    const trend = emptyTrend();
    addToTrend(trend, { openedMs: 10_500, closedMs: 12_500 }, { hits: [400, 100], liveS: 0 });
    assert.deepEqual([...trendColumns(trend, 0, 4)], [0, 100, 200, 100]);
    assert.deepEqual([...trendColumns(trend, 1, 3)], [25, 50, 25]);
  });

  it('adds lanes up, leaves the cut first and last second out, and takes its rate from the rest', () => {
    const trend = emptyTrend();
    for (let second = 100; second < 110; second++) {
      for (const lane of [0, 400]) {
        addToTrend(
          trend,
          { openedMs: second * 1000 + lane, closedMs: (second + 1) * 1000 + lane },
          { hits: [50], liveS: 0 },
        );
      }
    }
    assert.deepEqual([...trendColumns(trend, 0, 10)].map(Math.round), [0, 100, 100, 100, 100, 100, 100, 100, 100, 100]);
    assert.equal(Math.round(recentRate(trend, 0) ?? 0), 100);
  });

  it('forgets what is older than its ring and nothing else, in any order', () => {
    const batch = fc.record({
      closedMs: fc.integer({ min: 0, max: 3 * trendSecondsMax * 1000 }),
      durationMs: fc.integer({ min: 0, max: 5000 }),
      hits: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 20 }), (batches) => {
        const trend = emptyTrend();
        for (const { closedMs, durationMs, hits } of batches) {
          addToTrend(trend, { openedMs: Math.max(0, closedMs - durationMs), closedMs }, { hits: [hits], liveS: 0 });
        }
        const newest = Math.max(...batches.map(({ closedMs }) => Math.floor(closedMs / 1000)));
        const oldestMs = (newest - trendSecondsMax + 1) * 1000;
        const expected = batches.reduce((sum, { closedMs, durationMs, hits }) => {
          const openedMs = Math.max(0, closedMs - durationMs);
          if (closedMs <= openedMs) return sum + (closedMs >= oldestMs ? hits : 0);
          const insideMs = Math.max(0, closedMs - Math.max(openedMs, oldestMs));
          return sum + (hits * insideMs) / (closedMs - openedMs);
        }, 0);
        const total = trend.series[0].reduce((sum, value) => sum + value, 0);
        assert.ok(Math.abs(total - expected) < 1e-6 * (1 + expected), `${total} instead of ${expected}`);
      }),
    );
  });

  it('marks another history and missing messages, not a pause, and forgets what comes late', () => {
    const trend = emptyTrend();
    let before: { id: number; history: string | undefined } | undefined;
    const see = (id: number, second: number, history = 'a'): void => {
      const openedMs = second * 1000;
      addToTrend(trend, { openedMs, closedMs: openedMs + 999 }, { hits: [1], liveS: 0 });
      markMessage(trend, { producer: 'g/0', id, history, openedMs }, before);
      if (id > (before?.id ?? -1)) before = { id, history };
    };
    for (const [id, second] of [[4, 100], [5, 130], [8, 131], [9, 132]]) see(id, second); // prettier-ignore
    see(10, 140, 'b');
    see(11, 150, 'b');
    const columnOf = (second: number): number => second - 149 + 59;
    const restart = [columnOf(140), 'restart'];
    assert.deepEqual([...trendMarks(trend, 60)], [[columnOf(131), 'missing'], restart]);
    see(7, 131);
    assert.deepEqual([...trendMarks(trend, 60)], [[columnOf(131), 'missing'], restart]);
    see(6, 131);
    assert.deepEqual([...trendMarks(trend, 60)], [restart]);
    assert.deepEqual([...trendMarks(trend, 5)], []);
  });
});
