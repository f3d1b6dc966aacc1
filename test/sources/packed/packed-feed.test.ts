import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PackedFeed } from '../../../src/sources/packed/packed-feed.js';
import { MemoryReader } from '../memory-reader.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

describe('PackedFeed', () => {
  test('shows the bytes in order, whatever is looked at and taken, and knows where it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), sizes, sizes, async (bytes, pieces, looks) => {
        const feed = new PackedFeed(new MemoryReader(bytes, pieces), 20);
        for (let turn = 0; feed.offset < bytes.length; turn++) {
          const count = looks[turn % looks.length];
          const seen = await feed.look(count);
          assert.ok(seen.length >= Math.min(count, bytes.length - feed.offset));
          assert.deepEqual(Buffer.from(seen), Buffer.from(bytes.subarray(feed.offset, feed.offset + seen.length)));
          feed.take(Math.min(count, seen.length));
        }
        assert.equal((await feed.look(1)).length, 0);
      }),
    );
  });

  test('reads little at first and no more than its memory later', async () => {
    const inner = new MemoryReader(Buffer.alloc(100_000));
    const feed = new PackedFeed(inner, 4096);
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      seen.push((await feed.look(1)).length);
      feed.take(seen[turn]);
    }
    assert.deepEqual(seen, [1024, 2048, 4096, 4096]);
  });

  test('passes over padding and says whether anything follows', async () => {
    const feed = new PackedFeed(new MemoryReader('\0\0 \r\n\tx\n', [3]), 64);
    assert.equal(await feed.skipPadding(), true);
    assert.equal(feed.offset, 6);
    feed.take(1);
    assert.equal(await feed.skipPadding(), false);
    assert.equal(feed.offset, 8);
  });
});
