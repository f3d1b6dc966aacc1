import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { outliers } from '../../src/results/outliers.js';
import { outlierText } from '../../src/tui/panels/summary/outlier-lines.js';

/** A chamber whose channels count alike, but for some. */
function chamber(of: number, others: Readonly<Record<number, number>> = {}): Float64Array {
  return Float64Array.from({ length: 64 }, (_, channel) => others[channel] ?? of);
}

describe('channels that stand out', () => {
  it('are the hot and the dead ones, the furthest first', () => {
    const found = outliers([chamber(100), chamber(200, { 3: 1700, 7: 0, 40: 20, 41: 190 })], 10);
    assert.deepEqual(found, [
      { chamber: 1, channel: 7, hits: 0, ofChamber: 0, ofLayer: 0 },
      { chamber: 1, channel: 40, hits: 20, ofChamber: 0.1, ofLayer: 0.1 },
      { chamber: 1, channel: 3, hits: 1700, ofChamber: 8.5, ofLayer: 8.5 },
    ]);
    assert.deepEqual(
      outliers([chamber(200, { 3: 1700, 7: 0 })], 1).map(({ channel }) => channel),
      [7],
    );
  });

  it('are none of a layer that counts more as a whole', () => {
    const hits = Float64Array.from({ length: 64 }, (_, channel) => (channel % 4 === 0 ? 1000 : 100));
    assert.deepEqual(outliers([hits], 10), []);
  });

  it('are none where hits are too few to tell', () => {
    assert.deepEqual(outliers([chamber(9, { 3: 500, 4: 0 }), chamber(0)], 10), []);
    assert.deepEqual(outliers([], 10), []);
  });

  it('are far from both medians, in the order of the nearer one', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(2000), { minLength: 64, maxLength: 64 }), { maxLength: 4 }), (hits) => {
        const found = outliers(
          hits.map((one) => Float64Array.from(one)),
          1000,
        );
        const nearer = found.map(({ hits: count, ofChamber, ofLayer }) => {
          const [least, most] = [Math.min(ofChamber, ofLayer), Math.max(ofChamber, ofLayer)];
          assert.ok(least > 2.5 || most < 1 / 2.5);
          return { count, ratio: least > 1 ? least : 1 / most };
        });
        for (const [index, { count, ratio }] of nearer.slice(1).entries()) {
          if (count > 0 && nearer[index].count > 0) assert.ok(ratio <= nearer[index].ratio * (1 + 1e-9));
        }
      }),
    );
  });

  it('share a line, hot and low ones, as far as it is long', () => {
    const found = outliers([chamber(200, { 3: 1700, 7: 0, 40: 20, 41: 40, 9: 900 })], 64);
    const whole = 'hot 0:3 x8.5, 0:9 x4.5; low 0:7 x0, 0:40 x0.10, 0:41 x0.20';
    assert.equal(outlierText(found, 100, 'x'), whole);
    assert.equal(outlierText(found, 45, 'x'), 'hot 0:3 x8.5, 0:9 x4.5; low 0:7 x0');
    for (let width = 0; width < 70; width++) {
      const text = outlierText(found, width, 'x');
      assert.ok(text.length <= width);
      if (width >= 24) assert.match(text, /^hot .*; low /);
    }
    assert.equal(outlierText(found.filter(({ ofChamber }) => ofChamber < 1), 100, 'x'), 'low 0:7 x0, 0:40 x0.10, 0:41 x0.20');
    assert.equal(outlierText([], 100, 'x'), '');
  }); // prettier-ignore
});
