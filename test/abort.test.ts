import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { DtstreamError } from '../src/errors.js';
import { isAbortOf, untilAborted } from '../src/abort.js';

/** What a call rejects with whose signal aborts while it waits, and the signal. */
async function abortOf(call: (signal: AbortSignal) => Promise<unknown>): Promise<readonly [AbortSignal, unknown]> {
  const controller = new AbortController();
  const failed = call(controller.signal).then(
    () => assert.fail('nothing was aborted'),
    (error: unknown) => error,
  );
  controller.abort();
  return [controller.signal, await failed];
}

describe('isAbortOf', () => {
  const calls = {
    'a timer': (signal: AbortSignal) => delay(60_000, undefined, { signal }),
    'a stream': (signal: AbortSignal) => pipeline(new PassThrough(), new PassThrough(), { signal }),
    'a file': (signal: AbortSignal) => readFile(new URL(import.meta.url), { signal }),
    'a promise without end': (signal: AbortSignal) => untilAborted(new Promise(() => undefined), signal),
    'a combined signal': (signal: AbortSignal) =>
      delay(60_000, undefined, { signal: AbortSignal.any([signal, new AbortController().signal]) }),
  };
  for (const [name, call] of Object.entries(calls)) {
    it(`knows what ${name} rejects with`, async () => {
      const [signal, error] = await abortOf(call);
      assert.ok(isAbortOf(signal, error));
      assert.ok(isAbortOf(signal, new DtstreamError('input', 'cannot read run.csv', { cause: error })));
      assert.equal(isAbortOf(new AbortController().signal, error), false);
      assert.equal(isAbortOf(AbortSignal.abort(), error), false);
    });
  }

  it('takes no other failure for it, whatever the signal says', async () => {
    const signal = AbortSignal.abort();
    const failure: unknown = await open('/no/such/file').catch((error: unknown) => error);
    for (const error of [failure, new TypeError('a bug'), undefined, 'text', new Error('aborted')]) {
      assert.equal(isAbortOf(signal, error), false);
      assert.equal(isAbortOf(undefined, error), false);
    }
  });

  it('comes to an end where errors caused each other in a ring', () => {
    const first = new Error('first');
    const second = new Error('second', { cause: first });
    first.cause = second;
    assert.equal(isAbortOf(AbortSignal.abort(), first), false);
  });
});

describe('untilAborted', () => {
  it('comes to what the promise comes to, and leaves nothing at the signal', async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(Promise.resolve(7), signal), 7);
    await assert.rejects(untilAborted(Promise.reject(new TypeError('a bug')), signal), TypeError);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });
});
