import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Compression, compressions } from '../../../src/transport/kafka/writing/compression.js';
import { gzipSync } from 'node:zlib';
import { Zstd } from '@hpcc-js/wasm-zstd';
import { decodeWithinBounds } from '../../helpers/assert/total.js';
import { codecOf, loadCodec } from '../../../src/transport/kafka/protocol/codecs.js';
import { lz4BytesMax } from '../../../src/transport/kafka/protocol/lz4-frame.js';
import { snappyBytes } from '../../../src/transport/kafka/protocol/snappy-blocks.js';

const bytes = Buffer.from('2,0,72,46758,279,18\n'.repeat(30_000));

/** A Zstandard frame that does not say how much comes out: blocks of 128 KiB of one byte. */
const zstdOfOneByte = (blocks: number): Buffer =>
  Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]),
    ...Array.from({ length: blocks }, (_, block) => {
      const head = Buffer.alloc(4, 0x41);
      head.writeUIntLE(((128 << 10) << 3) | (1 << 1) | (block === blocks - 1 ? 1 : 0), 0, 3);
      return head;
    }),
  ]);

/** Few bytes that unpack to far more than a batch may have, or say so of themselves. */
const bombs: Readonly<Record<Exclude<Compression, 'none'>, Buffer>> = {
  gzip: gzipSync(Buffer.alloc(300 << 20), { level: 9 }),
  snappy: Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
  // 100 empty blocks of 4 MiB at most.
  lz4: Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]),
    ...Array.from({ length: 100 }, () => Buffer.from([1, 0, 0, 0, 0])),
    Buffer.alloc(4),
  ]),
  zstd: zstdOfOneByte(3000),
};

describe('codecs of packed records', () => {
  before(() => Promise.all(compressions.map(loadCodec)));

  for (const compression of compressions) {
    it(`${compression} gives back what it has packed`, () => {
      const codec = codecOf(compression);
      assert.deepEqual(Buffer.from(codec.unpack(codec.pack(bytes))), bytes);
    });
  }

  for (const [compression, bomb] of Object.entries(bombs) as [Compression, Buffer][]) {
    it(`${compression} refuses what would unpack to more than a batch may have`, () => {
      assert.throws(() => codecOf(compression).unpack(bomb), {
        code: 'transport',
        message: /at most 268435456 bytes, got/,
      });
    });

    it(`${compression} fails on bytes that are cut or of something else`, () => {
      const codec = codecOf(compression);
      assert.throws(() => codec.unpack(codec.pack(bytes).subarray(0, 40)));
      assert.throws(() => codec.unpack(bytes));
    });
  }

  it('zstd takes frames that do not say how much comes out, several, and such that hold nothing', async () => {
    const zstd = await Zstd.load();
    zstd.reset();
    const stream = Buffer.concat([zstd.compressChunk(bytes), zstd.compressEnd()]);
    const skipped = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const codec = codecOf('zstd');
    assert.deepEqual(Buffer.from(codec.unpack(stream)), bytes);
    assert.deepEqual(
      Buffer.from(codec.unpack(Buffer.concat([skipped, stream, codec.pack(bytes)]))),
      Buffer.concat([bytes, bytes]),
    );
    assert.equal(codec.unpack(codec.pack(new Uint8Array(0))).length, 0);
    assert.equal(codec.unpack(zstdOfOneByte(1000)).length, 1000 * (128 << 10));
  });

  it('zstd fails on a block that is damaged, and never gives the part before it', () => {
    const packed = Buffer.from(codecOf('zstd').pack(bytes));
    const changed = Array.from({ length: packed.length }, (_, place) => {
      const copy = Buffer.from(packed);
      copy[place] ^= 0x40;
      return copy;
    });
    for (const copy of changed) {
      const unpacked = decodeWithinBounds(() => codecOf('zstd').unpack(copy));
      assert.ok(unpacked === undefined || unpacked.length === bytes.length, 'whole, if with other bytes');
    }
  });

  it('know how much comes out', () => {
    assert.equal(snappyBytes(codecOf('snappy').pack(bytes)), bytes.length);
    const lz4Max = lz4BytesMax(codecOf('lz4').pack(bytes));
    assert.ok(lz4Max >= bytes.length && lz4Max < bytes.length + (4 << 20));
  });
});
