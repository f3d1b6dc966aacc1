import { DtstreamError } from '../../../errors.js';
import { valueStart } from '../../records-of.js';
import type { OutgoingBatch } from '../../transport.js';
import { batchHeaderBytes } from '../protocol/batch-frame.js';
import { batchBytesMax, type RecordRange } from '../protocol/record-batch-writer.js';

/** Bytes of one record batch before it is packed, at most: brokers take 1,048,588 by default. */
const recordBatchBytesMax = 1_000_000;

/**
 * Batches of an append as record batches by partition, in order. A partition takes one record batch a request, so record
 * batch k of every partition goes with the k-th request.
 *
 * @param topicBytesMax what the topic takes, in bytes; a record that is larger by itself is left to the broker to refuse
 * @throws DtstreamError `limit` when a single record cannot fit
 */
export function partitionBatches(
  topic: string,
  batches: readonly OutgoingBatch[],
  topicBytesMax = Infinity,
): Map<number, RecordRange[][]> {
  const bytesMax = Math.min(recordBatchBytesMax, topicBytesMax - batchHeaderBytes);
  const byPartition = new Map<number, RecordRange[][]>();
  /** Bytes of the last record batch of each partition. */
  const lastBytes = new Map<number, number>();
  for (const batch of batches) {
    checkKeys(batch);
    let lists = byPartition.get(batch.partition);
    if (lists === undefined) byPartition.set(batch.partition, (lists = []));
    for (const range of rangesOf(batch, bytesMax)) {
      const last = lists.at(-1);
      const bytes = batchBytesMax(range);
      const bytesTogether = (lastBytes.get(batch.partition) ?? 0) + bytes;
      const fits = last !== undefined && bytesTogether <= bytesMax;
      if (fits) last.push(range);
      else lists.push([range]);
      lastBytes.set(batch.partition, fits ? bytesTogether : bytes);
    }
  }
  for (const range of [...byPartition.values()].flat(2)) checkSize(topic, range);
  return byPartition;
}

/** The records of a batch in pieces that fit. */
function rangesOf(batch: OutgoingBatch, bytesMax: number): RecordRange[] {
  const count = batch.valueEnds.length;
  const whole = { batch, from: 0, to: count };
  if (count === 0) return [];
  if (batchBytesMax(whole) <= bytesMax) return [whole];
  const ranges: RecordRange[] = [];
  const overhead = (batchBytesMax(whole) - (batch.valueEnds.at(-1) ?? 0)) / count;
  let from = 0;
  let bytes = 0;
  for (let record = 0; record < count; record++) {
    const valueBytes = batch.valueEnds[record] - valueStart(batch, record);
    if (record > from && bytes + valueBytes + overhead > bytesMax) {
      ranges.push({ batch, from, to: record });
      from = record;
      bytes = 0;
    }
    bytes += valueBytes + overhead;
  }
  ranges.push({ batch, from, to: count });
  return ranges;
}

function checkKeys({ keys, valueEnds }: OutgoingBatch): void {
  if (keys && keys.length !== valueEnds.length) {
    throw new RangeError(`a batch must have a key for each of its ${valueEnds.length} records, got ${keys.length}`);
  }
}

function checkSize(topic: string, range: RecordRange): void {
  const bytes = batchBytesMax(range);
  if (range.to - range.from > 1 || bytes <= largestRecordBytes) return;
  throw new DtstreamError(
    'limit',
    `cannot append to ${topic}: a record must have at most ${largestRecordBytes} bytes, got about ${bytes}`,
  );
}

/** What the protocol can say; the topic's own limit is the broker's to check. */
const largestRecordBytes = 64 << 20;
