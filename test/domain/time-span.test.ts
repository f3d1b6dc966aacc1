import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { emptySpan, noteTime, timingOf } from '../../src/domain/time-span.js';

const orbitNs = 89_100;
const counterSpan = 2 ** 32;

/** A message that closed orbits `first` to `last` of a run's own counting, whose counter began at `anchor`. */
function message(run: number, anchor: number, [first, last]: readonly [number, number], closedMs: number) {
  const raw = (orbit: number): number => (anchor + orbit) % counterSpan;
  const batch = { opened: new Date(closedMs - 500).toISOString(), closed: new Date(closedMs).toISOString() };
  return { run, batch: { ...batch, duration_ms: 500, orbit_first: raw(first), orbit_last: raw(last) } };
}

describe('TimeSpan', () => {
  it('spans each run from its first to its last orbit, across wraps of the counter and in any order of messages', () => {
    const stretch = fc.tuple(fc.nat(2 ** 24), fc.nat(2 ** 20)).map(([first, count]) => [first, first + count] as const);
    const runs = fc.array(fc.tuple(fc.nat(counterSpan - 1), fc.array(stretch, { minLength: 1, maxLength: 4 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(runs, fc.infiniteStream(fc.nat(1000)), (all, order) => {
        const messages = all.flatMap(([anchor, stretches], run) =>
          stretches.map((ends, index) => message(run, anchor, ends, 1e12 + 1000 * (10 * run + index))),
        );
        const span = emptySpan();
        const key = new Map(messages.map((one) => [one, order.next().value]));
        for (const one of messages.toSorted((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0))) noteTime(span, one);
        const timing = timingOf(span, orbitNs);
        const ends = all.map(([anchor, stretches]) => {
          const [first, last] = [Math.min(...stretches.map(([a]) => a)), Math.max(...stretches.map(([, b]) => b))];
          return {
            first: (anchor + first) % counterSpan,
            last: (anchor + last) % counterSpan,
            orbits: last - first + 1,
          };
        });
        const orbits = ends.reduce((total, one) => total + one.orbits, 0);
        assert.deepEqual(timing.run, [0, all.length - 1]);
        assert.deepEqual(timing.orbit, [ends[0].first, ends.at(-1)?.last]);
        assert.ok(Math.abs((timing.detector_s ?? 0) - orbits * orbitNs * 1e-9) < 0.001);
        const closed = messages.map(({ batch }) => Date.parse(batch.closed));
        assert.equal(timing.from, new Date(Math.min(...closed) - 500).toISOString());
        assert.equal(timing.to, new Date(Math.max(...closed)).toISOString());
      }),
    );
  });

  it('says nothing of what it has not seen, and keeps the time of runs that it forgets', () => {
    const span = emptySpan();
    noteTime(span, {});
    assert.deepEqual(timingOf(span, orbitNs), { from: null, to: null, run: null, orbit: null, detector_s: null });
    for (let run = 0; run < 1000; run++) noteTime(span, message(run, 5, [0, 999_999], 1e12 + run));
    assert.equal(timingOf(span, orbitNs).detector_s, 89_100);
    assert.ok(span.runs.length < 300);
  });
});
