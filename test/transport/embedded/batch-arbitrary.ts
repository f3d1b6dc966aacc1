import fc from 'fast-check';
import type { OutgoingBatch } from '../../../src/transport/transport.js';

/** Batches for partitions 0 to `partitions - 1`: from none to thousands of records, values from empty to several blocks. */
export function batches(partitions: number): fc.Arbitrary<OutgoingBatch> {
  const values = fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 }) },
    {
      weight: 1,
      arbitrary: fc.nat({ max: 5000 }).map((count) => Array.from({ length: count }, () => Uint8Array.of(7))),
    },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.nat({ max: 200_000 }).map((length) => new Uint8Array(length).fill(length)),
        { maxLength: 4 },
      ),
    },
  );
  const headers = fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 20 }), {
    maxKeys: 3,
  });
  return fc
    .record({ partition: fc.nat({ max: partitions - 1 }), headers, values, keyed: fc.boolean(), seed: fc.string() })
    .map(({ partition, headers: set, values: list, keyed, seed }) => {
      let end = 0;
      return {
        partition,
        headers: { ...set },
        values: Buffer.concat(list),
        valueEnds: Uint32Array.from(list, ({ length }) => (end += length)),
        ...(keyed ? { keys: list.map((_, i) => (i % 3 === 1 ? null : `${seed}${i}`)) } : {}),
      };
    });
}
