import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../helpers/random/seeded-random.js';
import { UnzstdReader } from '../../../src/sources/packed/unzstd-reader.js';
import { MemoryReader } from '../memory-reader.js';
import { readAll, readUntilEnd } from '../read-all.js';
import { type FrameOptions, packedFrame, rawFrame, repeatedFrame, skippableFrame, xxhash64 } from './zstd-frames.js';

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });

/** Text that packs badly, so that it takes several blocks. */
function digits(count: number): Buffer {
  const random = seededRandom(1);
  return Buffer.from(Array.from({ length: count }, () => 0x30 + Math.floor(10 * random())));
}

async function unpack(packed: Uint8Array, pieces?: readonly number[]): Promise<{ text: string; failure: string }> {
  const reader = new UnzstdReader('a.zst', new MemoryReader(packed, pieces));
  const { bytes, failure } = await readUntilEnd(reader);
  await reader.close();
  return {
    text: bytes.toString('latin1'),
    failure: failure instanceof Error ? `${failure.name}: ${failure.message}` : '',
  };
}

test('the checksum of the tests is XXH64', () => {
  assert.equal(xxhash64(Buffer.alloc(0)), 0xef46db3751d8e999n);
  assert.equal(xxhash64(Buffer.from('abc')), 0x44bc2cf5ad770999n);
});

describe('UnzstdReader', () => {
  test('unpacks frames of any kind, cut anywhere, into targets of any size', async () => {
    const options = fc.record<FrameOptions>({ checksum: fc.boolean(), windowLog: fc.integer({ min: 10, max: 27 }) });
    const content = fc.uint8Array({ maxLength: 60 });
    const frame = fc.oneof(
      fc.tuple(fc.array(content, { maxLength: 3 }), options).map(([blocks, with_]) => ({
        packed: Promise.resolve(rawFrame(blocks, with_)),
        content: Buffer.concat(blocks),
      })),
      fc
        .tuple(content, fc.boolean())
        .map(([bytes, checksum]) => ({ packed: packedFrame(bytes, { checksum }), content: bytes })),
      fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 100 })).map(([byte, count]) => ({
        packed: Promise.resolve(repeatedFrame(byte, count)),
        content: Buffer.alloc(count, byte),
      })),
      content.map((bytes) => ({ packed: Promise.resolve(skippableFrame(bytes)), content: Buffer.alloc(0) })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { minLength: 1, maxLength: 4 }),
        sizes,
        sizes,
        async (frames, pieces, targets) => {
          const packed = Buffer.concat(await Promise.all(frames.map((one) => one.packed)));
          const reader = new UnzstdReader('a.zst', new MemoryReader(packed, pieces));
          assert.deepEqual(await readAll(reader, targets), Buffer.concat(frames.map((one) => one.content)));
          await reader.close();
        },
      ),
      { numRuns: 50 },
    );
  });

  test('unpacks many blocks, several files in turns, each with a decoder of its own', async () => {
    const content = digits(1_000_000);
    const packed = await packedFrame(content, { checksum: true });
    const readers = [0, 1, 2].map(() => new UnzstdReader('a.zst', new MemoryReader(packed)));
    const parts: Buffer[][] = readers.map(() => []);
    for (let isMore = true; isMore;) {
      isMore = false;
      for (const [index, reader] of readers.entries()) {
        const target = Buffer.alloc(10_000 * (index + 1));
        const count = await reader.read(target);
        parts[index].push(target.subarray(0, count));
        isMore ||= count > 0;
      }
    }
    for (const part of parts) assert.ok(Buffer.concat(part).equals(content));
    for (const reader of readers) await reader.close();
  });

  test('counts progress in packed bytes', async () => {
    const packed = await packedFrame(digits(1_000_000));
    const reader = new UnzstdReader('a.zst', new MemoryReader(packed));
    assert.equal(reader.bytesTotal, packed.length);
    await reader.read(new Uint8Array(10));
    assert.ok(reader.bytesDone > 0 && reader.bytesDone < packed.length);
    await readAll(reader);
    assert.equal(reader.bytesDone, packed.length);
  });

  test('gives a block as soon as it is there, without waiting for more', async () => {
    const packed = rawFrame([Buffer.from('row 1\n'), Buffer.from('row 2\n')]);
    const inner = new MemoryReader(packed, [6, 3, 6]);
    const target = Buffer.alloc(100);
    const reader = new UnzstdReader('a.zst', inner);
    assert.equal(target.toString('latin1', 0, await reader.read(target)), 'row 1\n');
    assert.equal(inner.bytesDone, 15);
    await reader.close();
  });

  test('passes over padding between and behind frames', async () => {
    const padding = ['', '\n', '\r\n', '\0'.repeat(70_000), ' \t\n\0'];
    for (const [between, behind] of padding.flatMap((one) => padding.map((other) => [one, other]))) {
      const packed = [
        rawFrame([Buffer.from('one')]),
        Buffer.from(between),
        await packedFrame(Buffer.from('two')),
        Buffer.from(behind),
      ];
      assert.deepEqual(await unpack(Buffer.concat(packed)), { text: 'onetwo', failure: '' });
    }
  });

  test('what is no frame behind one is an error at its offset; what came before it counts', async () => {
    const frame = rawFrame([Buffer.from('hits')]);
    for (const junk of ['junk', '(', '\x28\xb5\x2f\xfc']) {
      const { text, failure } = await unpack(Buffer.concat([frame, Buffer.from(`\n${junk}`, 'latin1')]), [5]);
      assert.equal(text, 'hits');
      const offset = frame.length + 1;
      assert.match(
        failure,
        new RegExp(
          `a.zst: near offset ${offset} of the packed bytes: Zstandard is corrupt: what follows the last frame`,
        ),
      );
    }
  });

  test('a file that is cut off anywhere gives its whole blocks, then says in what it was cut', async () => {
    const packed = rawFrame([digits(100), digits(50)], { checksum: true });
    const all = Buffer.concat([digits(100), digits(50)]).toString();
    for (let length = 1; length < packed.length; length++) {
      const { text, failure } = await unpack(packed.subarray(0, length));
      const part = length < 6 ? 'header' : length < packed.length - 4 ? 'body' : 'checksum';
      assert.match(failure, new RegExp(`near offset ${length} of .*: Zstandard is cut off in the ${part} of frame 1$`));
      assert.equal(text, all.slice(0, length < 109 ? 0 : length < 162 ? 100 : 150));
    }
    const skippable = skippableFrame(digits(10));
    for (const length of [5, 12]) {
      assert.match(
        (await unpack(skippable.subarray(0, length))).failure,
        /is cut off in the (header|body) of frame 1$/,
      );
    }
  });

  test('a wrong checksum is an error behind all that was unpacked', async () => {
    for (const packed of [
      rawFrame([digits(100)], { checksum: true }),
      await packedFrame(digits(300_000), { checksum: true }),
    ]) {
      for (const bit of [0, 9, 31]) {
        const broken = Buffer.from(packed);
        broken[packed.length - 4 + (bit >> 3)] ^= 1 << (bit & 7);
        const { text, failure } = await unpack(Buffer.concat([broken, packed]));
        assert.ok(text.length === 100 || text.length === 300_000);
        assert.match(failure, /Zstandard is corrupt: the checksum of frame 1 must match the unpacked bytes$/);
      }
    }
  });

  test('a frame with a checksum, changed anywhere, never passes for whole with other content', async () => {
    const content = digits(2000);
    const packed = await packedFrame(content, { checksum: true });
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const broken = Buffer.from(packed);
        broken[at] ^= change;
        const { text, failure } = await unpack(broken);
        if (failure === '') assert.equal(text, content.toString());
      }),
      { numRuns: 300 },
    );
  });

  test('a corrupt block is an error, also in a frame without a checksum', async () => {
    const packed = await packedFrame(digits(300_000));
    packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 2000);
    const { text, failure } = await unpack(packed);
    assert.match(failure, /Zstandard is corrupt: a block of frame 1/);
    assert.ok(text === digits(300_000).toString('latin1', 0, text.length));
  });

  test('a frame that says another size than it has is an error', async () => {
    const packed = Buffer.from(await packedFrame(digits(100)));
    packed[5]++;
    assert.match((await unpack(packed)).failure, /is corrupt: (frame 1 must hold 101 bytes, got 100|a block of)/);
  });

  test('any bytes end in a value or an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { failure } = await unpack(Buffer.concat([rawFrame([]).subarray(0, 4), bytes]));
        assert.match(failure, /^$|^DtstreamError: cannot read a\.zst: near offset \d+ of the packed bytes: /);
      }),
      { numRuns: 300 },
    );
  });

  test('a window above 128 MiB, a dictionary and a reserved flag are refused by name', async () => {
    const one = [Buffer.from('hits')];
    assert.deepEqual(await unpack(rawFrame(one, { windowLog: 27 })), { text: 'hits', failure: '' });
    const large = await unpack(rawFrame(one, { windowLog: 28 }));
    assert.match(large.failure, /frame 1 needs a window of 256 MiB, at most 128 MiB is given: unpack it first$/);
    const dictionary = await unpack(rawFrame(one, { dictionary: 7 }));
    assert.match(dictionary.failure, /frame 1 was packed with dictionary 7, which is not available$/);
    const reserved = rawFrame(one);
    reserved[4] |= 8;
    assert.match((await unpack(reserved)).failure, /frame 1 has a reserved flag set$/);
  });

  test('memory does not grow with what comes out', async () => {
    const packed = Buffer.concat(Array.from({ length: 2000 }, () => repeatedFrame(0x41, 131_072)));
    const reader = new UnzstdReader('a.zst', new MemoryReader(packed));
    const before = process.memoryUsage().arrayBuffers;
    const target = new Uint8Array(65_536);
    let [bytes, most] = [0, 0];
    for (let count = -1; count !== 0; bytes += count) {
      count = await reader.read(target);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    assert.equal(bytes, 2000 * 131_072);
    assert.ok(most < 128 << 20, `${most} bytes`);
  });

  test('a failure of the reader below comes through as it is, and closing early closes it', async () => {
    const packed = await packedFrame(digits(300_000));
    const broken = new UnzstdReader('a.zst', new MemoryReader(packed.subarray(0, 100), [50], new Error('broken')));
    assert.equal(String((await readUntilEnd(broken)).failure), 'Error: broken');
    const inner = new MemoryReader(packed);
    const reader = new UnzstdReader('a.zst', inner);
    await reader.read(new Uint8Array(10));
    await reader.close();
    await reader.close();
    assert.equal(inner.closeCount, 2);
    assert.equal(await reader.read(new Uint8Array(10)), 0);
  });
});
