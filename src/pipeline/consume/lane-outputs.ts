import type { OutgoingBatch } from '../../transport/transport.js';
import type { PublishedMessage } from '../batch/message-assembler.js';
import type { BatchInput } from '../order/batch-input.js';
import type { LaneChunk } from './lane-reader.js';

/** The rejected rows of a cut, as records of `data_rejected`. */
export function rejectedOf(cut: BatchInput<LaneChunk>): OutgoingBatch[] {
  return cut.taken.flatMap(({ chunk, from, to }) =>
    chunk.rejected.filter(({ row }) => row >= from && row < to).map(({ record }) => record),
  );
}

/** The records with the group that stores them: several may read the same rows. */
export function ofGroup(records: readonly OutgoingBatch[], group: string): OutgoingBatch[] {
  return records.map((record) => ({ ...record, headers: { ...record.headers, group } }));
}

/** Messages as records of `data_clean`. */
export function resultBatch(messages: readonly PublishedMessage[]): OutgoingBatch {
  const values = messages.map(({ json }) => Buffer.from(json));
  const ends = values.reduce<number[]>((all, value) => [...all, (all.at(-1) ?? 0) + value.length], []);
  return {
    partition: 0,
    headers: { 'content-type': 'application/json' },
    values: Buffer.concat(values),
    valueEnds: Uint32Array.from(ends),
  };
}
