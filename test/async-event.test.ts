import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { AsyncEvent } from '../src/async-event.js';

/** Whether a wait has ended once everything that was due is done. */
async function hasEnded(wait: Promise<void>): Promise<boolean> {
  let ended = false;
  void wait.then(() => (ended = true));
  await new Promise(setImmediate);
  return ended;
}

describe('AsyncEvent', () => {
  it('ends all waits that have begun, in their order, and none that begins later', async () => {
    const event = new AsyncEvent();
    const ended: number[] = [];
    const waits = [0, 1, 2].map((number) => event.wait().then(() => ended.push(number)));
    event.notify();
    const later = event.wait();
    await Promise.all(waits);
    assert.deepEqual(ended, [0, 1, 2]);
    assert.equal(await hasEnded(later), false);
    event.notify();
    assert.equal(await hasEnded(later), true);
  });

  it('waits no longer than it is told, also for less than nothing', async () => {
    const event = new AsyncEvent();
    await Promise.all([event.wait({ waitMs: 1 }), event.wait({ waitMs: -1 })]);
    assert.equal(await hasEnded(event.wait({ waitMs: 60_000, signal: AbortSignal.timeout(60_000) })), false);
    event.notify();
  });

  it('ends a wait with its signal, at once where that has aborted, and leaves nothing behind', async () => {
    const event = new AsyncEvent();
    const stop = new AbortController();
    const { signal } = stop;
    const notified = event.wait({ signal });
    event.notify();
    await notified;
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
    const wait = event.wait({ signal });
    stop.abort();
    await wait;
    await event.wait({ signal });
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });
});
