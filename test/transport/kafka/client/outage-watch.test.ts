import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { AwakeClock } from '../../../../src/awake-clock.js';
import { OutageWatch } from '../../../../src/transport/kafka/client/outage-watch.js';

/** A watch whose time passes when the test says so. */
function watchOf({ stopMs = 5000 } = {}): {
  watch: OutageWatch;
  said: string[];
  pass: (ms: number) => void;
  stop: AbortController;
} {
  let nowMs = 0;
  const said: string[] = [];
  const stop = new AbortController();
  const clock = new AwakeClock(() => nowMs);
  const watch = new OutageWatch({ say: (message) => said.push(message), stop: stop.signal, stopMs, clock });
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 500) {
      nowMs += Math.min(left, 500);
      clock.now();
    }
  };
  return { watch, said, pass, stop };
}

describe('what is said of outages', () => {
  it('is nothing of one that passes within two seconds', () => {
    const { watch, said, pass } = watchOf();
    const wait = {};
    pass(1900);
    watch.failed(wait, { fromMs: 0, leftMs: 50_000, reason: 'cannot read x: it is away' });
    watch.worked(wait);
    assert.deepEqual(said, []);
  });

  it('is one line, however many wait, and one when it is over for all', async () => {
    const { watch, said, pass } = watchOf();
    const waits = [{}, {}, {}];
    pass(2100);
    for (const wait of waits) {
      watch.failed(wait, { fromMs: 0, leftMs: 57_900, reason: 'cannot read x: no broker answers there' });
    }
    pass(7000);
    watch.worked(waits[0]);
    watch.gaveUp(waits[1], { isOutage: true });
    assert.deepEqual(said, ['cannot read x: no broker answers there; trying again for 58 s']);
    watch.worked(waits[2]);
    await setImmediate();
    assert.deepEqual(said.slice(1), ['Kafka answers again after 9.1 s']);
  });

  it('names a broker that is away, and says whether it is back or not missed any more', async () => {
    const { watch, said, pass } = watchOf();
    let isAnswering = false;
    const broker = { name: 'broker 2 (b:1)', isAnswering: () => Promise.resolve(isAnswering) };
    watch.acquire();
    const wait = {};
    pass(2500);
    watch.failed(wait, {
      fromMs: 0,
      leftMs: 57_500,
      reason: 'broker 2 (b:1) is unreachable (connection refused)',
      broker,
    });
    pass(6000);
    watch.worked(wait);
    await setImmediate();
    assert.deepEqual(said, [
      'broker 2 (b:1) is unreachable (connection refused): waiting for up to 58 s',
      'continuing without broker 2 (b:1) after 8.5 s',
    ]);
    isAnswering = true;
    // Missed once more before it was looked for: it is said to be away again only once it was back.
    const again = {};
    pass(2500);
    watch.failed(again, {
      fromMs: 8500,
      leftMs: 57_500,
      reason: 'broker 2 (b:1) is unreachable (connection closed)',
      broker,
    });
    watch.worked(again);
    await setImmediate();
    assert.equal(said.at(-1), 'broker 2 (b:1) is back after 2.5 s');
    watch.release();
  });

  it('has an end also where the only wait is given up because nobody wants it any more', async () => {
    const { watch, said, pass } = watchOf();
    const broker = { name: 'broker 1 (b:1)', isAnswering: () => Promise.resolve(true) };
    watch.acquire();
    const wait = {};
    pass(2500);
    watch.failed(wait, {
      fromMs: 0,
      leftMs: 57_500,
      reason: 'broker 1 (b:1) is unreachable (no answer in time)',
      broker,
    });
    watch.gaveUp(wait, { isOutage: false });
    await setImmediate();
    assert.deepEqual(said.slice(1), ['broker 1 (b:1) is back after 2.5 s']);
    watch.release();
  });

  it('gives a wait its limit, and after a stop no more than that allows', () => {
    const { watch, pass, stop } = watchOf();
    assert.equal(watch.leftMs(0, 60_000), 60_000);
    pass(1000);
    assert.equal(watch.leftMs(0, 60_000), 59_000);
    stop.abort();
    assert.equal(watch.leftMs(0, 60_000), 5000);
    pass(2000);
    assert.equal(watch.leftMs(0, 60_000), 3000);
    // One that begins after the stop has the same time.
    assert.equal(watch.leftMs(3000, 60_000), 5000);
    // Once one was in vain the others need not try for as long.
    watch.gaveUp({}, { isOutage: true });
    assert.equal(watch.leftMs(3000, 60_000), 500);
  });

  it('takes a pause of the process for no outage', () => {
    let nowMs = 0;
    const clock = new AwakeClock(() => nowMs);
    const { signal: stop } = new AbortController();
    const said: string[] = [];
    const watch = new OutageWatch({ say: (message) => said.push(message), stop, stopMs: 1, clock });
    nowMs += 70_000;
    assert.equal(watch.leftMs(0, 60_000), 59_000);
    watch.failed({}, { fromMs: 0, leftMs: 59_000, reason: 'timed out' });
    assert.deepEqual(said, []);
  });
});
