import { rowKey } from '../../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, viewHitLists } from '../../../src/compute/hit-lists.js';
import { routeRows } from '../../../src/compute/route.js';
import { RowBlock } from '../../../src/compute/row-block.js';
import { orbitIndexStride } from '../../../src/compute/row-block.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { PartitionClock } from '../../../src/domain/orbit-clock.js';
import { Timeline } from '../../../src/domain/timeline.js';
import { rowCode, wireCodes, isClockCode } from '../../../src/domain/row-code.js';
import { BatchInputBuilder } from '../../../src/pipeline/order/batch-input.js';
import { placeChunk, type PlacedChunk } from '../../../src/pipeline/order/placed-chunk.js';

interface Row {
  readonly orbit: number;
  readonly code: number;
}

const block = new RowBlock(1 << 16, wireCodes(defaultGeometry), defaultGeometry.clock);

/** A chunk of the rows, as a thread decodes it and a lane places it. */
function placedChunk(rows: readonly Row[], shards: number): PlacedChunk {
  block.orbits.set(rows.map(({ orbit }) => orbit));
  block.keys.set(rows.map(({ code }) => rowKey(code)));
  block.rows = rows.length;
  const lists = allocateHitLists(rows.length);
  const routed = routeRows(block, shards, viewHitLists(lists));
  const decoded = {
    ...routed,
    lists,
    lines: rows.length,
    recordRows: new Uint32Array(0),
    rejected: new Uint32Array(0),
  };
  const parts = [{ partition: 0, firstOffset: 0, nextOffset: rows.length, firstRecord: 0 }];
  const clock = new PartitionClock(new Timeline());
  return placeChunk({ parts, decoded, lists, replayed: false }, () => clock);
}

const otherRows = 2 * orbitIndexStride;
const rowsArbitrary = fc
  .tuple(
    fc.nat(otherRows),
    fc.array(fc.tuple(fc.integer({ min: -50, max: 60 }), fc.boolean()), {
      maxLength: 3 * orbitIndexStride,
      size: 'max',
    }),
  )
  .map(([others, steps]) => {
    let orbit = 2 ** 31;
    const rows: Row[] = Array.from({ length: others }, () => ({ orbit: 0, code: rowCode.droppedHead }));
    for (const [step, isHit] of steps) {
      orbit += step;
      rows.push({ orbit, code: isHit ? 1 : rowCode.droppedChannel });
    }
    return rows;
  });

describe('CutBuilder', () => {
  it('knows the largest orbit taken from a chunk, wherever cuts end', () => {
    fc.assert(
      fc.property(
        rowsArbitrary,
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(5 * orbitIndexStride), { maxLength: 6 }),
        (rows, shards, anyEnds) => {
          const placed = placedChunk(rows, shards);
          const ends = [...anyEnds.filter((end) => end < rows.length).sort((a, b) => a - b), rows.length];
          for (const end of ends) {
            const highest = new BatchInputBuilder(shards).take(placed, end).at(-1)?.max ?? -Infinity;
            const taken = rows.slice(0, end).filter(({ code }) => isClockCode(code));
            assert.equal(highest - placed.delta, Math.max(...taken.map(({ orbit }) => orbit)));
          }
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });
});
