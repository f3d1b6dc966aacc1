import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { GunzipReader } from '../../src/sources/gunzip-reader.js';
import { MemoryReader } from './memory-reader.js';
import { readAll, readUntilEnd } from './read-all.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

/** Text that packs badly, so that packed and unpacked both take several blocks. */
function digits(count: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length: count }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return 0x30 + ((state >>> 16) % 10);
    }),
  );
}

describe('GunzipReader', () => {
  test('unpacks any number of members, cut anywhere, into targets of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 4 }),
        sizes,
        sizes,
        async (members, pieces, targets) => {
          const packed = Buffer.concat(members.map((member) => gzipSync(member)));
          const reader = new GunzipReader('a.gz', new MemoryReader(packed, pieces));
          assert.deepEqual(await readAll(reader, targets), Buffer.concat(members));
          await reader.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  test('counts progress in packed bytes', async () => {
    const packed = gzipSync(digits(300_000));
    const reader = new GunzipReader('a.gz', new MemoryReader(packed));
    assert.equal(reader.bytesTotal, packed.length);
    await reader.read(new Uint8Array(10));
    assert.ok(reader.bytesDone > 0 && reader.bytesDone < packed.length);
    assert.deepEqual(await readAll(reader), digits(300_000).subarray(10));
    assert.equal(reader.bytesDone, packed.length);
  });

  test('zeros after the last member are padding', async () => {
    for (const pieces of [[7], [65_536]]) {
      const padded = Buffer.concat([gzipSync('hits'), Buffer.alloc(100_000)]);
      assert.equal((await readAll(new GunzipReader('a.gz', new MemoryReader(padded, pieces)))).toString(), 'hits');
    }
  });

  test('a file that is cut off gives all it holds, then names file and offset', async () => {
    const [all, packed] = [digits(500_000), gzipSync(digits(500_000))];
    for (const length of [packed.length - 1, packed.length - 8, packed.length >> 1, 5]) {
      const reader = new GunzipReader('a.gz', new MemoryReader(packed.subarray(0, length)));
      const { bytes, failure } = await readUntilEnd(reader);
      assert.deepEqual(bytes, all.subarray(0, bytes.length));
      assert.ok(bytes.length >= all.length * ((length - 1000) / packed.length), `${bytes.length} of ${length}`);
      assert.match(
        String(failure),
        new RegExp(
          `cannot read a.gz: near offset ${length} of the packed bytes: gzip is cut off or corrupt: unexpected end`,
        ),
      );
    }
  });

  test('a corrupt file gives what comes before, then names file and offset', async () => {
    const [all, packed] = [digits(500_000), gzipSync(digits(500_000))];
    packed[packed.length - 8] ^= 1;
    const reader = new GunzipReader('a.gz', new MemoryReader(packed));
    const { bytes, failure } = await readUntilEnd(reader);
    assert.ok(bytes.length >= all.length - 65_536);
    assert.deepEqual(bytes, all.subarray(0, bytes.length));
    assert.match(String(failure), /cannot read a\.gz: near offset \d+ of the packed bytes: .*incorrect data check$/);
    await reader.close();
  });

  test('a small corrupt file still gives its first half', async () => {
    const packed = gzipSync(digits(20_000));
    packed[packed.length - 8] ^= 1;
    const { bytes, failure } = await readUntilEnd(new GunzipReader('a.gz', new MemoryReader(packed)));
    assert.ok(bytes.length >= 10_000);
    assert.deepEqual(bytes, digits(bytes.length));
    assert.match(String(failure), /incorrect data check/);
  });

  test('what follows the last member and is not zeros is corrupt', async () => {
    const junk = Buffer.concat([gzipSync('hits'), Buffer.from('junk')]);
    const { failure } = await readUntilEnd(new GunzipReader('a.gz', new MemoryReader(junk, [5])));
    assert.match(String(failure), /incorrect header check/);
  });

  test('a failure of the reader below comes through as it is', async () => {
    const packed = gzipSync(digits(1000));
    const broken = new MemoryReader(packed.subarray(0, 100), [50], new Error('broken'));
    const { failure } = await readUntilEnd(new GunzipReader('a.gz', broken));
    assert.equal(String(failure), 'Error: broken');
  });

  test('closing early closes the reader below', async () => {
    const inner = new MemoryReader(gzipSync(digits(300_000)));
    const reader = new GunzipReader('a.gz', inner);
    await reader.read(new Uint8Array(10));
    await reader.close();
    assert.equal(inner.closeCount, 1);
    assert.equal(await reader.read(new Uint8Array(10)), 0);
  });
});
