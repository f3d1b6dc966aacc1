import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allocateHitLists } from '../../../src/compute/hit-lists.js';
import type { DecodeResult } from '../../../src/compute/tasks.js';
import { rowKinds } from '../../../src/domain/row-code.js';
import type { DecodedChunk } from '../../../src/pipeline/order/placed-chunk.js';
import { WholeInput } from '../../../src/pipeline/order/whole-input.js';

const store = { add: () => undefined, check: () => undefined };

/** Offsets [from, to) of a partition, with a dropped row in each record. */
function chunkOf(partition: number, from: number, to: number, more: Partial<DecodedChunk> = {}): DecodedChunk {
  const rows = more.isHole === true ? 0 : to - from;
  const lists = allocateHitLists(rows);
  const kinds = new Uint32Array(rowKinds);
  kinds[1] = rows;
  const decoded: DecodeResult = {
    ...{ rows, starts: Uint32Array.of(0, 0, rows), kinds, maxBefore: new Float64Array(1), lists, lines: rows },
    ...{ recordRows: new Uint32Array(0), rejected: new Uint32Array(0) },
    ...{ base: 0, stretches: new Int32Array(0) },
  };
  const parts = [{ partition, firstOffset: from, nextOffset: to, firstRecord: 0 }];
  return { parts, decoded, lists, replayed: false, ...more };
}

describe('WholeInput', () => {
  it('says which offsets it has read, and which were gone before them, of each partition', () => {
    const lane = new WholeInput(store, 9);
    lane.open(0, 5);
    lane.open(1, 0);
    lane.add(chunkOf(0, 5, 20, { isHole: true }));
    lane.add(chunkOf(1, 0, 3));
    lane.add(chunkOf(0, 20, 22));
    lane.add(chunkOf(1, 3, 10));
    const { rowsRead, kinds, input, lost, watermark, waiting } = lane.flush();
    assert.deepEqual([rowsRead, kinds[1], watermark, waiting], [12, 12, Infinity, 0]);
    assert.deepEqual(Object.fromEntries(input), { 0: [20, 22], 1: [0, 10] });
    assert.deepEqual(Object.fromEntries(lost), { 0: [[5, 20]] });
    lane.commitWatermark();
    const { watermark: closed, partitions } = lane.state;
    const places = [...partitions].map(([number, { needed, read, lost: gone }]) => [number, needed, read, gone]);
    assert.deepEqual([closed, places], [9, [[0, 22, 22, 15], [1, 10, 10, 0]]]); // prettier-ignore
    assert.deepEqual([lane.rowsReady, lane.flush().input.size], [0, 0]);
  });

  it('does not count on over rows that were deleted between others', () => {
    const lane = new WholeInput(store, 9);
    lane.add(chunkOf(0, 0, 3));
    assert.throws(() => lane.add(chunkOf(0, 3, 7, { isHole: true })), {
      code: 'transport',
      retryable: true,
      message: /retention deleted offsets 3-7 of partition 0 while they were to be read; nothing is published/,
    });
  });
});
