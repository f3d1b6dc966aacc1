import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { startPlace, timeMsOf } from '../../../src/commands/flags/start-place.js';

/** Friday afternoon, in the time of the machine. */
const now = new Date(2026, 4, 1, 14, 20, 30);
const at = (day: number, hours = 0, minutes = 0, seconds = 0): number =>
  new Date(2026, 4, day, hours, minutes, seconds).getTime();

describe('a place to begin', () => {
  it('is an end of the topic', () => {
    assert.deepEqual([startPlace('earliest'), startPlace('latest')], ['earliest', 'latest']);
  });

  for (const [text, timeMs] of [
    ['2026-05-01T12:00:00Z', Date.UTC(2026, 4, 1, 12)],
    ['2026-05-01T12:00:00+02:00', Date.UTC(2026, 4, 1, 10)],
    ['2026-05-01', Date.UTC(2026, 4, 1)],
    ['1777636800000', 1_777_636_800_000],
    ['14:20', at(1, 14, 20)],
    ['9:05', at(1, 9, 5)],
    ['14:20:31', at(0, 14, 20, 31)],
    ['15:30', at(0, 15, 30)],
    ['10m', now.getTime() - 600_000],
    ['-10m', now.getTime() - 600_000],
    ['90 s', now.getTime() - 90_000],
    ['8h', now.getTime() - 8 * 3_600_000],
    ['2d', now.getTime() - 48 * 3_600_000],
    ['today', at(1)],
    ['yesterday', at(0)],
  ] as const) {
    it(`is a moment: ${text}`, () => assert.equal(timeMsOf(text, now), timeMs));
  }

  it('is refused with the rule where it is none', () => {
    for (const text of ['', 'noon', '25:00', '12:60', '10', '10x', '-', '1.5h', 'May 1', 'tomorrow', '2026-13-01']) {
      assert.throws(() => startPlace(text), /must be earliest, latest or a time such as /, text);
    }
  });

  it('of a time of day is never ahead and never a day ago', () => {
    const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(
        minutes,
        fc.date({ min: new Date(2024, 0), max: new Date(2028, 0), noInvalidDate: true }),
        (of, when) => {
          const text = `${Math.floor(of / 60)}:${String(of % 60).padStart(2, '0')}`;
          const age = when.getTime() - (timeMsOf(text, when) ?? Number.NaN);
          // A day in which clocks change has up to 25 hours.
          assert.ok(age >= 0 && age <= 25 * 3_600_000, `${text} ${age}`);
        },
      ),
    );
  });
});
