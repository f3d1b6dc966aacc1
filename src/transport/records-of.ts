import type { OutgoingBatch, RecordBatch } from './transport.js';

/** A record of a batch. */
interface BatchRecord {
  readonly offset: number;
  /** A view of the batch's memory. */
  readonly value: Uint8Array;
}

/**
 * The records of a batch, one by one. An object each: where rows are decoded, loops go over `valueEnds` themselves
 * (`fillChunk`, `RawRowsDecoder`, `rowsOfRecords`).
 */
export function* recordsOf(batch: RecordBatch): Generator<BatchRecord> {
  const { values, valueEnds } = batch;
  for (let record = 0; record < valueEnds.length; record++) {
    yield { offset: offsetOf(batch, record), value: values.subarray(valueStart(batch, record), valueEnds[record]) };
  }
}

/** Offset of a record of a batch. */
export function offsetOf({ offsets, firstOffset }: RecordBatch, record: number): number {
  return offsets === undefined ? firstOffset + record : offsets[record];
}

/** Where a record's value begins in `values`; of the record after the last one, where they end. */
export function valueStart({ valueEnds }: Pick<OutgoingBatch, 'valueEnds'>, record: number): number {
  return record === 0 ? 0 : valueEnds[record - 1];
}
