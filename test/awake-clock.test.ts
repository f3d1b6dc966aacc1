import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwakeClock } from '../src/awake-clock.js';

describe('the clock of time in which something can be tried', () => {
  it('counts every moment while it is looked at often', () => {
    let nowMs = 5000;
    const clock = new AwakeClock(() => nowMs);
    for (let step = 0; step < 100; step++) {
      nowMs += 300;
      clock.now();
    }
    assert.equal(clock.now(), 30_000);
  });

  it('counts a second of a pause at most, however long that was', () => {
    let nowMs = 0;
    const clock = new AwakeClock(() => nowMs);
    nowMs += 200;
    assert.equal(clock.now(), 200);
    nowMs += 70_000;
    assert.equal(clock.now(), 1200);
    nowMs += 86_400_000;
    assert.equal(clock.now(), 2200);
  });

  it('looks by itself while it is used, and keeps no process alive', async () => {
    let nowMs = 0;
    const clock = new AwakeClock(() => (nowMs += 400));
    clock.acquire();
    clock.acquire();
    const fromMs = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 1300));
    clock.release();
    clock.release();
    assert.ok(clock.now() - fromMs >= 800);
    const endMs = clock.now();
    assert.equal(clock.now() - endMs, 400);
  });
});
