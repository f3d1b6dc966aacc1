import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ChunkBuffer, ChunkBuffers } from '../../../src/pipeline/buffers/chunk-buffers.js';

describe('ChunkBuffers', () => {
  it('has no more buffers than it was made with, and gives them in the order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 }), async (count, asked) => {
        const buffers = new ChunkBuffers({ count, chunkBytes: 64 });
        const given: { readonly number: number; readonly buffer: ChunkBuffer }[] = [];
        for (let number = 0; number < asked; number++) {
          void buffers.acquire().then((buffer) => given.push({ number, buffer }));
        }
        for (let released = 0; released < asked; released++) {
          await new Promise(setImmediate);
          assert.equal(given.length, Math.min(asked, released + count));
          buffers.release(given[released].buffer);
        }
        assert.deepEqual(
          given.map(({ number }) => number),
          Array.from({ length: asked }, (_, number) => number),
        );
        assert.ok(new Set(given.map(({ buffer }) => buffer)).size <= count);
      }),
    );
  });

  it('makes one of its own for what they cannot hold', async () => {
    const buffers = new ChunkBuffers({ count: 1, chunkBytes: 64 });
    const usual = await buffers.takeFor(64);
    const large = await buffers.takeFor(65);
    assert.equal(large.bytes.length, 65);
    buffers.release(large);
    buffers.release(usual);
    assert.equal(await buffers.acquire(), usual);
  });
});
