import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { leastSquares } from '../../../src/experiment/scaling/line-fit.js';
import { expectedRate, fitScalability, kneeThreads, peakThreads } from '../../../src/experiment/scaling/scalability.js';

const share = fc.double({ min: 0, max: 0.5, noNaN: true });
const law = fc.record({
  single: fc.double({ min: 1, max: 1e7, noNaN: true }),
  contention: share,
  coherency: share.map((value) => value / 10),
});

describe('fitScalability', () => {
  it('finds the parameters that exact speeds were made with', () => {
    fc.assert(
      fc.property(
        law,
        fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 3, maxLength: 8 }),
        (known, list) => {
          const found = fitScalability(list.map((threads) => ({ threads, rate: expectedRate(known, threads) })));
          assert.ok(found !== undefined);
          assert.ok(Math.abs(found.single / known.single - 1) < 1e-3, `${found.single}`);
          assert.ok(Math.abs(found.contention - known.contention) < 1e-3, `${found.contention}`);
          assert.ok(Math.abs(found.coherency - known.coherency) < 1e-3, `${found.coherency}`);
        },
      ),
    );
  });

  it('comes close when speeds are a percent off', () => {
    const known = { single: 1e6, contention: 0.1, coherency: 0.01 };
    const points = [1, 2, 3, 4, 6, 8, 12, 16].map((threads, i) => ({
      threads,
      rate: expectedRate(known, threads) * (i % 2 === 0 ? 1.01 : 0.99),
    }));
    const found = fitScalability(points);
    assert.ok(found !== undefined);
    for (const { threads, rate } of points) assert.ok(Math.abs(expectedRate(found, threads) / rate - 1) < 0.03);
    assert.ok(Math.abs(peakThreads(found) / peakThreads(known) - 1) < 0.2);
  });

  it('has no negative parameter, whatever the speeds', () => {
    const rates = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(rates, (list) => {
        const found = fitScalability(list.map((rate, i) => ({ threads: i + 1, rate })));
        assert.ok(found !== undefined && found.single > 0 && found.contention >= 0 && found.coherency >= 0);
      }),
    );
  });

  it('says nothing about fewer than three numbers of threads', () => {
    assert.equal(
      fitScalability([
        { threads: 1, rate: 1 },
        { threads: 2, rate: 2 },
        { threads: 2, rate: 1.9 },
      ]),
      undefined,
    );
  });

  it('has its peak where one more thread begins to cost', () => {
    const known = { single: 1, contention: 0.05, coherency: 0.02 };
    const peak = peakThreads(known);
    assert.ok(expectedRate(known, peak) >= expectedRate(known, peak * 1.1));
    assert.ok(expectedRate(known, peak) >= expectedRate(known, peak * 0.9));
    assert.equal(peakThreads({ ...known, coherency: 0 }), Infinity);
  });
});

describe('kneeThreads', () => {
  it('is the fewest threads within 5 % of the best', () => {
    const points = [[1, 50], [2, 97], [3, 100], [4, 90]].map(([threads, rate]) => ({ threads, rate })); // prettier-ignore
    assert.equal(kneeThreads(points), 2);
    assert.equal(kneeThreads(points.slice(0, 1)), 1);
  });
});

describe('leastSquares', () => {
  it('finds the line that points are on', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(number, number, fc.uniqueArray(number, { minLength: 2, maxLength: 9 }), (a, b, xs) => {
        const found = leastSquares([xs.map(() => 1), xs], xs.map((x) => a * x + b)); // prettier-ignore
        assert.ok(found !== undefined && Math.abs(found[0] - b) < 1e-3 && Math.abs(found[1] - a) < 1e-4);
      }),
    );
  });

  it('says nothing where there is no line', () => {
    assert.equal(leastSquares([[1, 1], [2, 2]], [3, 3]), undefined); // prettier-ignore
    assert.equal(leastSquares([[0, 0]], [3, 3]), undefined);
  });
});
