import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ChamberState, chamberStates, stateColumnS, StateTrend } from '../../src/results/state-trend.js';
import { casesOf } from '../helpers/random/cases-of.js';

const columnMs = 1000 * stateColumnS;
const startMs = Date.UTC(2026, 10, 29);

interface Noted {
  readonly atMs: number;
  readonly states: readonly ChamberState[];
}

/** The worst state of a chamber in a column up to a moment, from all that was noted. */
function recounted(noted: readonly Noted[], chamber: number, fromMs: number, lastMs: number): ChamberState | undefined {
  const of = noted.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + columnMs && atMs <= lastMs);
  const found = new Set(of.map(({ states }) => states.at(chamber)));
  return chamberStates.findLast((state) => found.has(state));
}

const anyNoted = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: -2000, max: 90_000 }), fc.integer({ min: 0, max: 7_200_000 })),
    states: fc.array(fc.constantFrom(...chamberStates), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 80 },
);

describe('StateTrend', () => {
  it('has the worst state of each 5 minutes up to any moment, as a recount of all that was noted', () => {
    fc.assert(
      fc.property(anyNoted, fc.integer({ min: 0, max: 8 * 3_600_000 }), (steps, backMs) => {
        const trend = new StateTrend();
        const noted: Noted[] = [];
        let atMs = startMs;
        for (const { afterMs, states } of steps) {
          atMs += afterMs;
          noted.push({ atMs, states });
          trend.note(states, atMs);
        }
        const newestMs = Math.max(...noted.map(({ atMs: ms }) => ms));
        const lastMs = newestMs - backMs;
        const endMs = (Math.floor(lastMs / columnMs) + 1) * columnMs;
        const [columns, dayMs] = [96, 24 * 3_600_000];
        const keptFrom = (Math.floor(newestMs / columnMs) + 1) * columnMs - dayMs;
        trend.columns(columns, lastMs).forEach((states, chamber) => {
          const expected = states.map((_, column) => {
            const fromMs = endMs - (columns - column) * columnMs;
            return fromMs < keptFrom ? undefined : recounted(noted, chamber, fromMs, lastMs);
          });
          assert.deepEqual(states, expected);
        });
      }),
      { numRuns: casesOf(300) },
    );
  });

  it('forgets all, and a copy goes on as it was', () => {
    const trend = new StateTrend();
    trend.note(['ok'], startMs);
    const copy = trend.copy();
    trend.note(['bad'], startMs + 1000);
    assert.deepEqual(trend.columns(1, startMs + 2000), [['bad']]);
    assert.deepEqual(copy.columns(1, startMs + 2000), [['ok']]);
    trend.clear();
    assert.deepEqual(trend.columns(1, startMs + 2000), []);
  });

  it('takes a moment that is none for nothing', () => {
    const trend = new StateTrend();
    trend.note(['bad'], NaN);
    trend.note(['ok'], startMs);
    assert.deepEqual(trend.columns(2, startMs), [[undefined, 'ok']]);
  });
});
