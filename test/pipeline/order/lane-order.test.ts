import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, viewHitLists } from '../../../src/compute/hit-lists.js';
import { ComputePool } from '../../../src/compute/pool.js';
import { stretchStride } from '../../../src/compute/row-block.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { rowKinds, wireCodes } from '../../../src/domain/row-code.js';
import { BatchComputer } from '../../../src/pipeline/batch/batch-computer.js';
import { MessageAssembler } from '../../../src/pipeline/batch/message-assembler.js';
import type { BatchInput } from '../../../src/pipeline/order/batch-input.js';
import { LaneOrder, type LaneMemory } from '../../../src/pipeline/order/lane-order.js';
import { packChunks } from '../../../src/pipeline/direct/pack-chunks.js';
import type { DecodedChunk } from '../../../src/pipeline/order/placed-chunk.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { reachableBytes } from '../../helpers/program/heap.js';
import { type Split, splitArbitrary, stepsOf, streamArbitrary } from '../../model/arbitraries.js';
import type { StreamLine } from '../../model/line-arbitrary.js';
import { type ModelMessage } from '../../model/model.js';
import { laneMessages, modelViewOf } from '../../model/replay.js';

const waitRows = 40;
const shards = 3;
const pool = new ComputePool(2, {
  wires: wireCodes(defaultGeometry),
  clock: defaultGeometry.clock,
  chambers: 4,
  shards,
  chunkBytes: 4096,
});
after(() => pool.close());

/** What the pipeline publishes of the same reads, marks and cuts that {@link laneMessages} has. */
async function pipelineMessages(
  lines: readonly StreamLine[],
  split: Split,
  {
    lateness,
    readsOfChunk,
    ...memory
  }: { readonly lateness: number; readonly readsOfChunk: number } & LaneMemory<DecodedChunk>,
): Promise<ModelMessage[]> {
  const lane = new LaneOrder({ shards, lateness, waitRowsMax: waitRows, ...memory });
  const publisher = new MessageAssembler(new BatchComputer(pool, { shards, chambers: 4 }), {
    geometry: defaultGeometry,
    producer: 'test/0',
    lanes: 1,
    lateness,
    detail: 'full',
    messageBytesMax: Infinity,
  });
  const messages: ModelMessage[] = [];
  const publish = async (cut: BatchInput): Promise<void> => {
    const published = await publisher.publish(cut, lane.timeline.runs, 0, () => 0);
    if (published.length > 0) lane.commitWatermark(cut.watermark);
    if (memory.restarts !== false) assertNeeded(lane);
    messages.push(...published.map(({ message }) => modelViewOf(message)));
  };
  for (let partition = 0; partition < split.partitions; partition++) lane.hold(partition, true);
  let offset = 0;
  const readSinceCut = new Set<number>();
  let reads: Read[] = [];
  /** Places what was read since the last time, as one chunk. */
  const place = async (isHole = false): Promise<void> => {
    if (reads.length === 0) return;
    const { recordsOf, ...chunk } = await decodedOf(reads);
    const parts = reads.map(({ partition, mark, offsets = 0 }, index) => {
      const firstOffset = offset;
      offset += isHole ? offsets : recordsOf(index + 1) - recordsOf(index);
      return { partition, mark, firstOffset, nextOffset: offset, firstRecord: recordsOf(index) };
    });
    lane.add({ ...chunk, parts, isHole });
    reads = [];
  };
  const cut = async (): Promise<void> => {
    await place();
    readSinceCut.clear();
    await publish(lane.cut(Infinity));
  };
  for (const step of stepsOf(lines, split)) {
    if (step.kind === 'idle') lane.hold(step.partition, false);
    else if (step.kind === 'cut') await cut();
    else if (step.kind === 'hole') {
      await place();
      reads = [{ partition: step.partition, lines: [], mark: undefined, offsets: step.offsets }];
      await place(true);
      if (readSinceCut.has(step.partition)) await cut();
    } else {
      lane.hold(step.partition, true);
      readSinceCut.add(step.partition);
      reads.push(step);
      if (memory.pack !== undefined || reads.length >= readsOfChunk) await place();
    }
  }
  await place();
  await publish(lane.flush());
  return messages;
}

interface Read {
  readonly partition: number;
  readonly lines: readonly StreamLine[];
  readonly mark: string | undefined;
  /** Of a hole. */
  readonly offsets?: number;
}

/** A chunk of these lines, but for its parts; each row is a record where there are several reads. */
async function decodedOf(
  reads: readonly Read[],
): Promise<Pick<DecodedChunk, 'decoded' | 'lists' | 'replayed'> & { readonly recordsOf: (index: number) => number }> {
  const isOne = reads.length === 1;
  const texts = reads.map(({ lines }) =>
    lines.filter(({ fate }) => isOne || fate.kind !== 'none').map(({ text, end }) => text + end),
  );
  const all = texts.flat().map((text) => Buffer.from(text));
  const length = all.reduce((sum, line) => sum + line.length, 0);
  const bytes = new SharedArrayBuffer(length + 1);
  new Uint8Array(bytes).set(Buffer.concat(all));
  const lists = allocateHitLists(length);
  let end = 0;
  const ends = Uint32Array.from(all, (line) => (end += line.length));
  const firstLine = (index: number): number => texts.slice(0, index).reduce((sum, own) => sum + own.length, 0);
  const places = { ends, turns: new Uint32Array(0), turnStarts: new Uint32Array(0) };
  const parts = Uint32Array.from(reads, (_, index) => firstLine(index));
  const decoded = await pool.decode({
    format: 'csv',
    bytes,
    length,
    lists,
    ...(isOne ? {} : { records: places, parts }),
  });
  return { decoded, lists, replayed: false, recordsOf: isOne ? (index) => index * decoded.rows : firstLine };
}

/** A restart begins at rows that were read, and goes on where reading has stopped. */
function assertNeeded(lane: LaneOrder): void {
  for (const [partition, { needed, read }] of lane.state.partitions) {
    const progress = [...lane.progress()].find((place) => place.partition === partition);
    // Offsets are the lane's here: between a row and the hole after it lie rows of other partitions.
    assert.ok((needed <= read || lane.holesReady > 0) && read <= (progress?.placed ?? -1));
  }
}

/** A chunk with one hit, as a quiet pipe gives it. */
function oneHit(offset: number, orbit: number): DecodedChunk {
  const lists = allocateHitLists(1);
  const { orbits } = viewHitLists(lists);
  orbits[0] = orbit;
  const shard = orbit % shards;
  const starts = Uint32Array.from({ length: shards + 2 }, (_, list) => (list > shard ? 1 : 0));
  const parts = [{ partition: 0, firstOffset: offset, nextOffset: offset + 1, firstRecord: 0 }];
  const decoded = {
    ...{ rows: 1, starts, kinds: new Uint32Array(rowKinds), maxBefore: Float64Array.of(-Infinity), lists, lines: 1 },
    ...{ base: orbit, stretches: new Int32Array(stretchStride) },
    ...{ recordRows: new Uint32Array(0), rejected: new Uint32Array(0) },
  };
  return { parts, decoded, lists, replayed: false };
}

const direct: LaneMemory<DecodedChunk> = { restarts: false, pack: packChunks };

describe('Lane', () => {
  for (const [corrupt, memory] of [false, true].flatMap((each) => [{}, direct].map((kind) => [each, kind] as const))) {
    const title = `${corrupt ? ' with corrupt orbits' : ''}${memory === direct ? ', small chunks packed' : ''}`;
    it(`publishes what the model says for several partitions${title}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          streamArbitrary({ corrupt, disorder: 40, marks: memory !== direct }),
          splitArbitrary({ idle: true, holes: memory !== direct }),
          fc.constantFrom(0, 10, 100, 5000),
          fc.constantFrom(1, 3, 100),
          async ({ lines }, split, lateness, readsOfChunk) => {
            const expected = laneMessages(lines, split, { geometry: defaultGeometry, lateness, waitRows });
            assert.deepEqual(await pipelineMessages(lines, split, { lateness, readsOfChunk, ...memory }), expected);
          },
        ),
        { numRuns: casesOf(300) },
      );
    });
  }

  it('holds no more after many hours of a quiet pipe than after its first', () => {
    const lane = new LaneOrder({ shards, lateness: 4096, ...direct });
    const batchRows = 15_000;
    const held: number[] = [];
    for (let row = 0; row < 8 * batchRows; row++) {
      lane.add(oneHit(row, row * 11_000));
      // Just before a batch is complete and just after.
      if (row % batchRows === batchRows - 2) held.push(reachableBytes());
      if (lane.rowsReady < batchRows) continue;
      lane.commitWatermark(lane.cut(batchRows).watermark);
      held.push(reachableBytes());
    }
    const growth = Math.max(...held.slice(2)) - Math.max(...held.slice(0, 2));
    assert.ok(held.length === 16 && growth < 1_000_000, `grew by ${growth} bytes: ${held.join(' ')}`);
  });

  it('holds few chunks of a quiet pipe, also while a batch is not complete', () => {
    const lane = new LaneOrder({ shards, lateness: 4096, ...direct });
    const rows = 100_000;
    const before = reachableBytes();
    for (let row = 0; row < rows; row++) lane.add(oneHit(row, row));
    const growth = reachableBytes() - before;
    const { taken, finished } = lane.cut(rows);
    assert.equal(taken.length, finished.length);
    assert.ok(taken.length < 30 && growth < 1_000_000, `${taken.length} chunks, ${growth} bytes`);
    assert.equal(
      taken.reduce((sum, { from, to }) => sum + to - from, 0),
      rows,
    );
  });

  it('says nothing of a restart where it keeps nothing for one', () => {
    assert.throws(() => new LaneOrder({ shards, lateness: 0, restarts: false }).state, /without restarts/);
  });
});
