import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ByteReader } from '../../../src/sources/byte-reader.js';
import { GunzipReader } from '../../../src/sources/packed/gunzip-reader.js';
import { MemoryReader } from '../memory-reader.js';
import { readAll, readUntilEnd } from '../read-all.js';

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

/** A member with the fields of its header by flag: 1 checksum, 2 extra, 4 name, 8 comment. */
function memberWith(fields: number, content: string): Buffer {
  const [crc, extra, name, comment] = [1, 2, 4, 8].map((bit) => (fields & bit) !== 0);
  const flags = (crc ? 2 : 0) | (extra ? 4 : 0) | (name ? 8 : 0) | (comment ? 16 : 0);
  const header = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]),
    Buffer.from(extra ? '\x05\0abcde' : '', 'latin1'),
    Buffer.from(name ? 'run.csv\0' : ''),
    Buffer.from(comment ? 'a comment\0' : ''),
  ]);
  const headerCrc = Buffer.alloc(crc ? 2 : 0);
  if (crc) headerCrc.writeUInt16LE(crc32(header) & 0xffff);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, headerCrc, deflateRawSync(content), trailer]);
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

  test('passes over padding between and behind members, and reads the members after it', async () => {
    const padding = ['', '\n', '\r\n', '\0', '\0'.repeat(100_000), ' \t\n\0'];
    for (const [between, behind] of padding.flatMap((one) => padding.map((other) => [one, other]))) {
      const packed = Buffer.concat([gzipSync('one'), Buffer.from(between), gzipSync('two'), Buffer.from(behind)]);
      for (const pieces of [[7], [65_536]]) {
        assert.equal((await readAll(new GunzipReader('a.gz', new MemoryReader(packed, pieces)))).toString(), 'onetwo');
      }
    }
  });

  test('reads headers with every field, cut anywhere, and refuses one whose checksum is wrong', async () => {
    for (let fields = 0; fields < 16; fields++) {
      const packed = memberWith(fields, 'hits');
      for (const pieces of [[1], [3], [65_536]]) {
        const members = Buffer.concat([packed, packed]);
        assert.equal(
          (await readAll(new GunzipReader('a.gz', new MemoryReader(members, pieces)))).toString(),
          'hitshits',
        );
      }
      if ((fields & 1) === 0) continue;
      packed[packed.indexOf(deflateRawSync('hits')) - 1] ^= 1;
      const { failure } = await readUntilEnd(new GunzipReader('a.gz', new MemoryReader(packed)));
      assert.match(String(failure), /near offset 0 .*: gzip is corrupt: header of member 1: its checksum is wrong$/);
    }
  });

  test('reads very many small members, as bgzip writes them', async () => {
    const packed = Buffer.concat(Array.from({ length: 3000 }, (_, index) => gzipSync(`row ${index}\n`)));
    const text = (await readAll(new GunzipReader('a.gz', new MemoryReader(packed)))).toString();
    assert.equal(text, Array.from({ length: 3000 }, (_, index) => `row ${index}\n`).join(''));
  });

  test('gives a member that is whole without waiting for another byte', async () => {
    const packed = gzipSync('hits');
    let isMoreAsked = false;
    const inner = new MemoryReader(packed);
    const live: ByteReader = {
      bytesTotal: undefined,
      bytesDone: 0,
      close: () => inner.close(),
      read: async (target) => {
        const count = await inner.read(target);
        if (count > 0) return count;
        isMoreAsked = true;
        return new Promise(() => undefined);
      },
    };
    const target = Buffer.alloc(100);
    assert.equal(target.toString('latin1', 0, await new GunzipReader('-', live).read(target)), 'hits');
    assert.ok(!isMoreAsked);
  });

  test('a file that is cut off anywhere gives all it holds, then says in what it was cut', async () => {
    const first = gzipSync('hits');
    const second = memberWith(0b1111, 'more');
    const bodyAt = first.length + second.indexOf(deflateRawSync('more'));
    const packed = Buffer.concat([first, second]);
    for (let length = first.length + 1; length < packed.length; length++) {
      const part = length < bodyAt ? 'header' : length < packed.length - 8 ? 'body' : 'trailer';
      const reader = new GunzipReader('a.gz', new MemoryReader(packed.subarray(0, length)));
      const { bytes, failure } = await readUntilEnd(reader);
      const problem = `cannot read a.gz: near offset ${length} of the packed bytes: gzip is cut off in the ${part} of member 2`;
      assert.equal(failure instanceof Error && failure.message, problem);
      if (part === 'trailer') assert.equal(bytes.toString(), 'hitsmore');
      else assert.match(bytes.toString(), /^hits(m|mo|mor)?/);
    }
  });

  test('a large file that is cut off gives nearly all it holds', async () => {
    const [all, packed] = [digits(500_000), gzipSync(digits(500_000))];
    for (const length of [packed.length - 1, packed.length - 8, packed.length >> 1, 5]) {
      const reader = new GunzipReader('a.gz', new MemoryReader(packed.subarray(0, length)));
      const { bytes, failure } = await readUntilEnd(reader);
      assert.deepEqual(bytes, all.subarray(0, bytes.length));
      assert.ok(bytes.length >= all.length * ((length - 1000) / packed.length), `${bytes.length} of ${length}`);
      assert.match(String(failure), new RegExp(`near offset ${length} of the packed bytes: gzip is cut off in the `));
    }
  });

  test('a wrong checksum or length is an error behind all that was unpacked', async () => {
    const all = digits(200_000);
    for (const [fromEnd, what] of [
      [8, 'checksum'],
      [5, 'checksum'],
      [4, 'length'],
      [1, 'length'],
    ] as const) {
      const packed = gzipSync(all);
      packed[packed.length - fromEnd] ^= 1;
      const reader = new GunzipReader(
        'a.gz',
        new MemoryReader(Buffer.concat([gzipSync(''), packed, gzipSync('more')])),
      );
      const { bytes, failure } = await readUntilEnd(reader);
      assert.ok(bytes.equals(all));
      const offset = gzipSync('').length + packed.length - 8;
      const problem = `near offset ${offset} of the packed bytes: gzip is corrupt: the ${what} of member 2 must match the unpacked bytes`;
      assert.ok(failure instanceof Error && failure.message.endsWith(problem), problem);
      await reader.close();
    }
  });

  test('a corrupt body gives what comes before, up to 64 KiB, then names file and offset', async () => {
    for (const count of [20_000, 500_000]) {
      const [all, packed] = [digits(count), gzipSync(digits(count))];
      packed.fill(0xff, packed.length - 2000, packed.length - 1000);
      const { bytes, failure } = await readUntilEnd(new GunzipReader('a.gz', new MemoryReader(packed)));
      assert.ok(bytes.length >= Math.max(all.length - 65_536 - 10_000, all.length >> 1));
      const sure = Math.min(bytes.length, all.length * ((packed.length - 2100) / packed.length));
      assert.ok(bytes.subarray(0, sure).equals(all.subarray(0, sure)));
      assert.match(
        String(failure),
        /cannot read a\.gz: near offset \d+ of the packed bytes: gzip is corrupt: .*member 1/,
      );
    }
  });

  test('what follows the last member and is neither padding nor gzip is an error at its offset', async () => {
    for (const junk of ['junk', '\n2,0,5,1,2,3\n', '\0\0x', '\x1f', '\x1f\x8b', '\x1f\x8c']) {
      const packed = gzipSync('hits');
      const offset = packed.length + junk.search(/[^\n\0]/);
      const reader = new GunzipReader(
        'a.gz',
        new MemoryReader(Buffer.concat([packed, Buffer.from(junk, 'latin1')]), [5]),
      );
      const { bytes, failure } = await readUntilEnd(reader);
      assert.equal(bytes.toString(), 'hits');
      const isCut = junk.startsWith('\x1f') && junk !== '\x1f\x8c';
      const problem = isCut
        ? `near offset ${offset + junk.length} of the packed bytes: gzip is cut off in the header of member 2`
        : `near offset ${offset} of the packed bytes: gzip is corrupt: what follows the last member is neither padding nor gzip`;
      assert.ok(failure instanceof Error && failure.message.endsWith(problem), problem);
    }
  });

  test('a file that was changed anywhere never passes for whole with other content', async () => {
    const packed = gzipSync(digits(3000));
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const broken = Buffer.from(packed);
        broken[at] ^= change;
        const { bytes, failure } = await readUntilEnd(new GunzipReader('a.gz', new MemoryReader(broken)));
        if (failure === undefined) assert.deepEqual(bytes, digits(3000));
        else
          assert.match(
            failure instanceof Error ? failure.message : '',
            /^cannot read a\.gz: near offset \d+ of the packed bytes: /,
          );
      }),
      { numRuns: 300 },
    );
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
