import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InputOffsets } from '../../../src/commands/report/input-offsets.js';

describe('the offsets of a report', () => {
  it('have one hash, however messages cut them and in whatever order they come', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 20 });
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (at, order) => {
        const ends = [0, ...at.sort((one, other) => one - other), 1000];
        const ranges = ends.slice(1).map((to, index): [number, number] => [ends[index], to]);
        const keys = new Map(ranges.map((range) => [range, Number(order.next().value)]));
        const offsets = new InputOffsets();
        for (const range of ranges.sort((one, other) => (keys.get(one) ?? 0) - (keys.get(other) ?? 0)))
          offsets.add({ input: { 7: range, 10: [range[0] + 5, range[1] + 5], 2: [3, 3] } });
        assert.equal(offsets.sha256, createHash('sha256').update('7 0 1000\n10 5 1005\n').digest('hex'));
        assert.equal(offsets.text, 'partition 7: 0 to 1,000; partition 10: 5 to 1,005');
      }),
    );
  });

  it('tell a hole', () => {
    const offsets = new InputOffsets();
    for (const range of [[0, 5], [6, 9]] as [number, number][]) offsets.add({ input: { 0: range } }); // prettier-ignore
    assert.equal(offsets.sha256, createHash('sha256').update('0 0 5\n0 6 9\n').digest('hex'));
    assert.equal(offsets.text, 'partition 0: 0 to 9 in 2 pieces');
  });
});
