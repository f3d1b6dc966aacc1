import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, type HitLists, viewHitLists } from '../../src/compute/hit-lists.js';
import { type RoutedRows, routeRows } from '../../src/compute/route.js';
import { RowBlock } from '../../src/compute/row-block.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { rowCode, wireCodes } from '../../src/domain/row-code.js';

interface InputRow {
  readonly orbit: number;
  readonly code: number;
}

const block = new RowBlock(1 << 16, wireCodes(defaultGeometry));

function route(rows: readonly InputRow[], shards: number): { routed: RoutedRows; lists: HitLists } {
  block.orbits.set(rows.map(({ orbit }) => orbit));
  block.codes.set(rows.map(({ code }) => code));
  block.rows = rows.length;
  const lists = viewHitLists(allocateHitLists(rows.length));
  return { routed: routeRows(block, shards, lists), lists };
}

const near = 2 ** 20;
const code = fc.oneof(
  { weight: 5, arbitrary: fc.nat(255) },
  fc.integer({ min: rowCode.scintillator, max: rowCode.rejectedRange }),
);
const orbitSteps = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -600, max: 1000 }) },
  { weight: 1, arbitrary: fc.constantFrom(near, -near) },
);
/** Rows around a start; other rows have any orbit, as a decoder leaves it. */
const rowsFrom = (steps: fc.Arbitrary<number>): fc.Arbitrary<InputRow[]> =>
  fc
    .tuple(
      fc.constantFrom(0, 1000, 2 ** 31 - 5, 2 ** 32 - 700),
      fc.array(fc.tuple(steps, code, fc.nat()), { maxLength: 200 }),
    )
    .map(([start, list]) => {
      let orbit = start;
      return list.map(([step, code, any]) => {
        if (code > rowCode.scintillator) return { orbit: any, code };
        orbit = (orbit + step) >>> 0;
        return { orbit, code };
      });
    });
const shardCounts = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constantFrom(255, 256, 300, 1024));
const isClockRow = ({ code }: InputRow): boolean => code <= rowCode.scintillator;

describe('routeRows', () => {
  it('puts every row into exactly one list, in row order, with all rows of an orbit in one', () => {
    fc.assert(
      fc.property(rowsFrom(orbitSteps), shardCounts, (rows, shards) => {
        const { routed, lists } = route(rows, shards);
        assert.deepEqual(
          [routed.starts.length, routed.starts[0], routed.starts[shards + 1]],
          [shards + 2, 0, rows.length],
        );
        for (let list = 0; list <= shards; list++) {
          const numbers = [...lists.rows.subarray(routed.starts[list], routed.starts[list + 1])];
          const expected = rows.flatMap((row, number) =>
            (isClockRow(row) ? row.orbit % shards : shards) === list ? [number] : [],
          );
          assert.deepEqual(numbers, expected);
        }
        const numbers = lists.rows.subarray(0, rows.length);
        numbers.forEach((number, place) => assert.equal(lists.codes[place], rows[number].code));
      }),
    );
  });

  it('counts clock rows and the kinds of all rows that are no hits', () => {
    fc.assert(
      fc.property(rowsFrom(orbitSteps), shardCounts, (rows, shards) => {
        const { routed } = route(rows, shards);
        assert.equal(routed.rows, rows.length);
        assert.equal(routed.clockRows, rows.filter(isClockRow).length);
        routed.kinds.forEach((count, kind) => {
          assert.equal(count, rows.filter((row) => row.code === rowCode.scintillator + kind).length);
        });
      }),
    );
  });

  it('extends orbits across the wrap, relative to the first', () => {
    fc.assert(
      fc.property(rowsFrom(orbitSteps), shardCounts, (rows, shards) => {
        const { routed, lists } = route(rows, shards);
        const extended: (number | undefined)[] = [];
        let last: number | undefined;
        for (const row of rows) {
          if (isClockRow(row)) last = last === undefined ? row.orbit : last + ((row.orbit - (last % 2 ** 32)) | 0);
          extended.push(isClockRow(row) ? last : undefined);
        }
        const known = extended.filter((orbit) => orbit !== undefined);
        lists.rows
          .subarray(0, routed.clockRows)
          .forEach((number, place) => assert.equal(lists.orbits[place], extended[number]));
        assert.equal(routed.firstRaw, known[0] ?? -1);
        assert.equal(routed.last, known.at(-1) ?? 0);
        assert.equal(routed.min, Math.min(...known));
        assert.equal(routed.max, Math.max(...known));
        assert.equal(routed.stepped, false);
      }),
    );
  });

  it('says so when neighbours are too far apart, and still gives orbits that are right modulo 2^32', () => {
    const anyStep = fc.oneof(orbitSteps, fc.integer({ min: near + 1, max: 2 ** 32 - near - 1 }));
    fc.assert(
      fc.property(rowsFrom(anyStep), shardCounts, (rows, shards) => {
        const { routed, lists } = route(rows, shards);
        const clockRows = rows.filter(isClockRow);
        const stepped = clockRows.some(
          ({ orbit }, index) => index > 0 && Math.abs((orbit - clockRows[index - 1].orbit) | 0) > near,
        );
        assert.equal(routed.stepped, stepped);
        lists.rows
          .subarray(0, routed.clockRows)
          .forEach((number, place) => assert.equal(lists.orbits[place] >>> 0, rows[number].orbit));
      }),
    );
  });

  it('leaves it to the clock to follow a climb of many large steps', () => {
    const rows = Array.from({ length: 5000 }, (_, row) => ({ orbit: (row * near) >>> 0, code: 0 }));
    const { routed, lists } = route(rows, 1);
    assert.equal(routed.stepped, true);
    rows.forEach(({ orbit }, row) => assert.equal(lists.orbits[row] >>> 0, orbit));
  });
});
