import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { allocateHitLists } from '../../src/compute/hit-lists.js';
import { ComputePool } from '../../src/compute/pool.js';
import { stretchOf } from '../../src/compute/route.js';
import { stretchStride } from '../../src/compute/row-block.js';
import type { DecodeTask } from '../../src/compute/tasks.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { wireCodes } from '../../src/domain/row-code.js';

const pool = new ComputePool(2, {
  wires: wireCodes(defaultGeometry),
  clock: defaultGeometry.clock,
  chambers: 4,
  shards: 2,
  chunkBytes: 4096,
});
after(() => pool.close());

function csvTask(records: readonly string[]): DecodeTask {
  let end = 0;
  const ends = Uint32Array.from(records, ({ length }) => (end += length));
  const bytes = new SharedArrayBuffer(end);
  new Uint8Array(bytes).set(Buffer.from(records.join('')));
  const places = { ends, turns: new Uint32Array(0), turnStarts: new Uint32Array(0) };
  return { format: 'csv', bytes, length: end, records: places, lists: allocateHitLists(64) };
}

const row = (orbit: number): string => `2,0,${orbit % 100},${orbit},100,5\n`;

describe('ComputePool', () => {
  it('begins a stretch with each part that has rows, wherever its orbits are', async () => {
    const records = [row(7) + row(8), row(8), '\n', row(9), row(9)];
    const decoded = await pool.decode({ ...csvTask(records), parts: Uint32Array.of(0, 0, 1, 2, 3, 5) });
    const stretches = Array.from({ length: decoded.stretches.length / stretchStride }, (_, index) =>
      stretchOf(decoded, index),
    );
    assert.deepEqual(
      stretches.map(({ row: first, min, max }) => [first, min, max]),
      [
        [0, 7, 8],
        [2, 8, 8],
        [3, 9, 9],
      ],
    );
  });

  it('says where records end only where one is not a row', async () => {
    const recordRows = async (records: readonly string[]): Promise<number[]> => [
      ...(await pool.decode(csvTask(records))).recordRows,
    ];
    assert.deepEqual(await recordRows([row(1), row(2), row(3)]), []);
    assert.deepEqual(await recordRows([row(1), row(2) + row(3)]), [1, 3]);
    assert.deepEqual(await recordRows([row(1) + row(2), '\n']), [2, 2]);
  });
});
