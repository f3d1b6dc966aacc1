import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { compressions } from '../../../src/transport/kafka/writing/compression.js';
import { loadCodec } from '../../../src/transport/kafka/protocol/codecs.js';
import { crc32c } from '../../../src/transport/kafka/protocol/crc32c.js';
import { RecordBatchReader, surveyRecords } from '../../../src/transport/kafka/protocol/record-batch-reader.js';
import { encodeRecordBatch } from '../../../src/transport/kafka/protocol/record-batch-writer.js';
import type { RecordBatch } from '../../../src/transport/transport.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { arbitraryBytes, mutatedBytes } from '../../helpers/random/mutated-bytes.js';
import { RandomSource } from '../../helpers/random/random-source.js';
import { decodeWithinBounds } from '../../helpers/assert/total.js';
import { batchOf, recordsOf } from '../records.js';
import { sampleRecords, withRightChecksum } from './record-samples.js';

const settings = { compression: 'none', timestampMs: 1, isTransactional: false } as const;
const seeds = fc.integer();

function readAll(records: Buffer, from = 0): RecordBatch[] {
  const reader = new RecordBatchReader({ topic: 't', partition: 0, records, aborted: [{ producerId: 1, firstOffset: 0 }] }, from); // prettier-ignore
  const read: RecordBatch[] = [];
  for (let batch = reader.next(); batch !== undefined; batch = reader.next()) read.push(batch);
  return read;
}

/** Bytes of one batch of three records of a byte, with something wrong before its checksum is put right. */
function changedBatch(change: (bytes: Buffer) => void): Buffer {
  const batch = batchOf(0, ['a', 'b', 'c']);
  const bytes = encodeRecordBatch([{ batch, from: 0, to: 3 }], settings);
  change(bytes);
  return withRightChecksum(bytes);
}

function assertInOrder(batches: readonly RecordBatch[], from: number): void {
  let next = from;
  for (const { values, valueEnds, firstOffset, offsets, nextOffset, keys } of batches) {
    assert.ok(nextOffset > next, 'reading goes on');
    const ends = [...valueEnds];
    assert.ok(ends.every((end, index) => end >= (ends[index - 1] ?? 0)) && (ends.at(-1) ?? 0) === values.length);
    assert.ok(keys === undefined || keys.length === ends.length);
    for (const index of ends.keys()) {
      const offset = offsets?.[index] ?? firstOffset + index;
      assert.ok(offset >= next && offset < nextOffset);
      next = offset + 1;
    }
    next = nextOffset;
  }
}

describe('record batches of anybody', () => {
  before(() => Promise.all(compressions.map(loadCodec)));

  it('of a length that cannot be end a survey and are refused, whatever the length says', () => {
    const whole = changedBatch(() => undefined);
    const behind = Buffer.from(whole);
    behind.writeBigInt64BE(3n, 0);
    for (const length of [-12, -13, -1, 0, 1, 48, -(2 ** 31)]) {
      const bad = Buffer.from(behind);
      bad.writeInt32BE(length, 8);
      const survey = decodeWithinBounds(() => surveyRecords(Buffer.concat([whole, bad])));
      assert.equal(survey?.end, 3, `length ${length}`);
      assert.equal(decodeWithinBounds(() => surveyRecords(bad))?.end, undefined);
      assert.throws(() => readAll(Buffer.concat([whole, bad])), { code: 'transport', message: /at offset 3: its length must be at least 49, got/ }); // prettier-ignore
    }
  });

  for (const [what, change, message] of [
    ['more records than bytes', (bytes: Buffer) => bytes.writeInt32BE(2 ** 31 - 1, 57), /whole, packed as none/],
    ['fewer records than none', (bytes: Buffer) => bytes.writeInt32BE(-1, 57), /whole, packed as none/],
    ['a record less than there are', (bytes: Buffer) => bytes.writeInt32BE(2, 57), /whole, packed as none/],
    ['a last offset before its first', (bytes: Buffer) => bytes.writeInt32BE(-2, 23), /offsets must rise/],
    ['offsets beyond its last one', (bytes: Buffer) => bytes.writeInt32BE(1, 23), /whole, packed as none/],
    ['a record longer than the batch', (bytes: Buffer) => (bytes[61] = 0x7e), /whole, packed as none/],
    ['a record of length -1', (bytes: Buffer) => (bytes[61] = 1), /whole, packed as none/],
    ['a key longer than its record', (bytes: Buffer) => (bytes[65] = 0x7e), /whole, packed as none/],
    ['a value longer than its record', (bytes: Buffer) => (bytes[66] = 0x0c), /whole, packed as none/],
    ['more headers than there are', (bytes: Buffer) => (bytes[68] = 0x7e), /whole, packed as none/],
    ['two records of one offset', (bytes: Buffer) => (bytes[61 + 8 + 3] = 0), /whole, packed as none/],
  ] as const) {
    it(`are refused with ${what}`, () => {
      const bytes = changedBatch(change);
      assert.throws(() => decodeWithinBounds(() => readAll(bytes), () => false), { code: 'transport', message }); // prettier-ignore
    });
  }

  it('are refused again when asked again, and not passed over', () => {
    const bad = changedBatch((bytes) => bytes.writeInt32BE(2 ** 31 - 1, 57));
    const next = changedBatch(() => undefined);
    next.writeBigInt64BE(3n, 0);
    const records = Buffer.concat([bad, next]);
    const reader = new RecordBatchReader({ topic: 't', partition: 0, records, aborted: [] }, 0);
    assert.throws(() => reader.next(), { code: 'transport' });
    assert.throws(() => reader.next(), { code: 'transport' });
  });

  it('whose headers change with every record take no more than others', () => {
    const count = 20_000;
    const ranges = Array.from({ length: count }, (_, index) => {
      return { batch: batchOf(0, ['v'], { headers: { h: String(index % 2) } }), from: 0, to: 1 };
    });
    const bytes = encodeRecordBatch(ranges, settings);
    const read = decodeWithinBounds(() => readAll(bytes));
    assert.equal(read?.length, count);
    assert.deepEqual([read[1].headers, read[count - 1].nextOffset], [{ h: '1' }, count]);
  });

  it('give records in order or an error, in bounded time and memory, whatever is wrong with them', () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), fc.boolean(), (seed, isArbitrary, isSealed) => {
        const random = new RandomSource(seed);
        const bytes = isArbitrary ? arbitraryBytes(random) : mutatedBytes(sampleRecords(random), random);
        const records = isSealed ? withRightChecksum(bytes) : bytes;
        const from = random.below(4);
        const read = decodeWithinBounds(() => readAll(records, from));
        if (read !== undefined) assertInOrder(read, from);
        const survey = decodeWithinBounds(() => surveyRecords(records), () => false); // prettier-ignore
        assert.ok(survey !== undefined);
        if (read !== undefined && (survey.end ?? 0) > from) assert.equal(read.at(-1)?.nextOffset, survey.end);
      }),
      { numRuns: casesOf(3000) },
    );
  });

  it('packed and damaged inside are whole or an error', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(...compressions), (seed, compression) => {
        const random = new RandomSource(seed);
        const values = Array.from({ length: 20 }, (_, index) => `2,0,${index},${random.below(1000)},0,0\n`);
        const bytes = encodeRecordBatch([{ batch: batchOf(0, values), from: 0, to: 20 }], { ...settings, compression });
        const body = mutatedBytes(bytes.subarray(61), random);
        const records = Buffer.concat([bytes.subarray(0, 61), body]);
        records.writeInt32BE(records.length - 12, 8);
        records.writeUInt32BE(crc32c(records, 21, records.length), 17);
        const read = decodeWithinBounds(() => readAll(records));
        if (read !== undefined) assert.equal(recordsOf(read).length, 20);
      }),
      { numRuns: casesOf(2000) },
    );
  });
});
