import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { Wake } from '../../../src/transport/embedded/wake.js';
import { temporaryDir } from './temporary-store.js';

describe('the wake of an embedded log', () => {
  let dir: string;
  let remove: () => void;
  const wakes: Wake[] = [];
  const open = (pollMs: number): Wake => {
    const wake = new Wake(dir, pollMs);
    wakes.push(wake);
    return wake;
  };
  beforeEach(() => {
    ({ dir, remove } = temporaryDir());
  });
  afterEach(() => {
    for (const wake of wakes.splice(0)) wake.close();
    remove();
  });

  it('reaches a waiter on another handle by the directory alone', async () => {
    const reader = open(600_000);
    const writer = open(600_000);
    writer.notify('outputs');
    for (let i = 0; i < 3; i++) {
      const woken = reader.wait('outputs', 600_000);
      writer.notify('outputs');
      await woken;
    }
  });

  it('does not wake who waits for something else', async () => {
    const wake = open(600_000);
    const woken: string[] = [];
    const waiting = ['a', 'b'].map((name) => wake.wait(name, 600_000).then(() => woken.push(name)));
    wake.notify('b');
    await waiting[1];
    assert.deepEqual(woken, ['b']);
    wake.close();
    await Promise.all(waiting);
  });

  it('lets a waiter look by itself after a while, on abort, and when it is closed', async () => {
    await open(1).wait('a', 600_000);
    const wake = open(600_000);
    await wake.wait('a', 1);
    const abort = new AbortController();
    const aborted = wake.wait('a', 600_000, abort.signal);
    abort.abort();
    await aborted;
    await wake.wait('a', 600_000, abort.signal);
    const closed = wake.wait('a', 600_000);
    wake.close();
    await closed;
  });

  it('says the last of many commits too', () => {
    const wake = open(600_000);
    wake.notify('a');
    const first = statSync(join(dir, 'a')).mtimeMs;
    const start = Date.now();
    while (Date.now() < start + 2) wake.notify('a');
    wake.close();
    assert.ok(statSync(join(dir, 'a')).mtimeMs > first);
  });
});
