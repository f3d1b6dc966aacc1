import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OrbitTable } from '../../src/compute/orbit-table.js';

interface Hit {
  readonly orbit: number;
  readonly chamber: number;
  readonly channel: number;
}

const chambers = 3;
const bins = 65;
/** Orbits that meet: neighbours, those that are equal in their low bits, those beyond 32 bits. */
const orbit = fc.oneof(
  fc.nat(50),
  fc.nat(3000).map((index) => 65_536 * index),
  fc.nat(2000).map((index) => 2 ** 32 - 1000 + index),
  fc.nat(5).map((index) => 7 + 2 ** 32 * index),
);
const hits = fc.array(fc.record({ orbit, chamber: fc.nat(chambers - 1), channel: fc.oneof(fc.nat(2), fc.nat(63)) }), {
  maxLength: 3000,
  size: 'max',
});

/** What the table holds, in the order of its entries. */
function contentOf(table: OrbitTable): [number, bigint[]][] {
  return Array.from({ length: table.size }, (_, entry) => [
    table.keys[entry],
    Array.from({ length: chambers }, (__, chamber) => {
      const word = (entry * chambers + chamber) * 2;
      return BigInt(table.masks[word]) + (BigInt(table.masks[word + 1]) << 32n);
    }),
  ]);
}

function fill(table: OrbitTable, list: readonly Hit[], active: Uint32Array): void {
  for (const { orbit, chamber, channel } of list) {
    table.reserve(1);
    table.add(orbit, chamber * 64 + channel, active);
  }
}

/** The same with a map. */
function expectedOf(list: readonly Hit[]): Map<number, bigint[]> {
  const masks = new Map<number, bigint[]>();
  for (const { orbit, chamber, channel } of list) {
    const ofOrbit = masks.get(orbit) ?? new Array<bigint>(chambers).fill(0n);
    ofOrbit[chamber] |= 1n << BigInt(channel);
    masks.set(orbit, ofOrbit);
  }
  return masks;
}

function bitsOf(mask: bigint): number {
  return mask.toString(2).replaceAll('0', '').length;
}

describe('OrbitTable', () => {
  it('holds what a map would, in the order of insertion, time after time', () => {
    fc.assert(
      fc.property(fc.array(hits, { maxLength: 3 }), fc.integer({ min: 1, max: 1024 }), (lists, step) => {
        const table = new OrbitTable(chambers, step);
        for (const list of lists) {
          fill(table, list, new Uint32Array(chambers * bins));
          assert.deepEqual(contentOf(table), [...expectedOf(list)]);
          table.clear();
          assert.equal(table.size, 0);
        }
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('keeps what it holds when it grows', () => {
    const list = Array.from({ length: 5000 }, (_, index) => ({
      orbit: 7 * index,
      chamber: index % 3,
      channel: index % 64,
    }));
    const table = new OrbitTable(chambers);
    fill(table, list, new Uint32Array(chambers * bins));
    assert.deepEqual(contentOf(table), [...expectedOf(list)]);
  });

  it('counts the channels of every orbit, and the orbits by them', () => {
    fc.assert(
      fc.property(hits, (list) => {
        const table = new OrbitTable(chambers);
        const active = new Uint32Array(chambers * bins);
        fill(table, list, active);
        const expected = new Uint32Array(chambers * bins);
        contentOf(table).forEach(([, masks], entry) => {
          masks.forEach((mask, chamber) => {
            assert.equal(table.counts[entry * chambers + chamber], bitsOf(mask));
            if (mask > 0n) expected[chamber * bins + bitsOf(mask)]++;
          });
        });
        for (let chamber = 0; chamber < chambers; chamber++) active[chamber * bins] = 0;
        assert.deepEqual(active, expected);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });
});
