import { rowKey } from '../../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rowCode } from '../../../src/domain/row-code.js';
import { OrbitTally } from '../../../src/pipeline/verify/orbit-tally.js';
import type { RawRows } from '../../../src/pipeline/verify/raw-rows.js';
import { WholeRecount } from '../../../src/pipeline/verify/whole-recount.js';

const chambers = 4;
const row = fc.record({
  orbit: fc.oneof(fc.nat(20), fc.integer({ min: 2 ** 32 - 20, max: 2 ** 32 - 1 })),
  code: fc.oneof({ weight: 8, arbitrary: fc.nat(chambers * 64 - 1) }, fc.integer({ min: rowCode.scintillator, max: rowCode.rejectedRange })), // prettier-ignore
});

function rawRows(rows: readonly { readonly orbit: number; readonly code: number }[]): RawRows {
  return {
    records: rows.length,
    offsets: Float64Array.from(rows, (_, record) => record),
    recordRows: Uint32Array.from(rows, (_, record) => record + 1),
    orbits: Uint32Array.from(rows, ({ orbit }) => orbit),
    keys: Uint32Array.from(rows, ({ code }) => rowKey(code)),
    mark: undefined,
    nextOffset: rows.length,
  };
}

describe('WholeRecount', () => {
  it('counts what a tally of all orbits counts, from any parts of the rows', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), fc.nat(300), (rows, border) => {
        const middle = Math.min(border, rows.length);
        const recount = new WholeRecount({ chambers });
        recount.add(0, rawRows(rows), 0, middle);
        recount.add(0, rawRows(rows), middle, rows.length);
        recount.finish();
        const tally = new OrbitTally(chambers);
        for (const { orbit, code } of rows) if (code < rowCode.scintillator) tally.add(orbit, code);
        tally.settleBelow(Infinity);
        assert.deepEqual(
          [recount.tally.active, recount.tally.orbits, recount.tally.listHash],
          [tally.active, tally.orbits, tally.listHash],
        );
        assert.equal(recount.counts.rowsRead, rows.length);
        const hits = recount.counts.channels.reduce((sum, count) => sum + count, 0);
        assert.equal(hits + recount.counts.kinds.reduce((sum, count) => sum + count, 0), rows.length);
      }),
    );
  });

  it('sorts more hits than a block holds', () => {
    const records = 1_100_000;
    const rows = {
      ...rawRows([]),
      records,
      recordRows: new Uint32Array(records).map((_, record) => record + 1),
      orbits: new Uint32Array(records).map((_, record) => (record * 7919) % 550_007),
      keys: new Uint32Array(records).fill(rowKey(7)),
    };
    const recount = new WholeRecount({ chambers });
    recount.add(0, rows, 0, rows.records);
    recount.finish();
    assert.deepEqual([recount.tally.orbits, recount.tally.active[1]], [550_007, 550_007]);
  });
});
