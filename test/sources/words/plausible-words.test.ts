import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import type { Hit } from '../../../src/domain/hit.js';
import { describeLook, isPlausible, lookAtWords, misreadOf } from '../../../src/sources/words/plausible-words.js';
import { run591Absent, run591Words } from '../../helpers/run591.js';
import { seededRandom } from '../../helpers/random/seeded-random.js';
import { someHits, wordsOf } from './hit-words.js';

const areWords = (bytes: Uint8Array): boolean => isPlausible(lookAtWords(bytes));

describe('words are plausible', () => {
  test('for any hits of one run, also above 2^31 and across the wrap of the counter, from any number of them', () => {
    const seeds = fc.integer({ min: 1, max: 1e6 });
    const orbits = fc.constantFrom(0, 1000, 2 ** 31 - 500, 2 ** 32 - 300, 2 ** 31 + 12_345);
    fc.assert(
      fc.property(seeds, orbits, fc.constantFrom(1, 2, 3, 4, 7, 15, 16, 64, 1000), (seed, orbit, count) => {
        assert.ok(areWords(wordsOf(someHits(count, { seed, orbit }))));
      }),
    );
  });

  test('for hits of all boards and channels', () => {
    const hits = someHits(64).map((hit, index) => ({ ...hit, fpga: index % 8, tdcChannel: (index * 37) % 512 }));
    assert.ok(areWords(wordsOf(hits)));
  });

  test('for a burst of one channel, all in one orbit', () => {
    const random = seededRandom(7);
    const times = Array.from({ length: 64 }, () => Math.floor(random() * 3564 * 30)).sort((a, b) => a - b);
    const burst = times.map((time): Hit => ({
      ...{ head: 2, fpga: 0, tdcChannel: 85, orbitCnt: 59_116 },
      ...{ bxCounter: Math.floor(time / 30), tdcMeas: 1 + (time % 30) },
    }));
    for (const count of [2, 8, 16, 64]) assert.ok(areWords(wordsOf(burst.slice(0, count))), String(count));
  });

  test('with ancillary words between, whose orbits run ahead', () => {
    const mixed = someHits(64).map((hit, index): Hit =>
      index % 4 === 1 ? hit : { ...hit, head: [0, 1, 3, 7][index % 4], orbitCnt: hit.orbitCnt + 115_000 },
    );
    assert.ok(areWords(wordsOf(mixed)));
  });

  test('with a second run and a corrupt orbit among them', () => {
    const hits = [...someHits(20, { orbit: 3e9 }), ...someHits(20, { orbit: 5, seed: 2 })];
    assert.ok(areWords(wordsOf(hits.with(7, { ...hits[7], orbitCnt: 123 }))));
  });

  test(
    'of real run 591, at its start and at any place in it',
    { skip: run591Words() === undefined && run591Absent },
    () => {
      const words = run591Words() ?? new Uint8Array(0);
      for (const count of [1, 2, 16, 64, 1024]) {
        for (let at = 0; at + 8 * count <= words.length; at += 8 * 997) {
          const head = words.subarray(at, at + 8 * count);
          // Two pieces of it do not fit together: at their border a few words alone look unlike a run.
          assert.ok(areWords(head) || count <= 3, `${count} words at ${at}`);
        }
      }
    },
  );
});

describe('words are not plausible', () => {
  const random = seededRandom(591);
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

  test('for noise: none of 10,000 blobs of 64 to 4096 bytes', () => {
    const pool = noise(1 << 20);
    let accepted = 0;
    for (let blob = 0; blob < 10_000; blob++) {
      const from = Math.floor(random() * (pool.length - 4096));
      if (areWords(pool.subarray(from, from + 64 + Math.floor(random() * 4033)))) accepted++;
    }
    assert.equal(accepted, 0);
  });

  test('for what is packed', () => {
    const packed = deflateRawSync(noise(100_000).map((byte) => byte & 0x3f));
    for (let at = 0; at < packed.length; at += 512) assert.ok(!areWords(packed.subarray(at, at + 512)));
  });

  test('for one value again and again', () => {
    for (const value of [0x00, 0xff, 0x55, 0x41]) assert.ok(!areWords(Buffer.alloc(512, value)), String(value));
    assert.ok(!areWords(Buffer.from(Array.from({ length: 64 }, () => [...wordsOf(someHits(1))]).flat())));
  });

  test('for arrays of numbers: floating point, times and counters', () => {
    const index = Array.from({ length: 64 }, (_, at) => at);
    const arrays = {
      doubles: Float64Array.from(index, (at) => at * 1.5),
      'doubles that slowly rise': Float64Array.from(index, (at) => 1000 + at * 1e-6),
      'times in seconds': Float64Array.from(index, (at) => 1.6e9 + at * 1e-3),
      noise: Float64Array.from(index, () => 20 + random()),
      'times of events': Float64Array.from(index.map(() => 1000 + random()).sort((a, b) => a - b)),
      'single precision': Float32Array.from(index, (at) => 100 + at * 1e-4),
      'seconds since 1970': Int32Array.from(index, (at) => 1.5e9 + at),
      'nanoseconds since 1970': BigInt64Array.from(index, (at) => 1_700_000_000_000_000_000n + BigInt(at) * 1000n),
      counters: BigUint64Array.from(index, BigInt),
      bytes: Uint8Array.from(index),
    };
    for (const [what, array] of Object.entries(arrays)) {
      assert.ok(!areWords(new Uint8Array(array.buffer)), what);
    }
  });

  test('for a program', async () => {
    const { readFileSync } = await import('node:fs');
    const program = readFileSync(process.execPath).subarray(0, 4 << 20);
    for (let at = 0; at < program.length; at += 4096) {
      assert.ok(!areWords(program.subarray(at, at + 512)), `offset ${at}`);
    }
  });

  test('for text of any kind', () => {
    const line = '2,0,5,1000,200,3\nHEAD,FPGA,TDC_CHANNEL\n';
    for (const text of [line.repeat(9), 'ABCDEFGH'.repeat(9), line.toUpperCase().repeat(9)]) {
      assert.ok(!areWords(Buffer.from(text)));
    }
  });
});

test('what was seen is said in words', () => {
  assert.equal(describeLook(lookAtWords(Buffer.from('abc'))), 'not one word of 8 bytes');
  assert.equal(describeLook(lookAtWords(Buffer.alloc(8))), '0 of 1 word look like hits');
  const far = someHits(3).map((hit, index) => ({ ...hit, orbitCnt: index * 2e9 }));
  assert.equal(
    describeLook(lookAtWords(wordsOf(far))),
    '3 of 3 words look like hits, 0 of 2 neighbours among them are near in orbit',
  );
  const even = someHits(8).map((hit, index) => ({ ...hit, fpga: 0, tdcChannel: 5, orbitCnt: 500 * index }));
  assert.equal(describeLook(lookAtWords(wordsOf(even))), '8 of 8 words look like hits, but rise as other numbers do');
});

describe('misread words', () => {
  const words = wordsOf(someHits(40));

  test('are named by their order of bytes', () => {
    const halves = Buffer.from(words).swap64().swap32();
    // Nothing in the words tells the one from the other.
    const half = /^the words are of two 32-bit halves in the wrong order, or begin at offset 4; /;
    assert.match(
      misreadOf(Buffer.from(words).swap64()) ?? '',
      /^the words are big-endian; they must be whole and little-endian$/,
    );
    for (const bytes of [halves, words.subarray(4)]) assert.match(misreadOf(bytes) ?? '', half);
    assert.match(misreadOf(Buffer.from(words).swap32()) ?? '', /^the words are of two big-endian 32-bit halves/);
  });

  test('are named by where they begin, behind the rest of a word', () => {
    for (const cut of [1, 2, 3, 5, 6, 7]) {
      const problem = misreadOf(words.subarray(cut)) ?? '';
      assert.equal(
        problem,
        `the words begin at offset ${8 - cut}: cut off what is before them, tail -c +${9 - cut} does`,
      );
    }
  });

  test('are nothing that a few words could be by chance', () => {
    for (const count of [0, 1, 2, 3])
      assert.equal(misreadOf(Buffer.from(words.subarray(0, 8 * count)).swap64()), undefined);
    let state = crc32('noise');
    for (let blob = 0; blob < 1000; blob++) {
      const noise = Uint8Array.from(
        { length: 512 },
        () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16,
      );
      assert.equal(misreadOf(noise), undefined);
    }
  });
});
