import { compressions } from '../../../src/transport/kafka/writing/compression.js';
import { crc32c } from '../../../src/transport/kafka/protocol/crc32c.js';
import { encodeRecordBatch } from '../../../src/transport/kafka/protocol/record-batch-writer.js';
import type { Headers } from '../../../src/transport/transport.js';
import type { RandomSource } from '../../helpers/random/random-source.js';
import { batchOf } from '../records.js';

const headerSets: readonly Headers[] = [{}, { 'content-type': 'text/csv' }, { a: 'b', 'dt-orbit-block': '64' }];

/**
 * Record batches one after the other, at rising offsets: packed in every way, with keys, headers that change between their
 * records, of transactions and with markers.
 */
export function sampleRecords(random: RandomSource): Buffer {
  const batches: Buffer[] = [];
  let offset = 0;
  for (let left = 1 + random.below(3); left > 0; left--) {
    const ranges = Array.from({ length: 1 + random.below(3) }, () => {
      const values = Array.from({ length: 1 + random.below(5) }, () =>
        random.bytes(random.below(60)).toString('latin1'),
      );
      const keys = random.oneIn(3)
        ? values.map((value, index) => (random.oneIn(3) ? null : `${index}${value}`))
        : undefined;
      const batch = batchOf(0, values, { headers: random.pick(headerSets), ...(keys === undefined ? {} : { keys }) });
      return { batch, from: 0, to: values.length };
    });
    const isTransactional = random.oneIn(3);
    const bytes = encodeRecordBatch(ranges, {
      compression: random.pick(compressions),
      timestampMs: random.below(2 ** 31),
      isTransactional,
      ...(isTransactional ? { producer: { producerId: random.below(4), epoch: 0, sequence: 0 } } : {}),
    });
    bytes.writeBigInt64BE(BigInt(offset), 0);
    if (random.oneIn(8)) {
      bytes.writeInt16BE(bytes.readInt16BE(21) | 0x20, 21);
      bytes.writeUInt32BE(crc32c(bytes, 21, bytes.length), 17);
    }
    offset += ranges.reduce((sum, { to }) => sum + to, 0);
    batches.push(bytes);
  }
  return Buffer.concat(batches);
}

/** Puts the checksum of the first batch right, so that what was changed behind it is not refused by it alone. */
export function withRightChecksum(records: Buffer): Buffer {
  if (records.length < 61) return records;
  const end = Math.min(records.length, 12 + Math.max(49, records.readInt32BE(8)));
  records.writeUInt32BE(crc32c(records, 21, end), 17);
  return records;
}
