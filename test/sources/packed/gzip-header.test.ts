import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  gzipHeaderBytes,
  gzipHeaderBytesMax,
  looksLikeGzip,
  takeGzipHeader,
} from '../../../src/sources/packed/gzip-header.js';
import { PackedFeed } from '../../../src/sources/packed/packed-feed.js';
import { MemoryReader } from '../memory-reader.js';

test('gzip is known by its header at every level, whole or cut, and by nothing less', () => {
  for (const level of [1, 6, 9]) {
    const packed = gzipSync('hits', { level });
    for (const length of [2, 3, 9, 10, packed.length]) assert.ok(looksLikeGzip(packed.subarray(0, length)));
  }
  const text = Buffer.from('2,0,5,100,200,3');
  const words = Buffer.from([0x1f, 0x8b, 0x08, 0xff, 0, 0, 0, 0, 0x12, 0]);
  for (const head of [Buffer.alloc(0), text, words, Buffer.from([0x1f])]) assert.ok(!looksLikeGzip(head));
});

describe('takeGzipHeader', () => {
  const feedOf = (bytes: Uint8Array): PackedFeed =>
    new PackedFeed(new MemoryReader(bytes, [100_000]), gzipHeaderBytesMax);

  test('goes on behind the header, however long its fields are', async () => {
    for (const length of [0, 1, 65_535]) {
      const extra = Buffer.concat([Buffer.from([length & 0xff, length >> 8]), Buffer.alloc(length, 1)]);
      const name = Buffer.concat([Buffer.alloc(length, 'n'), Buffer.alloc(1)]);
      const header = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 28, 0, 0, 0, 0, 0, 3]), extra, name, name]);
      const feed = feedOf(Buffer.concat([header, Buffer.from('body')]));
      assert.equal(await takeGzipHeader(feed), undefined);
      assert.equal(feed.offset, header.length);
      assert.equal(Buffer.from(await feed.look(4)).toString('latin1', 0, 4), 'body');
    }
  });

  test('says what is wrong', async () => {
    const start = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    const problemOf = (bytes: readonly number[]): ReturnType<typeof takeGzipHeader> =>
      takeGzipHeader(feedOf(Buffer.from(bytes)));
    assert.equal(await problemOf(start.slice(0, gzipHeaderBytes - 1)), 'cut');
    assert.equal(await problemOf(start.with(3, 4)), 'cut');
    assert.equal(await problemOf([...start.with(3, 8), 0x41]), 'cut');
    assert.deepEqual(await problemOf(start.with(1, 0)), { problem: 'it does not begin with 1f 8b' });
    assert.deepEqual(await problemOf(start.with(2, 7)), { problem: 'its method must be 8 (deflate), got 7' });
    assert.deepEqual(await problemOf(start.with(3, 0x20)), { problem: 'flag bits 5-7 must be 0, got 32' });
    assert.deepEqual(await problemOf([...start.with(3, 2), 0, 0]), { problem: 'its checksum is wrong' });
    const endless = Buffer.concat([Buffer.from(start.with(3, 8)), Buffer.alloc(100_000, 'n')]);
    assert.deepEqual(await takeGzipHeader(feedOf(endless)), {
      problem: 'its name or comment must be shorter than 65536 bytes',
    });
  });
});
