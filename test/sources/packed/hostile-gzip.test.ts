import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { DtstreamError } from '../../../src/errors.js';
import { GunzipReader } from '../../../src/sources/packed/gunzip-reader.js';
import { arbitraryBytes, mutatedBytes } from '../../helpers/random/mutated-bytes.js';
import { RandomSource } from '../../helpers/random/random-source.js';
import { MemoryReader } from '../memory-reader.js';
import { readUntilEnd } from '../read-all.js';

const lines = Buffer.from('2,0,72,46758,279,18\n'.repeat(40));
const whole = Buffer.concat([gzipSync(lines), gzipSync(lines, { level: 0 }), gzipSync(Buffer.alloc(0))]);
/** Far above what a case takes: a hang fails, a slow machine does not. */
const caseLimitMs = 10_000;

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`must end within ${caseLimitMs} ms`)), caseLimitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

describe('gzip of anybody', () => {
  it('ends with its bytes or an error that names it, whatever is wrong with it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, isArbitrary) => {
        const random = new RandomSource(seed);
        const packed = isArbitrary
          ? Buffer.concat([whole.subarray(0, random.below(20)), arbitraryBytes(random)])
          : mutatedBytes(whole, random);
        const pieces = [1 + random.below(40), 1 + random.below(2000)];
        const reader = new GunzipReader('run.csv.gz', new MemoryReader(packed, pieces));
        const { bytes, failure } = await inTime(readUntilEnd(reader));
        await inTime(reader.close());
        if (failure === undefined) return;
        assert.ok(failure instanceof DtstreamError && failure.message.includes('run.csv.gz'));
        assert.ok(bytes.length <= 1100 * Math.max(20, packed.length));
      }),
      { numRuns: 300 },
    );
  });
});
