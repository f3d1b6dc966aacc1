import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { allocateHitLists } from '../../src/compute/hit-lists.js';
import { ComputePool } from '../../src/compute/pool.js';
import type { DecodeTask } from '../../src/compute/tasks.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { wireCodes } from '../../src/domain/row-code.js';

const pool = new ComputePool(2, { wires: wireCodes(defaultGeometry), chambers: 4, shards: 2, chunkBytes: 4096 });
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
  it('decodes a list of chunks to what each gives alone, in their order', async () => {
    const chunks = [[row(7), row(9)], ['no row\n', row(8) + row(9)], [row(3)]];
    const together = await pool.decodeAll(chunks.map(csvTask));
    const alone = await Promise.all(chunks.map((records) => pool.decode(csvTask(records))));
    assert.deepEqual(together, alone);
    assert.deepEqual(
      together.map(({ rows, lines }) => [rows, lines]),
      [
        [2, 2],
        [3, 3],
        [1, 1],
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
