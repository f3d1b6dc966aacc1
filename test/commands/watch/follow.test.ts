import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type FollowMessagesOptions, followMessages, type MessageSink } from '../../../src/commands/watch/follow.js';
import { DtstreamError } from '../../../src/errors.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import type { LogReader, ReadOptions, Transport } from '../../../src/transport/transport.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { openResults } from '../results.js';

function optionsFor(options: Partial<FollowMessagesOptions>): FollowMessagesOptions {
  const signal = AbortSignal.timeout(30_000);
  return { topic: 'data_clean', from: 'earliest', untilEnd: false, waits: true, signal, ...options };
}

describe('following messages', () => {
  it('stops at the end that was noted once, whatever comes meanwhile', async (t) => {
    const dir = join(tempFolder(t), 'log');
    const { publish } = await openResults(t, dir);
    await publish('0', '1');
    await publish('2');
    const seen: string[] = [];
    const sink: MessageSink = {
      take: async (value) => {
        seen.push(Buffer.from(value).toString());
        await publish('more');
      },
      progress: () => undefined,
      waiting: () => assert.fail('there is something to read'),
      beginAnew: (why) => assert.fail(why),
    };
    await followMessages(() => openEmbeddedLog({ dir }), sink, optionsFor({ untilEnd: true }));
    assert.deepEqual(seen, ['0', '1', '2']);
  });

  it('keeps the log open until its progress has been taken, with nothing to read as well', async (t) => {
    const dir = join(tempFolder(t), 'log');
    const { publish } = await openResults(t, dir);
    await publish('0');
    const order: string[] = [];
    const open = async (): Promise<Transport> => {
      const log = await openEmbeddedLog({ dir });
      const close = log.close.bind(log);
      t.mock.method(log, 'close', () => {
        order.push('closed');
        return close();
      });
      return log;
    };
    const sink: MessageSink = {
      take: () => assert.fail('there is nothing to read'),
      progress: async ({ unread }) => {
        await delay(20);
        order.push(`unread ${unread}`);
      },
      waiting: (why) => assert.fail(why),
      beginAnew: (why) => assert.fail(why),
    };
    await followMessages(open, sink, optionsFor({ from: 'latest', untilEnd: true }));
    assert.deepEqual(order, ['unread 0', 'closed']);
  });

  it('counts what is unread, and what retention deletes before it is read, and goes on', async (t) => {
    const dir = join(tempFolder(t), 'log');
    const retentionBytes = 1_000_000;
    const { publish } = await openResults(t, dir, retentionBytes);
    await publish('first');
    const stop = new AbortController();
    const seen: string[] = [];
    let unreadMax = 0;
    let lost = 0;
    const sink: MessageSink = {
      take: async (value) => {
        seen.push(Buffer.from(value.subarray(0, 5)).toString());
        if (seen.length > 1) return;
        for (let count = 0; count < 60; count++) await publish(`${String(count).padStart(5)}${'x'.repeat(50_000)}`);
        await publish('last!');
      },
      progress: ({ unread, lostRecords }) => {
        unreadMax = Math.max(unreadMax, unread);
        lost = lostRecords;
        if (seen.at(-1) === 'last!' && unread === 0) stop.abort();
      },
      waiting: () => undefined,
      beginAnew: (why) => assert.fail(why),
    };
    await followMessages(() => openEmbeddedLog({ dir }), sink, optionsFor({ signal: stop.signal }));
    assert.ok(lost > 0 && unreadMax > 0);
    assert.equal(seen.length + lost, 62);
    assert.deepEqual(
      seen.slice(1, -1),
      Array.from({ length: 60 - lost }, (_, i) => String(i + lost).padStart(5)),
    );
  });

  it('waits for a log that goes away, and reads on from where it was', async (t) => {
    const dir = join(tempFolder(t), 'log');
    const { publish } = await openResults(t, dir);
    await publish('0');
    const log = await openEmbeddedLog({ dir });
    const readers: LogReader[] = [];
    /** Fails as brokers do that stay away: the first reader at its second read, and the next one when it is opened. */
    const openReader: Transport['openReader'] = async (...args) => {
      if (readers.length === 1 && reasons.length === 1) throw away('open');
      const reader = await log.openReader(...args);
      readers.push(reader);
      if (readers.length > 1) return reader;
      let reads = 0;
      return new Proxy(reader, {
        get: (target, name) => {
          if (name === 'read')
            return (options: ReadOptions) => (reads++ > 0 ? Promise.reject(away('read')) : target.read(options));
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
    };
    const away = (what: string): DtstreamError => new DtstreamError('transport', `cannot ${what}`, { retryable: true });
    const stop = new AbortController();
    const seen: string[] = [];
    const reasons: string[] = [];
    const sink: MessageSink = {
      take: (value) => {
        seen.push(Buffer.from(value).toString());
        if (seen.length === 3) stop.abort();
      },
      progress: () => undefined,
      waiting: (why) => {
        reasons.push(why);
        void publish(String(reasons.length));
      },
      beginAnew: (why) => assert.fail(why),
    };
    const topics: Transport['topics'] = (names) => log.topics(names);
    const transport = { openReader, topics, close: () => log.close() } as Partial<Transport> as Transport;
    await followMessages(
      () => Promise.resolve(transport),
      sink,
      optionsFor({ signal: AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]) }),
    );
    assert.deepEqual({ seen, reasons }, { seen: ['0', '1', '2'], reasons: ['cannot read', 'cannot open'] });
    await assert.rejects(
      followMessages(() => Promise.reject(away('open')), sink, optionsFor({ waits: false })),
      /cannot open/,
    );
  });

  it('dates what was there before it came to when it was appended, and the rest to now', async (t) => {
    const dir = join(tempFolder(t), 'log');
    const { publish } = await openResults(t, dir);
    await publish('old');
    const startMs = Date.now();
    while (Date.now() <= startMs) await new Promise(setImmediate);
    const stop = new AbortController();
    const arrivals: { receivedMs: number; appendedMs?: number }[] = [];
    const sink: MessageSink = {
      take: async (_, arrival) => {
        arrivals.push(arrival);
        if (arrivals.length === 1) await publish('new');
        else stop.abort();
      },
      progress: () => undefined,
      waiting: () => undefined,
      beginAnew: (why) => assert.fail(why),
    };
    await followMessages(() => openEmbeddedLog({ dir }), sink, optionsFor({ signal: stop.signal }));
    const [old, fresh] = arrivals;
    assert.ok(old.receivedMs <= startMs && old.receivedMs === old.appendedMs);
    assert.ok(fresh.receivedMs > startMs);
  });

  it('fails at once on what no waiting helps', async (t) => {
    const dir = tempFolder(t, { 'notes.txt': 'not a store' });
    const sink: MessageSink = {
      take: () => undefined,
      progress: () => undefined,
      waiting: () => undefined,
      beginAnew: () => undefined,
    };
    await assert.rejects(
      followMessages(() => openEmbeddedLog({ dir, create: false }), sink, optionsFor({})),
      { code: 'store', message: /must be empty or a dtstream store/ },
    );
  });

  for (const [what, takeAway] of Object.entries({
    deleted: (dir: string) => rmSync(dir, { recursive: true }),
    moved: (dir: string) => renameSync(dir, `${dir}.old`),
  })) {
    it(`begins anew with the log that takes the place of one that was ${what}, and says so once`, async (t) => {
      const dir = join(tempFolder(t), 'log');
      const { publish } = await openResults(t, dir);
      await publish('0', '1');
      const stop = new AbortController();
      const seen: string[] = [];
      const sink: MessageSink = {
        take: (value) => {
          seen.push(Buffer.from(value).toString());
          if (seen.length === 2) takeAway(dir);
          if (seen.length === 5) stop.abort();
        },
        progress: () => undefined,
        waiting: () => undefined,
        beginAnew: async (why) => {
          seen.push(why.replace(/.*: /, ''));
          const { publish: publishAnew } = await openResults(t, dir);
          await publishAnew('2');
          await publishAnew('3');
        },
      };
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(30_000)]);
      await followMessages(() => openEmbeddedLog({ dir, create: false }), sink, optionsFor({ signal }));
      const rule = 'the store must stay where it is while it is in use, but was deleted, moved or replaced';
      assert.deepEqual(seen, ['0', '1', rule, '2', '3']);
    });
  }

  it('fails when the log goes away and it is not to wait', async (t) => {
    const dir = join(tempFolder(t), 'log');
    const { publish } = await openResults(t, dir);
    await publish('0');
    const sink: MessageSink = {
      take: () => rmSync(dir, { recursive: true }),
      progress: () => undefined,
      waiting: (why) => assert.fail(why),
      beginAnew: (why) => assert.fail(why),
    };
    await assert.rejects(
      followMessages(() => openEmbeddedLog({ dir }), sink, optionsFor({ waits: false })),
      { code: 'gone' },
    );
  });
});
