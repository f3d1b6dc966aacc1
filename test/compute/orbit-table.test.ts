import { rowKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, viewHitLists } from '../../src/compute/hit-lists.js';
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
    table.orbits[entry],
    Array.from({ length: chambers }, (__, chamber) => {
      const word = (entry * chambers + chamber) * 2;
      return BigInt(table.masks[word]) + (BigInt(table.masks[word + 1]) << 32n);
    }),
  ]);
}

/** Sees the hits in as many calls as there are lists, all below the watermark. */
function fill(table: OrbitTable, list: readonly Hit[], hitsMax = list.length): void {
  const lists = viewHitLists(allocateHitLists(list.length));
  lists.orbits.set(list.map(({ orbit }) => orbit));
  lists.keys.set(list.map(({ chamber, channel }) => rowKey(chamber * 64 + channel)));
  table.begin(hitsMax);
  const bounds = { delta: 0, closed: -1, watermark: Infinity };
  table.close(lists, { from: 0, to: list.length }, bounds, ({ carriedKeys, lateKeys }) => {
    assert.equal(carriedKeys.length + lateKeys.length, 0);
  });
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
          fill(table, list);
          assert.deepEqual(contentOf(table), [...expectedOf(list)]);
          table.sweep();
          assert.equal(table.size, 0);
        }
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('keeps its sums when it grows', () => {
    const table = new OrbitTable(chambers);
    const list = [{ orbit: 7, chamber: 1, channel: 2 }];
    fill(table, list);
    table.sweep();
    fill(table, list, 1_000_000);
    assert.deepEqual(contentOf(table), [...expectedOf(list)]);
    table.sweep();
    const { hits: sum, active } = table.takeSums();
    assert.deepEqual([sum[66], active[bins + 1], active[1]], [2, 2, 0]);
  });

  it('grows with its orbits while it is filled, and keeps all of them', () => {
    const table = new OrbitTable(chambers, 4);
    const list = Array.from({ length: 150_000 }, (_, index) => {
      return { orbit: ((index * 7919) % 100_003) * 4 + 2 ** 33, chamber: index % 3, channel: index % 64 };
    });
    for (const times of [1, 2]) {
      fill(table, list, 0);
      assert.equal(table.size, 100_003);
      assert.deepEqual(contentOf(table), [...expectedOf(list)]);
      table.sweep();
      assert.equal(table.size, 0, `time ${times}`);
    }
    const sums = table.takeSums();
    assert.equal(
      sums.hits.reduce((sum, count) => sum + count, 0),
      2 * list.length,
    );
  });

  it('counts the hits, and the orbits by their active channels', () => {
    fc.assert(
      fc.property(hits, (list) => {
        const table = new OrbitTable(chambers);
        fill(table, list);
        const expected = new Uint32Array(chambers * bins);
        for (const [, masks] of contentOf(table)) masks.forEach((mask, at) => expected[at * bins + bitsOf(mask)]++);
        const orbits = list.map((each) => each.orbit);
        const { orbitFirst, orbitLast } = table.sweep();
        assert.deepEqual([orbitFirst, orbitLast], [Math.min(...orbits), Math.max(...orbits)]);
        const sums = table.takeSums();
        assert.deepEqual(sums.active, expected);
        const counts = new Uint32Array(chambers * 64);
        for (const { chamber, channel } of list) counts[chamber * 64 + channel]++;
        assert.deepEqual(sums.hits, counts);
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });
});
