import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type RejectedRow, RejectedRows } from '../../src/results/rejected-rows.js';

const rowArbitrary: fc.Arbitrary<RejectedRow> = fc.record({
  reason: fc.constantFrom('fields', 'number', 'range'),
  partition: fc.nat(3),
  offset: fc.nat(1000),
  line: fc.integer({ min: 1, max: 5 }),
  value: fc.uint8Array({ maxLength: 20 }),
  isCut: fc.boolean(),
  timestampMs: fc.nat(),
});

describe('RejectedRows', () => {
  it('counts every row once, keeps the first examples of each kind, and is bounded', () => {
    fc.assert(
      fc.property(fc.array(rowArbitrary, { maxLength: 50 }), fc.nat(3), (rows, examplesMax) => {
        const counted = new RejectedRows(examplesMax);
        for (const row of rows) counted.add(row);
        const { kinds } = counted;
        assert.equal(kinds.reduce((total, kind) => total + kind.rows, 0), rows.length); // prettier-ignore
        for (const { reason, rows: count, examples } of kinds) {
          assert.equal(examples.length, Math.min(count, examplesMax));
          assert.ok(examples.every((example) => example.reason === reason && rows.includes(rowOf(rows, example))));
        }
        assert.deepEqual(kinds.map((kind) => kind.rows), kinds.map((kind) => kind.rows).toSorted((a, b) => b - a)); // prettier-ignore
      }),
    );
    const many = new RejectedRows(1);
    const row = { reason: 'fields', partition: 0, offset: 0, line: 1, isCut: false, timestampMs: 0 };
    for (let fields = 7; fields < 1007; fields++) many.add({ ...row, value: Buffer.from(','.repeat(fields)) });
    assert.ok(many.kinds.length <= 201);
    assert.deepEqual([many.rows, many.kinds[0].rule], [1000, 'other']);
  });
});

/** The row that an example copies. */
function rowOf(rows: readonly RejectedRow[], example: RejectedRow): RejectedRow {
  return rows.find((row) => row === example || Buffer.from(row.value).equals(example.value)) ?? example;
}
