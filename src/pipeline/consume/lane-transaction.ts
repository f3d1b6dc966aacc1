import type { LaneTransaction, OutgoingBatch } from '../../transport/transport.js';
import { jsonOf, type PublishedMessage } from '../batch/published-message.js';
import type { BatchInput } from '../order/batch-input.js';
import { type CommitFrame, encodeCheckpoint, type LaneCheckpoint } from './lane-checkpoint.js';
import type { LaneChunk } from './lane-reader.js';

/** What a batch of a lane has to commit. */
interface LaneBatch extends Pick<LaneCheckpoint, 'lane' | 'publisher'> {
  readonly messages: readonly PublishedMessage[];
  readonly rejected: readonly OutgoingBatch[];
  /** Group that commits. */
  readonly group: string;
}

/**
 * The one transaction that makes a batch visible and its offsets committed, so that each row counts exactly once:
 * messages, rejected rows, and where a restart continues. `LaneLease.commit` writes it, on Kafka or the embedded log.
 */
export function laneTransaction(batch: LaneBatch, frame: CommitFrame): LaneTransaction {
  return {
    results: [resultBatch(batch.messages)],
    rejected: ofGroup(batch.rejected, batch.group),
    offsets: encodeCheckpoint(batch, frame),
  };
}

/** The rejected rows of a cut, as records of `data_rejected`. */
export function rejectedOf(cut: BatchInput<LaneChunk>): OutgoingBatch[] {
  return cut.taken.flatMap(({ chunk, from, to }) =>
    chunk.rejected.filter(({ row }) => row >= from && row < to).map(({ record }) => record),
  );
}

/** The records with the group that stores them: several may read the same rows. */
function ofGroup(records: readonly OutgoingBatch[], group: string): OutgoingBatch[] {
  return records.map((record) => ({ ...record, headers: { ...record.headers, group } }));
}

/** Messages as records of `data_clean`. */
function resultBatch(messages: readonly PublishedMessage[]): OutgoingBatch {
  const { bytes: values, ends } = jsonOf(messages);
  return {
    partition: 0,
    headers: { 'content-type': 'application/json' },
    values,
    valueEnds: Uint32Array.from(ends),
  };
}
