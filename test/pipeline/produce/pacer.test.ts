import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RatePacer, debtMsMax } from '../../../src/pipeline/produce/pacer.js';

const rates = fc.oneof(fc.constantFrom(0.5, 1, 3, 1000, 100_000), fc.double({ min: 0.01, max: 1e7, noNaN: true }));

describe('RatePacer', () => {
  it('has each row due at start + n / rate, however late and uneven the ticks are', () => {
    const ticks = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(rates, fc.double({ min: 0, max: 1e9, noNaN: true }), ticks, (rate, startMs, stepsMs) => {
        const pacer = new RatePacer(rate);
        let nowMs = startMs;
        let taken = pacer.due(nowMs);
        pacer.take(taken);
        for (const stepMs of stepsMs) {
          nowMs += stepMs;
          const due = pacer.due(nowMs);
          pacer.take(due);
          taken += due;
          const exact = ((nowMs - startMs) * rate) / 1000 + 1;
          // A clock of that size has no more digits.
          const rounding = 1e-5 + (rate / 1000) * 1e-6 * 2;
          assert.ok(taken <= exact + rounding && taken > exact - 1 - rounding, `${taken} rows, ${exact} due`);
        }
      }),
    );
  });

  it('has rows due at the instant that it says they are due', () => {
    fc.assert(
      fc.property(rates, fc.nat(1e6), (rate, rows) => {
        const pacer = new RatePacer(rate);
        assert.equal(pacer.due(5), 1);
        pacer.take(1);
        const behindMs = pacer.dueAtMs(rows) - pacer.dueAtMs();
        fc.pre(behindMs < debtMsMax);
        assert.equal(pacer.due(pacer.dueAtMs(rows)), rows + 1);
      }),
    );
  });

  it('makes up for time lost up to its limit and gives up the rest', () => {
    const pacer = new RatePacer(1000);
    pacer.take(pacer.due(0));
    assert.equal(pacer.due(debtMsMax - 1000), debtMsMax - 1000);
    assert.equal(pacer.debtGivenUpMs, 0);
    assert.equal(pacer.due(debtMsMax + 5001), debtMsMax + 1);
    assert.equal(pacer.debtGivenUpMs, 5000);
  });

  it('owes nothing for rows that did not exist', () => {
    const pacer = new RatePacer(1000);
    pacer.take(pacer.due(0));
    pacer.forgive(5001, 100);
    assert.equal(pacer.due(5001), 101);
    assert.equal(pacer.inputWaitMs, 4900);
    assert.equal(pacer.debtGivenUpMs, 0);
  });

  it('has all rows due when there is no rate', () => {
    const pacer = new RatePacer(Infinity);
    assert.equal(pacer.due(0), Infinity);
    pacer.take(1e9);
    assert.equal(pacer.due(0), Infinity);
    assert.equal(pacer.behindMs(1e9), 0);
  });
});
