import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ZstdDecoder } from '../../../src/sources/packed/zstd-decoder.js';
import { rawFrame } from './zstd-frames.js';

test('a decoder tells whether a frame is whole and right, and goes on with the next one', async () => {
  const frame = rawFrame([Buffer.from('hits')], { checksum: true });
  const broken = Buffer.concat([frame.subarray(0, -1), Buffer.from([frame[frame.length - 1] ^ 1])]);
  const decode = (decoder: ZstdDecoder, bytes: Uint8Array): string => {
    const pieces = [bytes.subarray(0, 6), bytes.subarray(6, 13), bytes.subarray(13)];
    return pieces.map((piece) => Buffer.from(decoder.decode(piece)).toString()).join('');
  };
  const decoder = await ZstdDecoder.open();
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(decode(decoder, frame), 'hits');
    assert.ok(decoder.isAtEndOfFrame());
  }
  assert.equal(decode(decoder, frame.subarray(0, -1)), 'hits');
  assert.ok(!decoder.isAtEndOfFrame());
  decoder.close();
  const other = await ZstdDecoder.open();
  assert.equal(decode(other, broken), 'hits');
  assert.ok(!other.isAtEndOfFrame());
  other.close();
  other.close();
  assert.equal(decode(other, frame), '');
});
