import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PeekReader } from '../../../src/sources/peek-reader.js';
import { unpack } from '../../../src/sources/packed/unpack.js';
import { MemoryReader } from '../memory-reader.js';
import { readAll } from '../read-all.js';
import { packedFrame, rawFrame, skippableFrame } from './zstd-frames.js';

const hits = Buffer.from('2,0,5,100,200,3\n');

test('gzip and Zstandard are known by their first bytes, whatever the name and the pieces', async () => {
  const packed = {
    gzip: [gzipSync(hits)],
    Zstandard: [
      await packedFrame(hits),
      rawFrame([hits], { checksum: true }),
      Buffer.concat([skippableFrame(Buffer.alloc(4)), rawFrame([hits])]),
    ],
  };
  for (const [packing, contents] of Object.entries(packed)) {
    for (const content of contents) {
      for (const name of ['run', 'run.csv', packing === 'gzip' ? 'run.csv.gz' : 'run.csv.zst', 'stdin']) {
        const unpacked = await unpack(name, new PeekReader(new MemoryReader(content, [3])));
        assert.equal(unpacked.packing, packing);
        assert.deepEqual(await readAll(unpacked.reader), hits);
        await unpacked.reader.close();
      }
    }
  }
});

test('anything else stays as it is, and waits for no more than two bytes', async () => {
  for (const text of ['2,0,5,1', '(\xb5', 'P*', 'Q*M\x18\x04\0\0\0abcd\x04"M\x18', '']) {
    const inner = new MemoryReader(Buffer.from(text, 'latin1'), [2]);
    const reader = new PeekReader(inner);
    assert.deepEqual(await unpack('run', reader), { reader, packing: undefined });
    if (text.startsWith('2')) assert.equal(inner.bytesDone, 2);
    assert.equal((await readAll(reader)).toString('latin1'), text);
  }
});

test('a name that says it is packed must not lie, but may be empty', async () => {
  for (const [name, content, problem] of [
    ['a.csv.gz', hits, /^cannot read a\.csv\.gz: offset 0: a \.gz file must begin as gzip, this does not$/],
    ['a.dat.ZST', hits, /^cannot read a\.dat\.ZST: offset 0: a \.zst file must begin as Zstandard, this does not$/],
  ] as const) {
    await assert.rejects(unpack(name, new PeekReader(new MemoryReader(content))), { code: 'input', message: problem });
    assert.equal((await unpack(name, new PeekReader(new MemoryReader('')))).packing, undefined);
  }
  // What begins as the other one is unpacked as what it is.
  assert.equal((await unpack('a.csv.gz', new PeekReader(new MemoryReader(rawFrame([hits]))))).packing, 'Zstandard');
});
