import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Hit } from '../../src/domain/hit.js';
import { decodeWord, encodeWord, fitsWord, wordBytes } from '../../src/domain/word.js';

const anyHit: fc.Arbitrary<Hit> = fc.record(
  {
    head: fc.nat(7),
    fpga: fc.nat(7),
    tdcChannel: fc.nat(511),
    orbitCnt: fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0x7fff, 0x8000, 2 ** 31, 2 ** 32 - 1)),
    bxCounter: fc.nat(4095),
    tdcMeas: fc.nat(31),
  },
  { noNullPrototype: true },
);

describe('a DAQ word', () => {
  it('has the bits of each field where the read-out puts them', () => {
    // HEAD 2, FPGA 1, channel 0x80, orbit 0x89abcdef, BX 0xabc, TDC 0x15, by hand from the layout.
    const bits = (2n << 61n) | (1n << 58n) | (0x80n << 49n) | (0x89abcdefn << 17n) | (0xabcn << 5n) | 0x15n;
    const view = new DataView(new ArrayBuffer(wordBytes));
    encodeWord({ head: 2, fpga: 1, tdcChannel: 0x80, orbitCnt: 0x89abcdef, bxCounter: 0xabc, tdcMeas: 0x15 }, view, 0);
    assert.equal(view.getBigUint64(0, true), bits);
  });

  it('gives back the hit that it was made of, and touches no other byte', () => {
    fc.assert(
      fc.property(anyHit, fc.nat(5), (hit, offset) => {
        const bytes = new Uint8Array(offset + wordBytes + 1).fill(0xa5);
        encodeWord(hit, new DataView(bytes.buffer), offset);
        assert.ok(fitsWord(hit));
        assert.deepEqual(decodeWord(new DataView(bytes.buffer), offset), hit);
        assert.ok(bytes.every((byte, at) => (at >= offset && at < offset + wordBytes) || byte === 0xa5));
      }),
    );
  });

  it('is a hit whatever its bits, and comes back from that hit bit by bit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (bits) => {
        const view = new DataView(new ArrayBuffer(2 * wordBytes));
        view.setBigUint64(0, bits, true);
        encodeWord(decodeWord(view, 0), view, wordBytes);
        assert.equal(view.getBigUint64(wordBytes, true), bits);
      }),
    );
  });
});

describe('fitsWord', () => {
  const hit: Hit = { head: 2, fpga: 0, tdcChannel: 5, orbitCnt: 7, bxCounter: 9, tdcMeas: 3 };
  const misfits: readonly Partial<Hit>[] = [
    { head: 8 },
    { fpga: 8 },
    { tdcChannel: 512 },
    { orbitCnt: 2 ** 32 },
    { bxCounter: 4096 },
    { tdcMeas: 32 },
    { tdcMeas: 3.5 },
    { tdcMeas: -9 },
    { tdcMeas: -0 },
    { orbitCnt: Number.NaN },
  ];
  for (const misfit of misfits) {
    const [[field, value]] = Object.entries(misfit);
    it(`says no to ${field} ${Object.is(value, -0) ? '-0' : value}, which a word would change`, () => {
      assert.equal(fitsWord({ ...hit, ...misfit }), false);
      assert.ok(fitsWord(hit));
    });
  }
});
