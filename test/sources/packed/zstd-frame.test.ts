import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readZstdBlock, readZstdHeader, skippableBytes, zstdMagic } from '../../../src/sources/packed/zstd-frame.js';
import { packedFrame, rawFrame, repeatedFrame, skippableFrame } from './zstd-frames.js';

describe('a Zstandard frame', () => {
  test('is known by its first four bytes, as is a skippable one', () => {
    assert.equal(zstdMagic(rawFrame([])), 'frame');
    assert.equal(zstdMagic(skippableFrame(Buffer.alloc(3), 15)), 'skippable');
    for (const head of [Buffer.alloc(0), rawFrame([]).subarray(0, 3), Buffer.from('2,0,5')]) {
      assert.equal(zstdMagic(head), undefined);
    }
  });

  test('says what it needs and holds', async () => {
    assert.deepEqual(readZstdHeader(rawFrame([Buffer.from('hits')], { windowLog: 20, checksum: true })), {
      headerBytes: 6,
      windowBytes: 2 ** 20,
      hasChecksum: true,
      contentBytes: undefined,
      dictionary: 0,
    });
    for (const bytes of [0, 1, 255, 256, 65_791, 65_792, 1_000_000]) {
      const header = readZstdHeader(await packedFrame(Buffer.alloc(bytes)));
      assert.ok(typeof header === 'object');
      assert.equal(header.contentBytes, bytes);
      assert.ok(header.windowBytes >= Math.min(bytes, 1024));
    }
    const withDictionary = readZstdHeader(rawFrame([], { dictionary: 77 }));
    assert.ok(typeof withDictionary === 'object');
    assert.deepEqual([withDictionary.dictionary, withDictionary.headerBytes], [77, 7]);
  });

  test('has windows of any eighth, and one as large as what it holds where it is of one segment', () => {
    const header = (...bytes: number[]): unknown => {
      const read = readZstdHeader(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes]));
      return typeof read === 'object' ? [read.windowBytes, read.contentBytes, read.headerBytes] : read;
    };
    assert.deepEqual(header(0, 0b00001_011), [2048 + 3 * 256, undefined, 6]);
    assert.deepEqual(header(0, 0xff), [2 ** 41 * 1.875, undefined, 6]);
    assert.deepEqual(header(0x20, 9), [9, 9, 6]);
    assert.deepEqual(header(0x60, 1, 1), [513, 513, 7]);
    assert.deepEqual(header(0xa0, 1, 0, 1, 0), [65_537, 65_537, 9]);
    assert.deepEqual(header(0xe0, 0, 0, 0, 0, 1, 0, 0, 0), [2 ** 32, 2 ** 32, 13]);
    assert.equal(header(0x08, 0), 'reserved');
    assert.equal(header(), undefined);
    assert.equal(header(0xe0, 0, 0, 0), undefined);
  });

  test('has blocks of three kinds', () => {
    const block = (frame: Buffer): unknown => readZstdBlock(frame.subarray(6, 9));
    assert.deepEqual(block(rawFrame([Buffer.alloc(5), Buffer.alloc(1)])), {
      isLast: false,
      type: 'raw',
      packedBytes: 5,
      contentBytes: 5,
    });
    assert.deepEqual(block(repeatedFrame(0x41, 1000)), {
      isLast: true,
      type: 'repeated',
      packedBytes: 1,
      contentBytes: 1000,
    });
    const { type, contentBytes } = readZstdBlock(Buffer.from([0b1000_0101, 1, 0]));
    assert.deepEqual([type, contentBytes], ['packed', undefined]);
  });

  test('that is skippable says how long it is', () => {
    assert.equal(skippableBytes(skippableFrame(Buffer.alloc(300))), 308);
  });
});
