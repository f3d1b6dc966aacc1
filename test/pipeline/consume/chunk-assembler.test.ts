import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { partsMax } from '../../../src/compute/row-block.js';
import { ChunkBuffers } from '../../../src/pipeline/buffers/chunk-buffers.js';
import { ChunkAssembler, type RecordChunk } from '../../../src/pipeline/consume/chunk-assembler.js';
import { offsetOfRecord, partOfRecord } from '../../../src/pipeline/order/chunk-parts.js';
import { contentTypes, headerNames, holeBatch, type RecordBatch } from '../../../src/transport/transport.js';

interface PlainRecord {
  readonly partition: number;
  readonly value: string;
  readonly format: 'csv' | 'words';
  readonly offset: number;
  readonly replayed: boolean;
}

/** A record, and how many offsets before it have none. */
interface Spaced {
  readonly value: string;
  readonly gap: number;
}

const partitions = [3, 4, 9];
const values = fc.oneof(
  fc.string({ unit: fc.constantFrom('1', ',', '\n'), maxLength: 20 }),
  fc.constantFrom('', 'x'.repeat(64), `${'y'.repeat(90)}\n`, 'z'.repeat(400)),
);
const spaced = fc.record({
  value: values,
  gap: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
});

/** A batch of records from an offset on; their offsets are said only where there is a gap between them. */
function batchOf(
  records: readonly Spaced[],
  firstFree: number,
  format: 'csv' | 'words',
  partition = partitions[0],
): RecordBatch {
  let end = 0;
  let next = firstFree;
  const offsets = Float64Array.from(records, ({ gap }) => (next += gap + 1) - 1);
  const isDense = offsets.every((offset, record) => offset === offsets[0] + record);
  return {
    partition,
    headers: format === 'csv' ? {} : { [headerNames.contentType]: contentTypes.words },
    values: Buffer.from(records.map(({ value }) => value).join('')),
    valueEnds: Uint32Array.from(records, ({ value }) => (end += value.length)),
    firstOffset: offsets[0] ?? firstFree,
    ...(isDense ? {} : { offsets }),
    nextOffset: next,
    timestampMs: 0,
  };
}

/** What a chunk holds, record by record. */
function recordsOf(chunk: RecordChunk): PlainRecord[] {
  const turns = [...chunk.records.turns];
  const turnStarts = [...chunk.records.turnStarts];
  let format = chunk.firstFormat;
  let start = 0;
  return Array.from(chunk.records.ends, (end, record) => {
    if (turns[0] === record) {
      assert.ok(turnStarts[0] - start < (format === 'csv' ? 8 : 1), 'no gap beside the padding before words');
      start = turnStarts[0];
      turns.shift();
      turnStarts.shift();
      format = format === 'csv' ? 'words' : 'csv';
    }
    if (format === 'words') assert.equal(start % 8, 0);
    const text = Buffer.from(chunk.buffer.bytes.slice(start, end)).toString();
    start = format === 'csv' ? end : Math.max(start + 8, Math.ceil(end / 8) * 8);
    const value = chunk.emptyRecords.has(record) ? '' : text;
    const part = partOfRecord(chunk.parts, record);
    const { partition } = part;
    return { partition, value, format, offset: offsetOfRecord(part, record), replayed: chunk.replayed };
  });
}

/** Lets so many microtasks pass. */
async function microtasks(count: number): Promise<void> {
  for (let passed = 0; passed < count; passed++) await Promise.resolve();
}

describe('ChunkAssembler', () => {
  it('keeps every record below the end, in the order of reading, with its offset and whether it is read again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            records: fc.array(spaced, { maxLength: 30 }),
            format: fc.constantFrom('csv' as const, 'words' as const),
            partition: fc.constantFrom(...partitions),
          }),
          { maxLength: 8 },
        ),
        fc.record({
          start: fc.constantFrom(0, 7),
          replayUntil: fc.nat(60),
          to: fc.oneof(fc.nat(90), fc.constant(1e9)),
        }),
        fc.infiniteStream(fc.option(fc.nat(12))),
        async (batches, { start, replayUntil, to }, pauses) => {
          const chunks: RecordChunk[] = [];
          const found: PlainRecord[] = [];
          const buffers = new ChunkBuffers({ count: 2, chunkBytes: 256 });
          const assembler = new ChunkAssembler(
            buffers,
            new Map(partitions.map((partition) => [partition, start])),
            (chunk) => {
              chunks.push(chunk);
              found.push(...recordsOf(chunk));
              buffers.release(chunk.buffer);
            },
          );
          const expected: PlainRecord[] = [];
          const next = new Map<number, number>();
          for (const { records, format, partition } of batches) {
            const batch = batchOf(records, next.get(partition) ?? start, format, partition);
            records.forEach(({ value }, record) => {
              const offset = batch.offsets?.[record] ?? batch.firstOffset + record;
              const isEnded = format === 'words' || value === '' || value.endsWith('\n');
              if (offset < to)
                expected.push({
                  partition,
                  value: isEnded ? value : `${value}\n`,
                  format,
                  offset,
                  replayed: offset < replayUntil,
                });
            });
            next.set(partition, batch.nextOffset);
            const appended = assembler.append(batch, { to, replayUntil, nowMs: 5 });
            // Chunks are also handed out while records are added.
            const pause = pauses.next().value as number | null;
            if (pause !== null) {
              await microtasks(pause);
              assembler.seal();
            }
            await appended;
          }
          assembler.seal();
          assert.deepEqual(found, expected);
          const ends = new Map<number, number>();
          for (const { partition, firstOffset, nextOffset } of chunks.flatMap(({ parts }) => parts)) {
            assert.equal(firstOffset, ends.get(partition) ?? start, 'parts leave no gap');
            assert.ok(nextOffset <= Math.max(to, start));
            ends.set(partition, nextOffset);
          }
          for (const { length, buffer } of chunks) assert.ok(length <= buffer.bytes.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('ends what is read again where it ended before, whatever takes offsets after it, and has holes by themselves', async () => {
    const chunks: RecordChunk[] = [];
    const buffers = new ChunkBuffers({ count: 9, chunkBytes: 256 });
    const assembler = new ChunkAssembler(buffers, new Map([[3, 40]]), (chunk) => chunks.push(chunk));
    const range = { to: 100, replayUntil: 43, nowMs: 0 };
    const row = { value: '1', gap: 0 };
    const nothing = { values: new Uint8Array(0), valueEnds: new Uint32Array(0) };
    const marker = (from: number, to: number): RecordBatch => ({
      ...batchOf([], from, 'csv'),
      ...nothing,
      nextOffset: to,
    });
    await assembler.append(batchOf([row, row], 40, 'csv'), range);
    await assembler.append(marker(42, 45), range);
    await assembler.append(batchOf([row], 45, 'csv'), range);
    await assembler.append(marker(46, 48), range);
    await assembler.append(holeBatch(3, 50, 60), range);
    await assembler.append(holeBatch(3, 60, 120), range);
    assembler.seal();
    assert.deepEqual(
      chunks.flatMap(({ parts, replayed, isHole }) =>
        parts.map(({ firstOffset, nextOffset }) => [firstOffset, nextOffset, replayed, isHole]),
      ),
      [
        [40, 43, true, false],
        [43, 50, false, false],
        [50, 60, false, true],
        [60, 100, false, true],
      ],
    );
  });

  it('begins a part with the first record of each mark, and none where a mark is repeated', async () => {
    const chunks: RecordChunk[] = [];
    const buffers = new ChunkBuffers({ count: 9, chunkBytes: 256 });
    const assembler = new ChunkAssembler(buffers, new Map([[3, 0]]), (chunk) => chunks.push(chunk));
    const marks = [undefined, 'a', undefined, 'a', 'b', undefined];
    for (const [offset, mark] of marks.entries()) {
      const batch = batchOf([{ value: '1', gap: 0 }], offset, 'csv');
      const headers = mark === undefined ? {} : { [headerNames.run]: mark };
      await assembler.append({ ...batch, headers }, { to: 100, replayUntil: 3, nowMs: 0 });
    }
    assembler.seal();
    assert.deepEqual(
      chunks.flatMap(({ parts, replayed }) =>
        parts.map(({ firstOffset, nextOffset, mark }) => [firstOffset, nextOffset, mark, replayed]),
      ),
      [
        [0, 1, undefined, true],
        [1, 3, 'a', true],
        [3, 4, undefined, false],
        [4, 6, 'b', false],
      ],
    );
  });

  it('says no offset of its own for records that follow each other', async () => {
    const chunks: RecordChunk[] = [];
    const buffers = new ChunkBuffers({ count: 2, chunkBytes: 256 });
    const assembler = new ChunkAssembler(buffers, new Map([[3, 40]]), (chunk) => chunks.push(chunk));
    const append = (from: number): Promise<void> =>
      assembler.append(
        batchOf(
          [1, 2, 3].map((value) => ({ value: String(value), gap: 0 })),
          from,
          'csv',
        ),
        {
          ...{ to: 100, replayUntil: 0, nowMs: 0 },
        },
      );
    await append(40);
    await append(43);
    assembler.seal();
    await append(50);
    assembler.seal();
    assert.deepEqual(
      chunks.flatMap(({ parts }) => parts.map(({ recordOffsets }) => recordOffsets && [...recordOffsets])),
      [undefined, [50, 51, 52]],
    );
  });

  it('has one chunk for all partitions, and another one where there would be too many parts', async () => {
    const chunks: RecordChunk[] = [];
    const buffers = new ChunkBuffers({ count: 2, chunkBytes: 1 << 20 });
    const starts = new Map(partitions.map((partition) => [partition, 0]));
    const assembler = new ChunkAssembler(buffers, starts, (chunk) => chunks.push(chunk));
    const batches = 2 * partsMax;
    for (let index = 0; index < batches; index++) {
      // Two of a partition follow each other: they are one part.
      const partition = partitions[(index >> 1) % 3];
      const batch = batchOf([{ value: '1', gap: 0 }], ((index - (index % 6)) / 6) * 2 + (index % 2), 'csv', partition);
      await assembler.append(batch, { to: batches, replayUntil: 0, nowMs: 0 });
    }
    assert.deepEqual(chunks.length, 0);
    await assembler.append(batchOf([{ value: '1', gap: 0 }], 2000, 'csv', partitions[0]), {
      to: batches,
      replayUntil: 0,
      nowMs: 0,
    });
    assembler.seal();
    assert.deepEqual(
      chunks.map(({ parts, records }) => [parts.length, records.ends.length]),
      [
        [partsMax, batches],
        [1, 1],
      ],
    );
  });
});
