import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeRecords } from '../../../src/compute/decode-records.js';
import { RowBlock } from '../../../src/compute/row-block.js';
import type { DecodeResult } from '../../../src/compute/tasks.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { wireCodes } from '../../../src/domain/row-code.js';
import { ChunkBuffers } from '../../../src/pipeline/buffers/chunk-buffers.js';
import { ChunkAssembler, type RecordChunk } from '../../../src/pipeline/consume/chunk-assembler.js';
import { keptBytesFor, rejectedRecords } from '../../../src/pipeline/consume/rejected-records.js';
import { contentTypes, headerNames } from '../../../src/transport/transport.js';

const block = new RowBlock(1 << 14, wireCodes(defaultGeometry), defaultGeometry.clock);
const word = Buffer.alloc(8).toString('latin1');

/** A message with the rows that are rejected of it: their bytes, and their lines in it. */
interface Message {
  readonly format: 'csv' | 'words';
  readonly text: string;
  readonly rejected: readonly (readonly [value: string, line: string])[];
}

const messages = fc.constantFrom<Message>(
  { format: 'csv', text: '2,0,1,7,3,4', rejected: [] },
  { format: 'csv', text: '2,0,1,7,3,4\n\nx\n2,0,1,7,3,4\ny', rejected: [['x', '3'], ['y', '5']] }, // prettier-ignore
  { format: 'csv', text: '', rejected: [['', '1']] },
  { format: 'words', text: word, rejected: [] },
  { format: 'words', text: `${word}${word}abc`, rejected: [['abc', '3']] },
  { format: 'words', text: 'abcdefg', rejected: [['abcdefg', '1']] },
  { format: 'words', text: '', rejected: [['', '1']] },
);

/** The messages, one per batch, as chunks. */
async function chunksOf(all: readonly Message[], chunkBytes: number): Promise<RecordChunk[]> {
  const chunks: RecordChunk[] = [];
  const buffers = new ChunkBuffers({ count: all.length, chunkBytes });
  const assembler = new ChunkAssembler(buffers, new Map([[4, 0]]), (chunk) => chunks.push(chunk));
  for (const [offset, { format, text }] of all.entries()) {
    const values = Buffer.from(text);
    const headers: Record<string, string> = format === 'csv' ? {} : { [headerNames.contentType]: contentTypes.words };
    await assembler.append(
      {
        ...{ partition: 4, headers, values, valueEnds: Uint32Array.of(values.length) },
        ...{ firstOffset: offset, nextOffset: offset + 1, timestampMs: 0 },
      },
      { to: all.length, replayUntil: 0, nowMs: 0 },
    );
  }
  assembler.seal();
  return chunks;
}

describe('rejectedRecords', () => {
  it('says where each rejected row is from, of lines, of words, and of both in one chunk', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(messages, { maxLength: 20 }), fc.constantFrom(64, 4096), async (all, chunkBytes) => {
        const chunks = await chunksOf(all, chunkBytes);
        if (chunkBytes === 4096) assert.ok(chunks.length <= 1, 'one chunk has all');
        const found = chunks.flatMap((chunk) => {
          block.clear();
          const bytes = chunk.buffer.bytes.subarray(0, chunk.length);
          const recordRows = decodeRecords(bytes, chunk.firstFormat, chunk.records, block);
          const decoded = { recordRows, rejected: Uint32Array.from(block.rejected) } as DecodeResult;
          return rejectedRecords(chunk, decoded, keptBytesFor(undefined)).map(({ record: { headers, values } }) => {
            return { ...headers, value: Buffer.from(values).toString() };
          });
        });
        const expected = all.flatMap(({ rejected }, offset) =>
          rejected.map(([value, line]) => {
            return { reason: 'fields', partition: '4', offset: String(offset), line, value };
          }),
        );
        assert.deepEqual(found, expected);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the beginning of a row that is too long, with its length and hash, and says where it is', async () => {
    const text = `short\n${'x'.repeat(3000)}\n${'y'.repeat(1000)}`;
    const [chunk] = await chunksOf([{ format: 'csv', text, rejected: [] }], 1 << 13);
    block.clear();
    const recordRows = decodeRecords(chunk.buffer.bytes.subarray(0, chunk.length), 'csv', chunk.records, block);
    const decoded = { recordRows, rejected: Uint32Array.from(block.rejected) } as DecodeResult;
    const found = rejectedRecords(chunk, decoded, 1000);
    const place = { reason: 'fields', partition: '4', offset: '0' };
    const sha256 = createHash('sha256').update('x'.repeat(3000)).digest('hex');
    assert.deepEqual(
      found.map(({ record: { headers, values } }) => ({ headers, value: Buffer.from(values).toString() })),
      [
        { headers: { ...place, line: '1' }, value: 'short' },
        { headers: { ...place, line: '2', bytes: '3000', sha256 }, value: 'x'.repeat(1000) },
        { headers: { ...place, line: '3' }, value: 'y'.repeat(1000) },
      ],
    );
    const cut = { partition: 4, offset: 0, line: 2, bytes: 3000, keptBytes: 1000 };
    assert.deepEqual(found.map((record) => record.cut), [undefined, cut, undefined]); // prettier-ignore
  });

  it('leaves room for what is beside the value, also where the topic takes next to nothing', () => {
    assert.deepEqual([undefined, 1_048_588, 5000, 10].map(keptBytesFor), [524_288, 524_288, 3976, 0]);
  });
});
