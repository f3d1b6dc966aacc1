import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type Compression, compressions } from '../../../src/transport/kafka/compression.js';
import { codecOf, loadCodec } from '../../../src/transport/kafka/wire/codecs.js';
import { lz4BytesMax } from '../../../src/transport/kafka/wire/lz4-frame.js';
import { snappyBytes } from '../../../src/transport/kafka/wire/snappy-blocks.js';
import { zstdBytes } from '../../../src/transport/kafka/wire/zstd-frame.js';

const bytes = Buffer.from('2,0,72,46758,279,18\n'.repeat(30_000));

/** Few bytes that say of themselves that they unpack to far more than a batch may have. */
const bombs: Readonly<Record<'snappy' | 'lz4' | 'zstd', Buffer>> = {
  snappy: Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]),
  // 100 empty blocks of 4 MiB at most.
  lz4: Buffer.concat([
    Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]),
    ...Array.from({ length: 100 }, () => Buffer.from([1, 0, 0, 0, 0])),
    Buffer.alloc(4),
  ]),
  zstd: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0xff, 0xff, 0xff, 0x7f, 0]),
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
    it(`${compression} refuses what would unpack to more than a batch may have, before it does`, () => {
      assert.throws(() => codecOf(compression).unpack(bomb), { code: 'transport', message: /at most 268435456 bytes/ });
    });

    it(`${compression} fails on bytes that are cut or of something else`, () => {
      const codec = codecOf(compression);
      assert.throws(() => codec.unpack(codec.pack(bytes).subarray(0, 40)));
      assert.throws(() => codec.unpack(bytes));
    });
  }

  it('know how much comes out', () => {
    assert.equal(snappyBytes(codecOf('snappy').pack(bytes)), bytes.length);
    assert.equal(zstdBytes(codecOf('zstd').pack(bytes)), bytes.length);
    const lz4Max = lz4BytesMax(codecOf('lz4').pack(bytes));
    assert.ok(lz4Max >= bytes.length && lz4Max < bytes.length + (4 << 20));
  });
});
