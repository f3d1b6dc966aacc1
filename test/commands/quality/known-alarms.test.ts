import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KnownAlarms } from '../../../src/commands/quality/known-alarms.js';
import type { KnownRemark } from '../../../src/commands/quality/logbook-state.js';
import type { Alarm, TestName } from '../../../src/quality/events.js';

const minuteMs = 60_000;

function alarmOf(test: TestName, channel = 17): Alarm {
  return {
    ...{ id: `${test}@2:${channel}@1`, test, chamber: 2, channel, state: 'ALARM', since: '2026-05-01T12:00:00.000Z' },
    ...{ since_orbit: 0, since_s: 0, observed: 0, expected: 4, ratio: 0, parts: [] },
  };
}

const saidOf = (remark: Partial<KnownRemark> = {}) =>
  new Map([['2:17', { by: 'anna', time: '2026-05-01T12:00:00.000Z', ...remark }]]);

describe('KnownAlarms', () => {
  it('knows an object for what was wrong with it then, by any test, and not for another fault', () => {
    const known = new KnownAlarms();
    const [dead, inefficient, hot] = [alarmOf('channel_low'), alarmOf('channel_efficiency'), alarmOf('channel_high')];
    known.update([dead, alarmOf('channel_low', 18)], saidOf(), 0);
    assert.deepEqual([[...known.known.keys()], known.worse.size, known.remarkOf(dead)?.by], [['2:17'], 0, 'anna']);
    known.update([dead, inefficient], saidOf(), minuteMs);
    assert.equal(known.worse.size, 0);
    known.update([hot], saidOf(), 2 * minuteMs);
    assert.deepEqual([...known.worse], [hot.id]);
    assert.equal(known.remarkOf(hot), undefined);
    known.update([hot], saidOf({ time: '2026-05-01T12:02:00.000Z', tests: ['channel_high'] }), 2 * minuteMs);
    assert.deepEqual([known.worse.size, known.remarkOf(hot)?.by], [0, 'anna']);
  });

  it('knows it no longer when it had none for an hour', () => {
    const known = new KnownAlarms();
    const dead = alarmOf('channel_low');
    known.update([dead], saidOf(), 0);
    known.update([], saidOf(), 59 * minuteMs);
    known.update([dead], saidOf(), 60 * minuteMs);
    assert.deepEqual([known.known.size, known.worse.size], [1, 0]);
    known.update([], saidOf(), 121 * minuteMs);
    assert.equal(known.known.size, 0);
    known.update([dead], saidOf(), 122 * minuteMs);
    assert.deepEqual([known.known.size, [...known.worse]], [0, [dead.id]]);
  });

  it('waits for the first fault of an object that was well when it was said', () => {
    const known = new KnownAlarms();
    known.update([], saidOf(), 0);
    known.update([], saidOf(), 1000 * minuteMs);
    assert.equal(known.known.size, 1);
    const hot = alarmOf('channel_high');
    known.update([hot], saidOf(), 1001 * minuteMs);
    assert.deepEqual([known.worse.size, known.remarkOf(hot)?.by], [0, 'anna']);
    known.update([hot], new Map(), 1002 * minuteMs);
    assert.deepEqual([known.known.size, known.remarkOf(hot)], [0, undefined]);
  });
});
