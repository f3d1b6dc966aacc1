import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LaneRecount } from '../../../src/pipeline/verify/lane-recount.js';
import type { RawRows } from '../../../src/pipeline/verify/raw-rows.js';

/** The time line is counted from a multiple of this. */
const span = 2 ** 32;

/** A hit in each of this many orbits, one per record. */
function rowsOf(count: number): RawRows {
  return {
    records: count,
    offsets: Float64Array.from({ length: count }, (_, record) => record),
    recordRows: Uint32Array.from({ length: count }, (_, record) => record + 1),
    orbits: Uint32Array.from({ length: count }, (_, record) => record),
    keys: new Uint32Array(count),
    mark: undefined,
    nextOffset: count,
  };
}

describe('LaneRecount', () => {
  it('counts no orbit that is open at the last commit, however many there are before it', () => {
    // More orbits than are kept before those are settled that nothing can come for.
    const [count, open] = [1_100_000, 1000];
    const recount = new LaneRecount({ chambers: 4, needed: new Map([[0, count - open]]) });
    recount.add(0, rowsOf(count), 0, count);
    recount.settle(new Set());
    assert.ok(recount.tally.size <= open, 'what nothing can come for is settled');
    recount.finish({
      watermark: span + count - open - 1,
      runs: [{ index: 0, baseOrbit: 0, min: span, max: span + count - 1 }],
      partitions: new Map([
        [
          0,
          {
            needed: count - open,
            read: count,
            clock: { last: undefined, run: 0 },
            anchors: [],
            orbitMax: span + count - 1,
            lost: 0,
          },
        ],
      ]),
    });
    assert.deepEqual([recount.tally.orbits, recount.open], [count - open, open]);
  });
});
