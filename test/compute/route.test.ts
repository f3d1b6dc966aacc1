import { slotOf } from '../../src/domain/slot.js';
import { codeOfKey, rowKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, type HitLists, viewHitLists } from '../../src/compute/hit-lists.js';
import { type ChunkStretch, type RoutedRows, routeRows, stretchOf } from '../../src/compute/route.js';
import { RowBlock, stepsMax, stretchStride } from '../../src/compute/row-block.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { rowCode, wireCodes, isClockCode, kindOf } from '../../src/domain/row-code.js';

interface InputRow {
  readonly orbit: number;
  readonly code: number;
}

const block = new RowBlock(1 << 16, wireCodes(defaultGeometry), defaultGeometry.clock);

function route(rows: readonly InputRow[], shards: number): { routed: RoutedRows; lists: HitLists } {
  block.orbits.set(rows.map(({ orbit }) => orbit));
  block.keys.set(rows.map(({ code }) => rowKey(code)));
  block.rows = rows.length;
  const lists = viewHitLists(allocateHitLists(rows.length));
  return { routed: routeRows(block, shards, lists), lists };
}

function stretchesOf(routed: RoutedRows): ChunkStretch[] {
  const count = routed.stretches.length / stretchStride;
  return Array.from({ length: count }, (_, index) => stretchOf(routed, index));
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
        if (!isClockCode(code)) return { orbit: any, code };
        orbit = (orbit + step) >>> 0;
        return { orbit, code };
      });
    });
const shardCounts = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.constantFrom(255, 256, 300, 1024));
const isClockRow = ({ code }: InputRow): boolean => isClockCode(code);

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
            (isClockRow(row) ? slotOf(row.orbit) % shards : shards) === list ? [number] : [],
          );
          assert.deepEqual(numbers, expected);
        }
        const numbers = lists.rows.subarray(0, rows.length);
        numbers.forEach((number, place) => assert.equal(codeOfKey(lists.keys[place]), rows[number].code));
      }),
    );
  });

  it('counts clock rows and the kinds of all rows that are no hits', () => {
    fc.assert(
      fc.property(rowsFrom(orbitSteps), shardCounts, (rows, shards) => {
        const { routed } = route(rows, shards);
        assert.equal(routed.rows, rows.length);
        assert.equal(routed.starts[shards], rows.filter(isClockRow).length);
        routed.kinds.forEach((count, kind) => {
          assert.equal(count, rows.filter(({ code }) => code >= rowCode.scintillator && kindOf(code) === kind).length);
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
          .subarray(0, routed.starts[shards])
          .forEach((number, place) => assert.equal(lists.orbits[place], extended[number]));
        assert.equal(routed.base, known[0] ?? 0);
        if (known.length === 0) return;
        const range = { first: known[0], last: known.at(-1), min: Math.min(...known), max: Math.max(...known) };
        assert.deepEqual(stretchesOf(routed), [{ row: rows.findIndex(isClockRow), ...range, isStepped: false }]);
      }),
    );
  });

  it('begins a stretch at each step, and gives orbits that are right modulo 2^32', () => {
    const anyStep = fc.oneof(orbitSteps, fc.integer({ min: near + 1, max: 2 ** 32 - near - 1 }));
    fc.assert(
      fc.property(rowsFrom(anyStep), shardCounts, (rows, shards) => {
        const { routed, lists } = route(rows, shards);
        const orbits = new Map<number, number>();
        for (let at = 0; at < routed.starts[shards]; at++) orbits.set(lists.rows[at], lists.orbits[at]);
        for (const [row, orbit] of orbits) assert.equal(orbit >>> 0, rows[row].orbit);
        const stretches = stretchesOf(routed);
        assert.ok(stretches.every(({ isStepped }) => !isStepped));
        const numbers = [...orbits.keys()].sort((a, b) => a - b);
        stretches.forEach(({ row, first, last, min, max }, index) => {
          const end = stretches[index + 1]?.row ?? Infinity;
          const own = numbers
            .filter((number) => number >= row && number < end)
            .map((number) => orbits.get(number) ?? NaN);
          if (numbers.length === 0) return;
          assert.deepEqual([first, last, min, max], [own[0], own.at(-1), Math.min(...own), Math.max(...own)]);
          own.slice(1).forEach((orbit, at) => assert.ok(Math.abs(orbit - own[at]) <= near));
          if (index === 0) return;
          const before = rows[numbers[numbers.indexOf(row) - 1]].orbit;
          const isStep = Math.abs((rows[row].orbit - before) | 0) > near;
          // Orbits are extended by 2^31 either way: beyond, a stretch begins anew without a step.
          assert.ok(isStep || Math.abs(first - stretches[index - 1].last) > 2 ** 31);
        });
      }),
    );
  });

  it('begins a stretch where a climb leaves what can be told relative to the first orbit', () => {
    const rows = Array.from({ length: 5000 }, (_, row) => ({ orbit: (row * near) >>> 0, code: 0 }));
    const { routed, lists } = route(rows, 1);
    assert.deepEqual(
      stretchesOf(routed).map(({ row, first }) => [row, first]),
      [
        [0, 0],
        [2048, -(2 ** 31)],
      ],
    );
    rows.forEach(({ orbit }, row) => assert.equal(lists.orbits[row] >>> 0, orbit));
  });

  it('says so where there are more steps than begin a stretch', () => {
    for (const more of [0, 1]) {
      const rows = Array.from({ length: stepsMax + 1 + more }, (_, row) => ({ orbit: (row % 2) * 2 ** 30, code: 0 }));
      const { routed } = route(rows, 1);
      const stretches = stretchesOf(routed);
      assert.deepEqual([stretches.length, stretches.at(-1)?.isStepped], [stepsMax + 1, more === 1]);
    }
  });
});
