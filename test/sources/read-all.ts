import assert from 'node:assert/strict';
import type { ByteReader } from '../../src/sources/byte-reader.js';

/** What a reader delivers to its end or first failure, taken in targets of the given sizes, again and again. */
export async function readUntilEnd(
  reader: Pick<ByteReader, 'read'>,
  sizes: readonly number[] = [65_536],
): Promise<{ bytes: Buffer; failure: unknown }> {
  const parts: Uint8Array[] = [];
  try {
    for (let turn = 0; ; turn++) {
      const target = new Uint8Array(sizes[turn % sizes.length]);
      const count = await reader.read(target);
      if (count === 0) return { bytes: Buffer.concat(parts), failure: undefined };
      parts.push(target.subarray(0, count));
    }
  } catch (failure) {
    return { bytes: Buffer.concat(parts), failure };
  }
}

/** All bytes of a reader that does not fail. */
export async function readAll(reader: Pick<ByteReader, 'read'>, sizes?: readonly number[]): Promise<Buffer> {
  const { bytes, failure } = await readUntilEnd(reader, sizes);
  assert.ifError(failure);
  return bytes;
}
