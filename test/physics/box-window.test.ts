import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type BoxMessage, BoxWindow } from '../../src/physics/box-window.js';

function message(counts: number[], liveS = 1, geometry = 'a'): BoxMessage {
  return { counts, liveS, geometry, offsetNs: -250, binNs: 2.5 };
}

describe('the window of a time box', () => {
  it('is the fewest newest messages with enough entries, of one geometry and within the live time', () => {
    const messages = fc.array(
      fc.tuple(fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }), fc.nat(8), fc.constantFrom('a', 'a', 'a', 'b')),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(messages, (list) => {
        const window = new BoxWindow({ boxEntries: 20, liveSMax: 30 });
        list.forEach(([counts, liveS, geometry], newest) => {
          window.add(message(counts, liveS, geometry));
          // Back from the newest one, as long as one more is needed and allowed.
          let [first, entries, live] = [newest, sum(counts), liveS];
          while (first > 0 && entries < 20 && list[first - 1][2] === geometry && live + list[first - 1][1] <= 30) {
            first--;
            entries += sum(list[first][0]);
            live += list[first][1];
          }
          const taken = list.slice(first, newest + 1);
          assert.deepEqual(
            window.histogram?.counts,
            [0, 1, 2].map((bin) => sum(taken.map(([bins]) => bins[bin]))),
          );
          assert.equal(window.entries, entries);
          assert.equal(window.liveS, live);
        });
      }),
    );
  });

  it('has no histogram before the first message, and takes one message whatever its length', () => {
    const window = new BoxWindow();
    assert.equal(window.histogram, undefined);
    window.add(message([3], 1000));
    assert.deepEqual(window.histogram, { counts: [3], offsetNs: -250, binNs: 2.5 });
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
