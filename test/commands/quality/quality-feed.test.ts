import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QualityFeed } from '../../../src/commands/quality/quality-feed.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { defaultPhysics } from '../../../src/domain/physics-settings.js';
import { Quality } from '../../../src/quality/quality.js';
import { defaultQuality } from '../../../src/quality/quality-settings.js';
import { testConsole } from '../../helpers/program/test-process.js';
import { type LaneMessage, laneMessage } from '../../quality/lane-message.js';

function feedOf() {
  const { console, process } = testConsole();
  const options = { geometry: defaultGeometry, physics: defaultPhysics, settings: defaultQuality };
  let made = 0;
  const makeQuality = (): Quality => {
    made++;
    return new Quality({ ...options, geometryHash: 'another' });
  };
  const feed = new QualityFeed({ console, makeQuality, geometryHash: 'another', idleMs: 10_000 });
  const take = (of: LaneMessage, nowMs?: number) =>
    feed.take({ ...laneMessage({ lanes: 2, ...of }), history: 'one' }, nowMs).map((event) => event.event);
  return { feed, take, process, made: () => made };
}

describe('QualityFeed', () => {
  it('warns of a lane that is silent while another one goes on, once, and when it comes again', () => {
    const { feed, take } = feedOf();
    feed.goLive(0);
    take({ lane: 0, id: 0, last: 1 }, 1000);
    take({ lane: 1, id: 0, last: 2 }, 1000);
    const tests = (nowMs: number): string[] => feed.tick(nowMs).map((event) => `${event.test} ${event.state}`);
    for (let id = 1; id <= 20; id++) take({ lane: 0, id, last: 2 + id }, 1000 + 1000 * id);
    assert.deepEqual(tests(21_000), ['lane_silent WARNING']);
    assert.deepEqual(tests(22_000), []);
    const again = [take({ lane: 1, id: 1, last: 100 }, 23_000), take({ lane: 0, id: 21, last: 101 }, 23_000)];
    assert.deepEqual(again.flat(), ['warning']);
    assert.equal(feed.tick(24_000).length, 0);
  });

  it('warns of no lane when nothing comes at all', () => {
    const { feed, take } = feedOf();
    feed.goLive(0);
    for (const lane of [0, 1]) take({ lane, id: 0, last: lane }, 1000);
    assert.deepEqual(feed.tick(100_000), []);
  });

  it('takes a message once, and begins anew with another history', () => {
    const { feed, take, process, made } = feedOf();
    take({ id: 0, last: 1 });
    take({ id: 0, last: 1 });
    assert.equal(made(), 1);
    feed.take({ ...laneMessage({ lanes: 2, id: 0, last: 1 }), history: 'two' });
    assert.equal(made(), 2);
    take({ id: 1, last: 2 });
    assert.equal(made(), 2, 'one of the history before');
    assert.deepEqual(process.saidLines(), [
      'the messages are of configuration 0123456789ab, and this one is another: give that of process with --config; until then tests have no data',
      'group g begins anew: so do all states',
    ]);
  });
});
