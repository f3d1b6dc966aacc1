import { codeOfKey, rowKey } from '../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AggregateScratch, aggregateShards } from '../../src/compute/aggregate.js';
import {
  allocateHeldBlock,
  allocateHitLists,
  holdRows,
  viewHeldBlock,
  viewHitLists,
} from '../../src/compute/hit-lists.js';
import { channelsOfEntry, OrbitDetailCollector, orbitOfEntry } from '../../src/compute/orbit-detail.js';
import { OrbitTable } from '../../src/compute/orbit-table.js';
import type { AggregateResult, AggregateTask, ShardInput } from '../../src/compute/tasks.js';
import { rowCode } from '../../src/domain/row-code.js';

interface Row {
  readonly orbit: number;
  readonly code: number;
}

/** Rows of one read: a chunk's, or the carried ones. */
interface Part {
  readonly rows: readonly Row[];
  readonly delta: number;
  readonly replayed: boolean;
}

const chambers = 2;
const closed = 100;
const watermark = 160;
const row = fc.record({
  orbit: fc.integer({ min: 80, max: 180 }),
  code: fc.oneof({ weight: 6, arbitrary: fc.nat(chambers * 64 - 1) }, fc.constant(rowCode.scintillator)),
});
const part = fc.record({
  rows: fc.array(row, { maxLength: 60 }),
  delta: fc.constantFrom(0, 2 ** 33, -50),
  replayed: fc.boolean(),
});
const parts = fc.array(part, { maxLength: 4 });

function scratchOf(table = new OrbitTable(chambers)): AggregateScratch {
  return { table, detail: new OrbitDetailCollector(chambers) };
}

function listsOf(rows: readonly Row[], delta: number): SharedArrayBuffer {
  const buffer = allocateHitLists(rows.length);
  const lists = viewHitLists(buffer);
  rows.forEach(({ orbit, code }, index) => {
    lists.orbits[index] = orbit - delta;
    lists.keys[index] = rowKey(code);
  });
  return buffer;
}

/** The task that closes the parts, spread over shards; the first part stands for the carried hits. */
function taskOf(list: readonly Part[], shards: number, detailMax = 0): AggregateTask {
  const [carried, ...slices] = list;
  const shardInput = (shard: number): ShardInput => {
    const own = (rows: readonly Row[]): Row[] => rows.filter(({ orbit }) => orbit % shards === shard);
    const before = own(carried?.rows ?? []);
    return {
      carried: carried === undefined ? undefined : listsOf(before, 0),
      carriedCount: before.length,
      slices: slices.map(({ rows, delta, replayed }) => {
        const list = own(rows);
        return { lists: listsOf(list, delta), from: 0, to: list.length, delta, replayed };
      }),
      carryOut: allocateHitLists([...before, ...slices.flatMap(({ rows }) => own(rows))].length),
    };
  };
  const detailOut = detailMax === 0 ? undefined : new Float64Array(list.flatMap(({ rows }) => rows).length);
  return {
    ...{ closed, watermark, detailMax, detailOut },
    shards: Array.from({ length: shards }, (_, shard) => shardInput(shard)),
  };
}

/** Everything of a result that does not depend on how rows are spread; carried rows in any order. */
function totalsOf(task: AggregateTask, result: AggregateResult): unknown {
  const carried = task.shards.flatMap(({ carryOut }, shard) => {
    assert.ok(carryOut !== undefined);
    const { orbits, keys } = viewHitLists(carryOut);
    return Array.from({ length: result.carried[shard] }, (_, at) => `${orbits[at]} ${codeOfKey(keys[at])}`);
  });
  return { ...result, physics: undefined, hits: [...result.hits], active: [...result.active], carried: carried.sort() };
}

/** The same by the rules of docs/semantics.md, with maps and sets. */
function expectedOf([carriedPart, ...slices]: readonly Part[]): unknown {
  const hits = new Array<number>(chambers * 64).fill(0);
  const active = new Array<number>(chambers * 65).fill(0);
  const seen = new Map<number, Set<number>>();
  const lateOrbits = new Set<number>();
  const carried: string[] = [];
  let scintillator = 0;
  let lateHits = 0;
  const all = [
    ...(carriedPart?.rows ?? []).map((each) => ({ ...each, replayed: false })),
    ...slices.flatMap(({ rows, replayed }) => rows.map((each) => ({ ...each, replayed }))),
  ];
  for (const { orbit, code, replayed } of all) {
    if (orbit > watermark) carried.push(`${orbit} ${code}`);
    else if (orbit > closed || !replayed) {
      if (code === rowCode.scintillator) scintillator++;
      else {
        hits[code]++;
        if (orbit > closed) seen.set(orbit, (seen.get(orbit) ?? new Set()).add(code));
        else {
          lateHits++;
          lateOrbits.add(orbit);
        }
      }
    }
  }
  for (const codes of seen.values()) {
    for (let chamber = 0; chamber < chambers; chamber++) {
      const count = [...codes].filter((code) => code >> 6 === chamber).length;
      if (count > 0) active[chamber * 65 + count]++;
    }
  }
  return {
    ...{ hits, active, scintillator, lateHits, lateOrbits: lateOrbits.size, orbits: seen.size },
    ...{
      orbitFirst: Math.min(...seen.keys()),
      orbitLast: Math.max(...seen.keys()),
      carried: carried.sort(),
      detail: [],
    },
    physics: undefined,
  };
}

describe('aggregateShards', () => {
  it('publishes, counts as late, passes over and carries by the rules, whatever the shards', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 5 }), (list, shards) => {
        const task = taskOf(list, shards);
        const table = new OrbitTable(chambers, shards);
        assert.deepEqual(totalsOf(task, aggregateShards(task, scratchOf(table))), expectedOf(list));
        assert.equal(table.size, 0);
      }),
    );
  });

  it('counts of held hits those between its bounds, and how many are above', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200 }), (rows) => {
        const delta = 2 ** 33;
        const lists = allocateHeldBlock(rows.length);
        // Raw orbits in lists are relative to any multiple of 2^32.
        const relative = rows.map((each, index) => ({ ...each, orbit: each.orbit + 2 ** 32 * ((index % 3) - 1) }));
        holdRows(viewHitLists(listsOf(relative, 0)), 0, rows.length, viewHeldBlock(lists), 0);
        const slice = { lists, from: 0, to: rows.length, delta, replayed: false, isHeld: true };
        const shard = { carried: undefined, carriedCount: 0, slices: [slice] };
        const bounds = { closed: closed + delta, watermark: watermark + delta, detailMax: 0 };
        const held = aggregateShards({ ...bounds, shards: [shard] }, scratchOf());
        const absolute = rows.map((each) => ({ ...each, orbit: each.orbit + delta }));
        const task = taskOf([{ rows: [], delta: 0, replayed: false }, { rows: absolute, delta, replayed: true }], 1); // prettier-ignore
        assert.deepEqual(held, aggregateShards({ ...task, ...bounds }, scratchOf()));
      }),
    );
  });

  it('carries hits in their order', () => {
    const rows = [170, 161, 150, 161, 175].map((orbit, code) => ({ orbit, code }));
    const task = taskOf(
      [
        { rows: [], delta: 0, replayed: false },
        { rows, delta: 9, replayed: false },
      ],
      1,
    );
    const { carried } = aggregateShards(task, scratchOf());
    const { carryOut } = task.shards[0];
    assert.ok(carryOut !== undefined);
    const { orbits, keys } = viewHitLists(carryOut);
    assert.deepEqual(carried, [4]);
    assert.deepEqual([...orbits.subarray(0, 4)], [170, 161, 161, 175]);
    assert.deepEqual([...keys.subarray(0, 4)].map(codeOfKey), [0, 1, 3, 4]);
  });

  it('lists each orbit with its active channels, ascending, up to the bound asked for', () => {
    fc.assert(
      fc.property(parts, (list) => {
        const task = taskOf(list, 1, 10_000);
        const result = aggregateShards(task, scratchOf());
        assert.ok(result.detail !== undefined);
        const active = new Array<number>(chambers * 65).fill(0);
        result.detail.forEach((detail, chamber) => {
          const [orbits, channels] = [[...detail].map(orbitOfEntry), [...detail].map(channelsOfEntry)];
          assert.deepEqual(
            orbits,
            [...new Set(orbits)].sort((a, b) => a - b),
          );
          channels.forEach((count) => active[chamber * 65 + count]++);
        });
        assert.deepEqual([...result.active], active);
        const entries = active.reduce((sum, count) => sum + count, 0);
        const bounded = (detailMax: number): unknown => aggregateShards(taskOf(list, 1, detailMax), scratchOf()).detail;
        if (entries > 0) assert.deepEqual(bounded(entries), result.detail);
        if (entries > 1) assert.equal(bounded(entries - 1), undefined);
      }),
    );
  });

  it('takes more orbits than the table had room for', () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => ({ orbit: 1000 + 3 * index, code: 64 * (index % 2) }));
    const task = {
      ...taskOf(
        [
          { rows: [], delta: 0, replayed: false },
          { rows, delta: 0, replayed: false },
        ],
        1,
      ),
      watermark: Infinity,
    };
    const { orbits, orbitFirst, orbitLast, active } = aggregateShards(task, scratchOf());
    assert.deepEqual([orbits, orbitFirst, orbitLast], [30_000, 1000, 1000 + 3 * 29_999]);
    assert.deepEqual([active[1], active[66]], [15_000, 15_000]);
  });
});
