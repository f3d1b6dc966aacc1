import assert from 'node:assert/strict';
import { aggregateChain } from '../../src/compute/aggregate.js';
import { decodeRecords } from '../../src/compute/decode-records.js';
import { allocateHitLists, viewHitLists } from '../../src/compute/hit-lists.js';
import { OrbitDetailCollector } from '../../src/compute/orbit-detail.js';
import { OrbitTable } from '../../src/compute/orbit-table.js';
import { routeRows } from '../../src/compute/route.js';
import { RowBlock } from '../../src/compute/row-block.js';
import type { DecodeResult } from '../../src/compute/tasks.js';
import type { BatchMessage, Ledger } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { wireCodes } from '../../src/domain/row-code.js';
import { type Aggregator, BatchComputer } from '../../src/pipeline/batch/batch-computer.js';
import { MessageAssembler } from '../../src/pipeline/batch/message-assembler.js';
import { ChunkBuffers } from '../../src/pipeline/buffers/chunk-buffers.js';
import { ChunkAssembler, type RecordChunk } from '../../src/pipeline/consume/chunk-assembler.js';
import { keptBytesFor, rejectedRecords } from '../../src/pipeline/consume/rejected-records.js';
import type { BatchInput } from '../../src/pipeline/order/batch-input.js';
import { LaneOrder } from '../../src/pipeline/order/lane-order.js';
import { compressions } from '../../src/transport/kafka/writing/compression.js';
import { RecordBatchReader, surveyRecords } from '../../src/transport/kafka/protocol/record-batch-reader.js';
import { encodeRecordBatch } from '../../src/transport/kafka/protocol/record-batch-writer.js';
import { contentTypes, headerNames, type OutgoingBatch, type RecordBatch } from '../../src/transport/transport.js';
import { assertMessageLaws } from '../helpers/assert/message-laws.js';
import { arbitraryBytes, mutatedBytes } from '../helpers/random/mutated-bytes.js';
import type { RandomSource } from '../helpers/random/random-source.js';
import { isDecodeError } from '../helpers/assert/total.js';
import { type Row, rowsOfMessage } from '../model/classify.js';
import { withRightChecksum } from '../transport/kafka/record-samples.js';
import { rowGenerators } from './row-generators.js';
import { addLedger, emptyLedger } from '../../src/domain/summary.js';

const shards = 2;
const chambers = defaultGeometry.chambers.length;
const chunkBytes = 2048;
const block = new RowBlock(1 << 16, wireCodes(defaultGeometry), defaultGeometry.clock);
const table = new OrbitTable(chambers, shards);
const detail = new OrbitDetailCollector(chambers);
const buffers = new ChunkBuffers({ count: 4, chunkBytes });
/** The work of the threads, in this one. */
const aggregator: Aggregator = {
  threads: 1,
  aggregate: (tasks) => Promise.resolve(aggregateChain(tasks, { table, detail })),
};

/**
 * Sends record batches, right, damaged or of nothing in particular, through all that takes them apart, counts and publishes
 * them, and holds what comes out against the laws of messages and the model.
 *
 * @returns record batches that were read, damaged ones included, and the rows that were in them
 * @throws AssertionError where a row is in no ledger, or anything else than the damage itself fails
 */
export async function fuzzBatches(random: RandomSource): Promise<{ readonly batches: number; readonly rows: number }> {
  const batches: RecordBatch[] = [];
  let read = 0;
  for (let partition = random.below(3); partition >= 0; partition--) {
    const of = readPartition(random, partition);
    batches.push(...of.read);
    read += of.batches;
  }
  const rows = batches.flatMap(rowsOf);
  const { messages, rejected } = await publishAll(random, batches);
  assertMessageLaws(messages);
  assert.equal(messages.at(-1)?.ledger.carried_out ?? 0, 0);
  assert.deepEqual(sumOf(messages), talliedBy(rows));
  assert.equal(rejected, rows.filter(({ kind }) => kind === 'rejected').length);
  return { batches: read, rows: rows.length };
}

/** What a reader makes of the records of one partition, which may be damaged: all of it up to the damage. */
function readPartition(
  random: RandomSource,
  partition: number,
): { readonly read: readonly RecordBatch[]; readonly batches: number } {
  const written = Array.from({ length: 1 + random.below(3) }, () => writtenBatch(random, partition));
  const encoded = encodeAll(random, written);
  const whole = Buffer.concat(encoded);
  const kind = random.below(4);
  const damaged = kind === 0 ? arbitraryBytes(random) : kind === 1 ? mutatedBytes(whole, random) : whole;
  const records = kind < 2 && random.oneIn(2) ? withRightChecksum(damaged) : damaged;
  const source = { topic: 't', partition, records, aborted: [] };
  surveyRecords(records);
  const reader = new RecordBatchReader(source, 0);
  const read: RecordBatch[] = [];
  try {
    for (let batch = reader.next(); batch !== undefined; batch = reader.next()) read.push(batch);
  } catch (error) {
    if (kind >= 2 || !isDecodeError(error)) throw error;
  }
  if (kind >= 2) assert.deepEqual(valuesOf(read), valuesOf(written));
  return { read, batches: encoded.length };
}

function writtenBatch(random: RandomSource, partition: number): OutgoingBatch {
  const generator = random.pick(rowGenerators);
  const values = Array.from({ length: 1 + random.below(4) }, () => {
    if (random.oneIn(12)) return arbitraryBytes(random, 100);
    const bytes = generator.write(random, random.below(5));
    return random.oneIn(10) ? mutatedBytes(bytes, random) : bytes;
  });
  let end = 0;
  return {
    partition,
    headers: generator.format === 'words' ? { [headerNames.contentType]: contentTypes.words } : {},
    values: Buffer.concat(values),
    valueEnds: Uint32Array.from(values, ({ length }) => (end += length)),
  };
}

function encodeAll(random: RandomSource, batches: readonly OutgoingBatch[]): Buffer[] {
  let offset = 0;
  const encode = (parts: readonly OutgoingBatch[]): Buffer => {
    const ranges = parts.map((batch) => ({ batch, from: 0, to: batch.valueEnds.length }));
    // Packing takes most of the time: every fifth batch is enough.
    const compression = random.oneIn(5) ? random.pick(compressions) : 'none';
    const bytes = encodeRecordBatch(ranges, { compression, timestampMs: offset, isTransactional: false });
    bytes.writeBigInt64BE(BigInt(offset), 0);
    offset += ranges.reduce((sum, { to }) => sum + to, 0) + random.below(2);
    return bytes;
  };
  // Batches of lines and of words together make one whose headers change.
  return random.oneIn(2) ? [encode(batches)] : batches.map((batch) => encode([batch]));
}

/** Takes batches in, cuts now and then, and publishes everything at the end. */
async function publishAll(
  random: RandomSource,
  batches: readonly RecordBatch[],
): Promise<{ readonly messages: readonly BatchMessage[]; readonly rejected: number }> {
  const lateness = random.pick([0, 40, 4096, 2 ** 31]);
  const lane = new LaneOrder({ shards, lateness, waitRowsMax: random.pick([16, 40, 65_536]) });
  const detail = random.pick(['full', 'auto', 'none'] as const);
  const publisher = new MessageAssembler(new BatchComputer(aggregator, { shards, chambers }), {
    ...{ geometry: defaultGeometry, producer: 'fuzz/0', lanes: 1, lateness, detail },
    messageBytesMax: random.oneIn(10) ? random.pick([3000, 6000]) : Infinity,
  });
  const messages: BatchMessage[] = [];
  const publish = async (cut: BatchInput): Promise<void> => {
    const published = await publisher.publish(cut, lane.timeline.runs, 0, () => 0);
    if (published.length > 0) lane.commitWatermark(cut.watermark);
    messages.push(...published.map(({ message }) => message));
  };
  let rejected = 0;
  const starts = new Map([0, 1, 2].map((partition) => [partition, 0]));
  const assembler = new ChunkAssembler(buffers, starts, (chunk) => {
    const decoded = decode(chunk);
    rejected += rejectedRecords(chunk, decoded, keptBytesFor(undefined)).length;
    lane.add({ ...chunk, decoded, lists: decoded.lists });
    buffers.release(chunk.buffer);
  });
  for (const batch of batches) {
    await assembler.append(batch, { to: Infinity, replayUntil: 0, nowMs: 0 });
    if (!random.oneIn(3)) continue;
    if (random.oneIn(2)) assembler.seal();
    lane.hold(random.below(3), random.oneIn(2));
    await publish(lane.cut(random.below(30)));
  }
  assembler.seal();
  await publish(lane.flush());
  return { messages, rejected };
}

/** What a thread of the pool does with a chunk. */
function decode({ buffer, length, firstFormat, records, parts }: RecordChunk): DecodeResult {
  block.clear();
  const recordRows = decodeRecords(buffer.bytes.subarray(0, length), firstFormat, records, block);
  const lists = allocateHitLists(block.rows);
  const partRows = Uint32Array.from(parts, ({ firstRecord }) => (firstRecord === 0 ? 0 : recordRows[firstRecord - 1]));
  const routed = routeRows(block, shards, viewHitLists(lists), partRows);
  return { ...routed, lists, lines: block.lines, rejected: Uint32Array.from(block.rejected), recordRows };
}

function valuesOf(batches: readonly OutgoingBatch[]): string[] {
  return batches.flatMap(({ values, valueEnds }) =>
    Array.from(valueEnds, (end, index) =>
      Buffer.from(values.subarray(valueEnds[index - 1] ?? 0, end)).toString('latin1'),
    ),
  );
}

function rowsOf(batch: RecordBatch): Row[] {
  const encoding = batch.headers[headerNames.contentType] === contentTypes.words ? 'words' : 'csv';
  return valuesOf([batch]).flatMap((value) => rowsOfMessage(Buffer.from(value, 'latin1'), defaultGeometry, encoding));
}

function talliedBy(rows: readonly Row[]): Ledger {
  const tally = emptyLedger();
  tally.rows_read = rows.length;
  for (const row of rows) {
    if (row.kind === 'dropped') tally.dropped[row.reason]++;
    else if (row.kind === 'rejected') tally.rejected[row.reason]++;
    else if (row.kind === 'hit') tally.hits++;
    else tally.scintillator++;
  }
  return tally;
}

function sumOf(messages: readonly BatchMessage[]): Ledger {
  const sum = emptyLedger();
  for (const { ledger } of messages) addLedger(sum, ledger);
  return sum;
}
