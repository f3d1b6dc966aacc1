import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitBox } from '../../src/physics/box-fit.js';
import { RecentFits } from '../../src/results/recent-fits.js';

const velocityUmNs = 53.8;

/** A box from 0 to 390 ns with edges of some ns, in bins of 5 ns from -100 ns. */
function histogram(height: number): Parameters<typeof fitBox>[0] {
  const rising = (ns: number): number => 1 / (1 + Math.exp(-ns / 4));
  const counts = Array.from({ length: 140 }, (_, bin) => {
    const ns = 5 * bin - 97.5;
    return Math.round(1 + height * rising(ns) * rising(390 - ns));
  });
  return { counts, offsetNs: -100, binNs: 5 };
}

describe('fits to a live window', () => {
  const [first, second] = [histogram(100), histogram(110)];
  const entries = second.counts.reduce((sum, count) => sum + count, 0);

  it('are fitted again after five seconds, for another window, and where the display stands still', () => {
    const fits = new RecentFits();
    const fitted = (of: string, nowMs: number | undefined, shown = second) =>
      fits.fitter(of, nowMs)(0, shown, velocityUmNs);
    const before = fitted('last 60', 1000, first);
    assert.equal(before.status, 'ok');
    assert.deepEqual(before, fitBox(first, velocityUmNs));
    assert.deepEqual(fitted('last 60', 5900), { ...before, entries });
    assert.deepEqual(fitted('last 60', undefined), fitBox(second, velocityUmNs));
    assert.deepEqual(fitted('last 60', 6000), fitBox(second, velocityUmNs));
    assert.deepEqual(fitted('start', 6001, first), before);
    assert.deepEqual(fitted('start', 5000), fitBox(second, velocityUmNs));
  });

  it('are each chamber’s own, and are made again at once while there is no good one', () => {
    const fits = new RecentFits();
    const few = histogram(2);
    assert.notEqual(fits.fitter('last 60', 0)(0, few, velocityUmNs).status, 'ok');
    assert.deepEqual(fits.fitter('last 60', 1)(0, first, velocityUmNs), fitBox(first, velocityUmNs));
    assert.deepEqual(fits.fitter('last 60', 2)(1, second, velocityUmNs), fitBox(second, velocityUmNs));
  });
});
