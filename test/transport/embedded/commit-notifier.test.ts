import assert from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CommitNotifier } from '../../../src/transport/embedded/commit-notifier.js';
import { temporaryDir } from './temporary-store.js';

describe('the commit notifier of an embedded log', () => {
  let dir: string;
  let remove: () => void;
  const wakes: CommitNotifier[] = [];
  const open = (pollMs: number): CommitNotifier => {
    const notifier = new CommitNotifier(dir, pollMs);
    wakes.push(notifier);
    return notifier;
  };
  beforeEach(() => {
    ({ dir, remove } = temporaryDir());
  });
  afterEach(() => {
    for (const notifier of wakes.splice(0)) notifier.close();
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

  it('reaches a waiter of before the first commit, and one whose file was replaced', async () => {
    const [reader, writer] = [open(600_000), open(600_000)];
    for (let time = 1; time <= 3; time++) {
      const woken = reader.wait('outputs', 600_000);
      writer.notify('outputs');
      await woken;
      rmSync(join(dir, 'outputs'), { force: true });
    }
  });

  it('does not wake whoever waits for something else', async () => {
    const notifier = open(600_000);
    const woken: string[] = [];
    const waiting = ['a', 'b'].map((name) => notifier.wait(name, 600_000).then(() => woken.push(name)));
    notifier.notify('b');
    await waiting[1];
    assert.deepEqual(woken, ['b']);
    notifier.close();
    await Promise.all(waiting);
  });

  it('lets a waiter look by itself after a while, on abort, and when it is closed', async () => {
    await open(1).wait('a', 600_000);
    const notifier = open(600_000);
    await notifier.wait('a', 1);
    const abort = new AbortController();
    const aborted = notifier.wait('a', 600_000, abort.signal);
    abort.abort();
    await aborted;
    await notifier.wait('a', 600_000, abort.signal);
    const closed = notifier.wait('a', 600_000);
    notifier.close();
    await closed;
  });

  it('says the last of many commits too', () => {
    const notifier = open(600_000);
    notifier.notify('a');
    const first = statSync(join(dir, 'a')).mtimeMs;
    const start = Date.now();
    while (Date.now() < start + 2) notifier.notify('a');
    notifier.close();
    assert.ok(statSync(join(dir, 'a')).mtimeMs > first);
  });
});
