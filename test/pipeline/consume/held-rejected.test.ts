import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeldRejected } from '../../../src/pipeline/consume/held-rejected.js';
import type { LaneChunk } from '../../../src/pipeline/consume/lane-reader.js';

/** So many rejected rows of so many bytes each. */
function chunkOf(rows: number, bytes: number): Pick<LaneChunk, 'rejected'> {
  const values = new Uint8Array(bytes);
  const record = { partition: 0, headers: {}, values, valueEnds: Uint32Array.of(bytes) };
  return { rejected: new Array<LaneChunk['rejected'][number]>(rows).fill({ row: 0, record }) };
}

describe('HeldRejected', () => {
  it('holds so many rows and bytes, gives them out once, and says what to do when there are more', () => {
    for (const [rows, bytes, more] of [
      [500_000, 1, 1],
      [256, 1 << 20, 1],
    ]) {
      const held = new HeldRejected();
      held.add(chunkOf(rows, bytes));
      assert.equal(held.take().length, rows);
      assert.equal(held.take().length, 0);
      held.add(chunkOf(rows, bytes));
      assert.throws(() => held.add(chunkOf(more, bytes)), {
        code: 'limit',
        message:
          /^cannot hold more than 500,000 rejected rows or 256 MiB of them until the end, as --lateness all does: /,
      });
    }
  });
});
