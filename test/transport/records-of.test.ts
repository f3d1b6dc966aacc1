import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { offsetOf, recordsOf, valueStart } from '../../src/transport/records-of.js';
import { batchOf, recordsOf as plainRecordsOf } from './records.js';

const values = fc.array(fc.string({ maxLength: 5 }), { maxLength: 8 });

describe('recordsOf', () => {
  it('gives each record once, in order, with the offset that it has', () => {
    fc.assert(
      fc.property(
        values,
        fc.nat(),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 8 }),
        (texts, first, steps) => {
          let offset = first;
          const offsets = Float64Array.from(texts, (_, record) => (offset += steps[record]));
          const dense = { ...batchOf(0, texts), firstOffset: first, nextOffset: first + texts.length, timestampMs: 0 };
          for (const batch of [dense, { ...dense, offsets }]) {
            const records = [...recordsOf(batch)].map((record) => ({
              offset: record.offset,
              value: Buffer.from(record.value).toString(),
            }));
            assert.deepEqual(records, plainRecordsOf([batch]).map((plain) => ({ offset: plain.offset, value: plain.value }))); // prettier-ignore
            records.forEach((record, index) => assert.equal(offsetOf(batch, index), record.offset));
            assert.equal(valueStart(batch, texts.length), batch.values.length);
          }
        },
      ),
    );
  });
});
