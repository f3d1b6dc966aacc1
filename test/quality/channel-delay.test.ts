import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { channelDelayS } from '../../src/quality/channel-delay.js';
import { defaultQuality } from '../../src/quality/quality-settings.js';

const slotS = 64 * 89.1e-6;

/** Of a channel of a rate in Hz, with a reference of some seconds. */
function delayS(hz: number, referenceS: number, times: number): number {
  const slots = referenceS / slotS;
  const activeSlots = slots * -Math.expm1(-hz * slotS);
  const activeOrbits = 64 * slots * -Math.expm1((-hz * slotS) / 64);
  return channelDelayS(
    { activeSlots, activeOrbits },
    { slots, slotS, settings: defaultQuality, threshold: 18.5627, times },
  );
}

describe('the delay of a channel’s alarm', () => {
  it('is that of the tables of simulations', () => {
    // [Hz, dead, x 10, x 3], of a known reference.
    for (const [hz, dead, ten, three] of [
      [0.1, 300, 38, 270],
      [1, 31, 4.5, 28],
      [5, 7, 1, 6],
    ]) {
      // prettier-ignore
      for (const [times, expected] of [[0, dead], [10, ten], [3, three]]) { // prettier-ignore
        const got = delayS(hz, 1e7, times);
        assert.ok(Math.abs(got - expected) < 0.15 * expected + 0.5, `${hz} Hz x ${times}: ${got}, expected ${expected}`);
      }
    }
    // At 1 Hz, of references of 600 and 60 s.
    for (const [referenceS, times, expected] of [
      [600, 0, 36],
      [600, 3, 36],
      [60, 0, 52],
    ]) {
      // prettier-ignore
      const got = delayS(1, referenceS, times);
      assert.ok(
        Math.abs(got - expected) < 0.15 * expected,
        `x ${times} of ${referenceS} s: ${got}, expected ${expected}`,
      );
    }
  });

  it('is a look for a channel that becomes ten times as hot, however hot it was', () => {
    for (const hz of [20, 190, 365, 1000, 4000]) assert.equal(delayS(hz, 160, 10), 1, `${hz} Hz`);
  });

  it('is at least a look, and without end inside the band', () => {
    assert.equal(delayS(500, 1e5, 0), 1);
    for (const times of [0.5, 0.7, 1, 1.4]) assert.equal(delayS(5, 1e5, times), Infinity);
    assert.equal(delayS(1, 60, 0.3), Infinity);
  });
});
