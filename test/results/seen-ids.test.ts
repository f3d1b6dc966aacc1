import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addId, missingIds, noIds, stretchesMax } from '../../src/results/seen-ids.js';

describe('ids that have come', () => {
  it('behave as a set, and the missing ones are those between the smallest and the largest', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 1 }), (list) => {
        const ids = noIds();
        const model = new Set<number>();
        for (const id of list) {
          assert.equal(addId(ids, id), !model.has(id));
          model.add(id);
          assert.equal(missingIds(ids), Math.max(...model) - Math.min(...model) + 1 - model.size);
        }
      }),
    );
  });

  it('stay bounded with every second one missing, and go on counting those as missing', () => {
    const ids = noIds();
    for (let id = 0; id < 4 * stretchesMax; id += 2) assert.equal(addId(ids, id), true);
    assert.equal(ids.ranges.length, stretchesMax);
    assert.equal(missingIds(ids), 2 * stretchesMax - 1);
  });
});
