import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { StreamReader } from '../../../src/sources/files/stream-reader.js';
import { readAll, readUntilEnd } from '../read-all.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

describe('StreamReader', () => {
  test('delivers the same bytes for any chunks of the stream and any targets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), sizes, async (chunks, targets) => {
        const stream = Readable.from(
          chunks.map((chunk) => Buffer.from(chunk)),
          { objectMode: false },
        );
        const reader = new StreamReader('stdin', stream);
        assert.deepEqual(await readAll(reader, targets), Buffer.concat(chunks));
        assert.equal(reader.bytesDone, Buffer.concat(chunks).length);
      }),
    );
  });

  test('an abort ends the wait for a silent writer with the reason of the signal', async () => {
    const stop = new AbortController();
    const reader = new StreamReader('stdin', new PassThrough(), stop.signal);
    const reading = reader.read(new Uint8Array(8));
    stop.abort(new Error('told to stop'));
    await assert.rejects(reading, /told to stop/);
    await assert.rejects(reader.read(new Uint8Array(8)), /told to stop/);
    await reader.close();
  });

  test('closing ends the wait for a silent writer as the end', async () => {
    const stream = new PassThrough();
    const reader = new StreamReader('stdin', stream);
    const reading = reader.read(new Uint8Array(8));
    await reader.close();
    await reader.close();
    assert.equal(await reading, 0);
    assert.ok(stream.destroyed);
  });

  test('a failure of the stream names it and the offset', async () => {
    const stream = new PassThrough();
    stream.write('abc');
    const reader = new StreamReader('stdin', stream);
    assert.equal(await reader.read(new Uint8Array(8)), 3);
    stream.destroy(new Error('broken'));
    const { failure } = await readUntilEnd(reader);
    assert.match(String(failure), /cannot read stdin: at offset 3: broken/);
  });

  test('a failure is told as such although the signal aborts at that moment', async () => {
    const stop = new AbortController();
    const next = (): Promise<IteratorResult<Uint8Array, undefined>> => {
      stop.abort();
      return Promise.reject(new Error('broken'));
    };
    const stream = Object.assign(new PassThrough(), { [Symbol.asyncIterator]: () => ({ next }) });
    const reading = new StreamReader('stdin', stream, stop.signal).read(new Uint8Array(8));
    await assert.rejects(reading, { code: 'input', message: 'cannot read stdin: at offset 0: broken' });
  });
});
