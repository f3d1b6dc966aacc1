import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { RecordBatch } from '../../../src/transport/transport.js';
import { compressions } from '../../../src/transport/kafka/writing/compression.js';
import { loadCodec } from '../../../src/transport/kafka/protocol/codecs.js';
import { RecordBatchReader } from '../../../src/transport/kafka/protocol/record-batch-reader.js';
import { encodeRecordBatch } from '../../../src/transport/kafka/protocol/record-batch-writer.js';
import { crc32c } from '../../../src/transport/kafka/protocol/crc32c.js';
import { batches } from '../embedded/batch-arbitrary.js';
import { batchOf, recordsOf, valuesOf } from '../records.js';

const settings = { compression: 'none', timestampMs: 1, isTransactional: false } as const;
const whole = (batch: ReturnType<typeof batchOf>): { batch: typeof batch; from: number; to: number } => {
  return { batch, from: 0, to: batch.valueEnds.length };
};
const readAll = (
  records: Buffer,
  from = 0,
  aborted: { producerId: number; firstOffset: number }[] = [],
): RecordBatch[] => {
  const reader = new RecordBatchReader({ topic: 't', partition: 0, records, aborted }, from);
  const read: RecordBatch[] = [];
  for (let batch = reader.next(); batch !== undefined; batch = reader.next()) read.push(batch);
  return read;
};
/** The batch as the log gives it its place. */
const at = (offset: number, bytes: Buffer): Buffer => {
  const placed = Buffer.from(bytes);
  placed.writeBigInt64BE(BigInt(offset), 0);
  return placed;
};
/** A marker that ends a transaction. */
const marker = (offset: number, producerId: number, isCommit: boolean): Buffer => {
  const batch = batchOf(0, [''], { keys: ['\0\0\0\0'] });
  const bytes = encodeRecordBatch([whole(batch)], {
    ...settings,
    isTransactional: true,
    producer: { producerId, epoch: 0, sequence: -1 },
  });
  bytes.writeInt16BE(0x30, 21);
  bytes.writeInt16BE(isCommit ? 1 : 0, 61 + 7);
  bytes.writeUInt32BE(crc32c(bytes, 21, bytes.length), 17);
  return at(offset, bytes);
};

describe('record batches of Kafka', () => {
  it('check what is known of CRC-32C', () => {
    assert.equal(crc32c(Buffer.from('123456789'), 0, 9), 0xe3069283);
  });

  before(() => Promise.all(compressions.map(loadCodec)));

  it('are read back as they were written, whatever their records, packed or not', () => {
    fc.assert(
      fc.property(fc.array(batches(1), { maxLength: 4 }), fc.constantFrom(...compressions), (lists, compression) => {
        const outgoing = lists.flat().filter(({ valueEnds }) => valueEnds.length > 0);
        if (outgoing.length === 0) return;
        const bytes = encodeRecordBatch(outgoing.map(whole), { ...settings, compression });
        let offset = 0;
        const expected = outgoing.flatMap((batch) => {
          const records = recordsOf([{ ...batch, firstOffset: offset, nextOffset: 0, timestampMs: 0 }], 'latin1');
          offset += records.length;
          return records;
        });
        const read = readAll(bytes);
        assert.deepEqual(recordsOf(read, 'latin1'), expected);
        assert.equal(read.at(-1)?.nextOffset, offset);
      }),
    );
  });

  it('that begin before the offset asked for give only what comes from there on', () => {
    const bytes = encodeRecordBatch([whole(batchOf(0, ['a', 'b', 'c']))], settings);
    const [read] = readAll(at(10, bytes), 11);
    assert.deepEqual([read.firstOffset, read.nextOffset, valuesOf(recordsOf([read]))], [11, 13, ['b', 'c']]);
  });

  it('that are cut at the end of a fetch are left for the next one', () => {
    const bytes = encodeRecordBatch([whole(batchOf(0, ['a', 'b', 'c']))], settings);
    const two = Buffer.concat([bytes, at(3, bytes).subarray(0, 70)]);
    assert.equal(readAll(two).at(-1)?.nextOffset, 3);
  });

  it('of aborted transactions and markers are passed over, those of others are not', () => {
    const written = (offset: number, producerId: number, value: string): Buffer => {
      const producer = { producerId, epoch: 0, sequence: 0 };
      return at(
        offset,
        encodeRecordBatch([whole(batchOf(0, [value]))], { ...settings, isTransactional: true, producer }),
      );
    };
    const records = Buffer.concat([
      written(0, 7, 'undone'),
      written(1, 8, 'kept'),
      marker(2, 7, false),
      written(3, 7, 'anew'),
      marker(4, 7, true),
      marker(5, 8, true),
    ]);
    const read = readAll(records, 0, [{ producerId: 7, firstOffset: 0 }]);
    assert.deepEqual(valuesOf(recordsOf(read)), ['kept', 'anew']);
    assert.equal(read.at(-1)?.nextOffset, 6);
  });

  it('that are damaged are refused with place and rule', () => {
    const bytes = encodeRecordBatch([whole(batchOf(0, ['a']))], settings);
    bytes[bytes.length - 2] ^= 1;
    assert.throws(() => readAll(at(5, bytes)), {
      code: 'transport',
      message: /cannot read t\/0 at offset 5: its checksum must be \d+, got \d+; the log is damaged/,
    });
  });
});
