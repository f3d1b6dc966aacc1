import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TrendColumns } from '../../src/results/trend-columns.js';

const message = fc.record({
  atS: fc.integer({ min: 0, max: 200_000 }),
  hits: fc.integer({ min: 0, max: 1e6 }),
  liveS: fc.integer({ min: 1, max: 60 }),
});

describe('columns of a trend', () => {
  it('have the rates of their messages, in any order, however long the time is', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 60 }), (messages) => {
        const columns = new TrendColumns();
        for (const { atS, hits, liveS } of messages)
          columns.add(1000 * atS, { hits: [hits, hits], triggers: hits, liveS });
        const { columnS, endMs, all, chambers, triggers } = columns.rates;
        assert.ok(all.length <= 400, `${all.length} columns`);
        const firstS = endMs / 1000 - columnS * all.length;
        assert.equal(firstS % columnS, 0);
        const expected = all.map((_, at) => {
          const from = firstS + at * columnS;
          const inside = messages.filter(({ atS }) => atS >= from && atS < from + columnS);
          if (inside.length === 0) return undefined;
          const sum = (key: 'hits' | 'liveS'): number => inside.reduce((total, one) => total + one[key], 0);
          return sum('hits') / sum('liveS');
        });
        assert.deepEqual([all, triggers, chambers], [expected, expected, [expected]]);
        assert.ok(all[0] !== undefined && all.at(-1) !== undefined);
      }),
    );
  });

  it('are per second of the clock where no message says live time', () => {
    const columns = new TrendColumns();
    for (const atMs of [0, 400, 800]) columns.add(atMs, { hits: [5], triggers: undefined, liveS: undefined });
    assert.deepEqual(columns.rates, { columnS: 1, endMs: 1000, all: [15], chambers: [], triggers: [undefined] });
  });
});
