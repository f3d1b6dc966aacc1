import assert from 'node:assert/strict';
import { it } from 'node:test';
import { closingRows } from '../../../src/experiment/measure/closing-rows.js';

it('an orbit closes after the rows of the lateness and of a block of orbits for each partition', () => {
  assert.deepEqual(
    [1, 10, 200].map((partitions) => Math.round(closingRows(partitions).blocks)),
    [31, 314, 6281],
  );
  assert.equal(closingRows(10).lateness, 2010);
});
