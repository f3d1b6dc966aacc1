import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChunkBuffers } from '../../../src/pipeline/buffers/chunk-buffers.js';
import { type ByteSource, loadedChunks } from '../../../src/pipeline/direct/loaded-chunks.js';
import { ReaderSource } from '../../../src/sources/reader-source.js';
import { StreamReader } from '../../../src/sources/files/stream-reader.js';
import { memorySource } from '../../helpers/program/direct.js';

/** A pipe as a source of lines. */
function pipeSource(): { pipe: PassThrough; source: ReaderSource } {
  const pipe = new PassThrough();
  const reader = new StreamReader('pipe', pipe);
  return { pipe, source: new ReaderSource('pipe', { format: 'csv', reader, offset: undefined, signal: undefined }) };
}

describe('loadedChunks', () => {
  it('gives whole lines that are there when a pipe falls silent, and goes on after them', async () => {
    const { pipe, source } = pipeSource();
    const chunks = loadedChunks(source, new ChunkBuffers({ count: 3, chunkBytes: 64 }), { quietMs: 1 });
    const next = async (): Promise<string | undefined> => {
      const result = await chunks.next();
      if (result.done === true) return undefined;
      const { value } = result;
      const text = Buffer.from(value.buffer.bytes.slice(0, value.length)).toString();
      value.release();
      return text;
    };
    pipe.write('one\ntwo\nth');
    assert.equal(await next(), 'one\ntwo\n');
    pipe.write('ree\n');
    assert.equal(await next(), 'three\n');
    pipe.end('four');
    assert.equal(await next(), 'four\n');
    assert.equal(await next(), undefined);
  });

  it('loses and repeats nothing, whenever the pipe is silent', async () => {
    const pieces = fc.array(fc.tuple(fc.stringMatching(/^[a-z\n]{0,40}$/), fc.boolean()), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, async (list) => {
        const { pipe, source } = pipeSource();
        const written = (async () => {
          for (const [text, isSilentAfter] of list) {
            if (text.length > 0 && !pipe.write(text)) await once(pipe, 'drain');
            if (isSilentAfter) await new Promise((resolve) => setTimeout(resolve, 2));
          }
          pipe.end();
        })();
        let found = '';
        const buffers = new ChunkBuffers({ count: 3, chunkBytes: 512 });
        for await (const { buffer, length, release } of loadedChunks(source, buffers, { quietMs: 0 })) {
          found += Buffer.from(buffer.bytes.slice(0, length)).toString();
          release();
        }
        await written;
        const text = list.map(([piece]) => piece).join('');
        assert.equal(found, text === '' || text.endsWith('\n') ? text : `${text}\n`);
      }),
    );
  });

  for (const [title, error] of [
    ['fails with what a source failed with at the moment of an abort', new Error('the disk is broken')],
    ['does not fail when a source gives up because of the signal', undefined],
  ] as const) {
    it(`gives the rows before it, and ${title}`, async () => {
      const stop = new AbortController();
      let reads = 0;
      const source: ByteSource = {
        ...memorySource(new Uint8Array(0), 'csv'),
        read: (target) => {
          if (reads++ === 0) return Promise.resolve(new TextEncoder().encodeInto('one\ntwo', target).written);
          stop.abort();
          return Promise.reject(error ?? new Error('aborted', { cause: stop.signal.reason }));
        },
      };
      const buffers = new ChunkBuffers({ count: 3, chunkBytes: 64 });
      let found = '';
      let failure: unknown;
      try {
        for await (const { buffer, length } of loadedChunks(source, buffers, { signal: stop.signal })) {
          found += Buffer.from(buffer.bytes.slice(0, length)).toString();
        }
      } catch (thrown) {
        failure = thrown;
      }
      assert.deepEqual([found, failure], ['one\n', error]);
    });
  }

  it('goes on after a hole that is longer than its buffers', async () => {
    const { pipe, source } = pipeSource();
    const bytes = Buffer.from(`one\ncut${'\0'.repeat(300_000)}two\nthree\n`);
    for (let at = 0; at < bytes.length; at += 10_007) pipe.write(bytes.subarray(at, at + 10_007));
    pipe.end();
    let found = '';
    const buffers = new ChunkBuffers({ count: 3, chunkBytes: 20_000 });
    for await (const { buffer, length, release } of loadedChunks(source, buffers)) {
      found += Buffer.from(buffer.bytes.slice(0, length)).toString();
      release();
    }
    assert.equal(found.replace(/\0{4096,}/, '…'), 'one\ncut…two\nthree\n');
  });
});
