import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ChunkBuffers } from '../../../src/pipeline/chunk-buffers.js';
import { ChunkAssembler, type RecordChunk } from '../../../src/pipeline/consume/chunk-assembler.js';

const records = 5;
const value = '2,0,72,46758,279,18\n';

/** Lets so many microtasks pass. */
async function microtasks(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await Promise.resolve();
}

describe('ChunkAssembler', () => {
  it('keeps every record, whenever open chunks are handed out while records are added', async () => {
    for (let pause = 0; pause < 20; pause++) {
      const chunks: RecordChunk[] = [];
      const buffers = new ChunkBuffers({ count: 2 * records, chunkBytes: 64 });
      const assembler = new ChunkAssembler(buffers, new Map([[0, 0]]), (chunk) => chunks.push(chunk));
      const appended = assembler.append(
        {
          partition: 0,
          headers: {},
          values: Buffer.from(value.repeat(records)),
          valueEnds: Uint32Array.from({ length: records }, (_, record) => (record + 1) * value.length),
          firstOffset: 0,
          nextOffset: records,
          timestampMs: 0,
        },
        { to: Infinity, replayUntil: 0, nowMs: 0 },
      );
      await microtasks(pause);
      assembler.seal();
      await appended;
      assembler.seal();
      const rows = chunks.reduce((sum, { recordEnds }) => sum + recordEnds.length, 0);
      assert.equal(rows, records, `handed out after ${pause} microtasks`);
      assert.deepEqual(
        chunks.map(({ firstOffset }) => firstOffset),
        [0, ...chunks.slice(0, -1).map(({ nextOffset }) => nextOffset)],
      );
    }
  });
});
