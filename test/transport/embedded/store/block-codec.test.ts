import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DtstreamError } from '../../../../src/errors.js';
import {
  blockBytesMax,
  decodeBlock,
  encodeBlock,
  splitIntoBlocks,
} from '../../../../src/transport/embedded/store/block-codec.js';
import { recordsOf } from '../../records.js';
import { batches } from '../batch-arbitrary.js';

describe('blocks', () => {
  it('hold the records of a batch, in order, when they are put together again', () => {
    fc.assert(
      fc.property(batches(1), fc.nat(), (batch, timestampMs) => {
        let firstOffset = 0;
        const read = splitIntoBlocks(batch).flatMap((range) => {
          const block = decodeBlock(encodeBlock(batch, range, timestampMs), () => 'a block');
          assert.equal(block.timestampMs, timestampMs);
          assert.equal(block.valueEnds.length, range.to - range.from);
          const records = recordsOf([{ partition: 0, firstOffset, nextOffset: 0, ...block }], 'latin1');
          firstOffset += records.length;
          return records;
        });
        assert.deepEqual(read, recordsOf([{ ...batch, firstOffset: 0, nextOffset: 0, timestampMs }], 'latin1'));
      }),
      { numRuns: 60 },
    );
  });

  it('are not larger than the limit unless a record alone is', () => {
    fc.assert(
      fc.property(batches(1), (batch) => {
        for (const range of splitIntoBlocks(batch)) {
          const { length } = encodeBlock(batch, range, 0);
          assert.ok(length <= blockBytesMax || range.to - range.from === 1, `${length} bytes`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are as few as the limit allows for messages of 4096 words', () => {
    const values = new Uint8Array(8 * 4096 * 8);
    const valueEnds = Uint32Array.from({ length: 8 }, (_, i) => (i + 1) * 4096 * 8);
    assert.deepEqual(
      splitIntoBlocks({ partition: 0, headers: { 'content-type': 'application/x-dt-words' }, values, valueEnds }),
      [
        { from: 0, to: 4 },
        { from: 4, to: 8 },
      ],
    );
  });

  it('share their values with the bytes they were read from', () => {
    const batch = { partition: 0, headers: {}, values: Uint8Array.of(1, 2, 3), valueEnds: Uint32Array.of(1, 3) };
    const bytes = encodeBlock(batch, { from: 0, to: 2 }, 0);
    assert.equal(decodeBlock(bytes, () => 'a block').values.buffer, bytes.buffer);
  });

  const refused = (changed: Uint8Array): void => {
    assert.throws(
      () => decodeBlock(changed, () => 'block 0'),
      (error) => error instanceof DtstreamError && error.code === 'store' && error.message.includes('block 0'),
    );
  };

  it('are refused when any byte of a small one has changed or is missing', () => {
    const batch = {
      partition: 0,
      headers: { a: 'b' },
      values: Uint8Array.of(1, 2, 3),
      valueEnds: Uint32Array.of(1, 3),
    };
    const bytes = encodeBlock(batch, { from: 0, to: 2 }, 1);
    for (let i = 0; i < bytes.length; i++) {
      const changed = bytes.slice();
      changed[i] ^= 1;
      refused(changed);
      refused(bytes.slice(0, i));
    }
  });

  it('are refused when a sector of a large one was overwritten, or its end is missing', () => {
    const values = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) % 251);
    const batch = { partition: 0, headers: {}, values, valueEnds: Uint32Array.of(values.length) };
    const bytes = encodeBlock(batch, { from: 0, to: 1 }, 1);
    for (let at = 0; at + 512 <= bytes.length; at += 512) {
      refused(bytes.slice().fill(0, at, at + 512));
      refused(bytes.slice(0, at));
    }
  });

  it('are read from bytes that begin anywhere in memory', () => {
    const batch = { partition: 0, headers: {}, values: Uint8Array.of(1, 2, 3), valueEnds: Uint32Array.of(1, 3) };
    const bytes = encodeBlock(batch, { from: 0, to: 2 }, 0);
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    assert.deepEqual([...decodeBlock(shifted, () => 'a block').valueEnds], [1, 3]);
  });
});
