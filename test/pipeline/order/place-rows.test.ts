import { slotOf } from '../../../src/domain/slot.js';
import { codeOfKey, rowKey } from '../../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, viewHitLists } from '../../../src/compute/hit-lists.js';
import { routeRows } from '../../../src/compute/route.js';
import { RowBlock, stepsMax } from '../../../src/compute/row-block.js';
import type { DecodeResult } from '../../../src/compute/tasks.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { type Anchor, type ClockState, PartitionClock } from '../../../src/domain/orbit-clock.js';
import { Timeline } from '../../../src/domain/timeline.js';
import { rowCode, wireCodes, isClockCode } from '../../../src/domain/row-code.js';
import { BatchInputBuilder } from '../../../src/pipeline/order/batch-input.js';
import {
  type DecodedChunk,
  placeChunk,
  type PlacedChunk,
  waitingAfter,
} from '../../../src/pipeline/order/placed-chunk.js';
import { casesOf } from '../../helpers/random/cases-of.js';

interface Row {
  readonly orbit: number;
  readonly code: number;
}

interface Read {
  readonly partition: number;
  readonly rows: readonly Row[];
  readonly mark: string | undefined;
}

/** A row that has its place, or got it at a later row. */
interface PlacedRow {
  readonly row: number;
  readonly orbit: number;
  readonly code: number;
}

const near = 2 ** 20;
const partitions = 2;
const block = new RowBlock(1 << 16, wireCodes(defaultGeometry), defaultGeometry.clock);
const isClockRow = ({ code }: Row): boolean => isClockCode(code);

/** Small steps, steps at the bound, pauses, new runs, corrupt orbits, rows without an orbit, and climbs of large steps. */
const stepArbitrary = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('hits' as const), orbits: fc.nat(30), count: fc.nat(25) }) },
  fc.record({ kind: fc.constant('back' as const), orbits: fc.nat(600), count: fc.constant(1) }),
  fc.record({
    kind: fc.constant('step' as const),
    orbits: fc.integer({ min: near - 2, max: near + 2 }),
    count: fc.nat(3),
  }),
  fc.record({
    kind: fc.constant('step' as const),
    orbits: fc.integer({ min: 1 - 2 ** 31, max: 2 ** 31 }),
    count: fc.constant(1),
  }),
  fc.record({ kind: fc.constant('climb' as const), orbits: fc.integer({ min: -near, max: near }), count: fc.nat(40) }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('corrupt' as const),
      orbits: fc.nat(),
      count: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('other' as const), orbits: fc.nat(), count: fc.nat(4) }) },
);

const rowsArbitrary = fc
  .tuple(fc.constantFrom(0, 1000, 2 ** 31 - 5, 2 ** 32 - 300), fc.array(stepArbitrary, { maxLength: 40 }))
  .map(([start, steps]) => {
    let orbit = start;
    const rows: Row[] = [];
    for (const { kind, orbits, count } of steps) {
      if (kind === 'back') rows.push({ orbit: (orbit - orbits) >>> 0, code: 5 });
      if (kind === 'step') orbit += orbits;
      for (let index = 0; index < count; index++) {
        if (kind === 'hits') orbit += orbits;
        if (kind === 'climb') orbit += orbits;
        const isCorrupt = kind === 'corrupt';
        if (kind === 'other') rows.push({ orbit: orbits, code: rowCode.droppedHead + (index % 3) });
        else
          rows.push({
            orbit: (isCorrupt ? orbit ^ (1 << (orbits % 32)) : orbit) >>> 0,
            code: index % 7 === 6 ? rowCode.scintillator : index,
          });
      }
    }
    return rows;
  });

/** Up to 13 reads, each a part of a chunk. */
const readsArbitrary: fc.Arbitrary<readonly Read[]> = fc
  .tuple(
    rowsArbitrary,
    fc.array(
      fc.record({ partition: fc.nat(partitions - 1), length: fc.integer({ min: 0, max: 90 }), isMarked: fc.nat(9) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
  )
  .map(([rows, cuts]) => {
    const left = [...rows];
    const marks: (string | undefined)[] = [];
    const chunks = cuts.map(({ partition, length, isMarked }, index) => {
      if (isMarked === 0) marks[partition] = `mark ${index}`;
      return { partition, rows: left.splice(0, length), mark: marks[partition] };
    });
    return [...chunks, { partition: 0, rows: left, mark: marks[0] }];
  });

/** A chunk of these rows as a thread routes it, its lists in memory of its own. */
function decodedOf(rows: readonly Row[], shards: number, partRows?: readonly number[]): DecodeResult {
  block.orbits.set(rows.map(({ orbit }) => orbit));
  block.keys.set(rows.map(({ code }) => rowKey(code)));
  block.rows = rows.length;
  const lists = allocateHitLists(rows.length);
  const routed = routeRows(block, shards, viewHitLists(lists), partRows && Uint32Array.from(partRows));
  return { ...routed, lists, lines: rows.length, recordRows: new Uint32Array(0), rejected: new Uint32Array(0) };
}

/** What the clock says when each row goes through it: the rule that placing whole stretches must not change. */
function oneByOne(rows: readonly Row[], clock: PartitionClock, firstOffset: number) {
  const places: PlacedRow[] = [];
  const waiting: number[] = [];
  const highest: number[] = [];
  let max = -Infinity;
  rows.forEach((each, row) => {
    const { orbit: raw, code } = each;
    if (isClockRow(each)) {
      const released: Parameters<PartitionClock['step']>[3] = [];
      const orbit = clock.step(raw, rowKey(code), firstOffset + row, released);
      if (orbit !== undefined) places.push({ row, orbit, code });
      for (const late of released) places.push({ row, orbit: late.orbit, code: codeOfKey(late.key) });
      max = Math.max(max, orbit ?? -Infinity, ...released.filter(({ claimed }) => !claimed).map((late) => late.orbit));
    }
    waiting.push(clock.waiting.length);
    highest.push(max);
  });
  return { places: sorted(places), waiting, highest };
}

function sorted(places: readonly PlacedRow[]): PlacedRow[] {
  return places.toSorted((a, b) => a.row - b.row || a.orbit - b.orbit || a.code - b.code);
}

/** The clocks of a lane's partitions, and where each chunk began whose rows may be read again. */
class Lane {
  readonly clocks: PartitionClock[];
  readonly starts: ({ readonly state: ClockState; readonly clockRow: number } | undefined)[] = [];
  #timeline = new Timeline();
  readonly #waitRowsMax: number;

  constructor(waitRowsMax: number) {
    this.#waitRowsMax = waitRowsMax;
    this.clocks = Array.from(
      { length: partitions },
      () => new PartitionClock(this.#timeline, undefined, { waitRowsMax }),
    );
  }

  begin({ partition }: Read): PartitionClock {
    const clock = this.clocks[partition];
    this.starts.push(clock.waiting.length > 0 ? undefined : { state: clock.state, clockRow: clock.clockRows });
    return clock;
  }

  /** The clock of a partition as after a restart at a chunk. */
  restarted(chunk: number, partition: number): PartitionClock | undefined {
    const start = this.starts[chunk];
    if (start === undefined) return undefined;
    const replay = this.anchors(partition)
      .filter(({ clockRow }) => clockRow >= start.clockRow)
      .map((anchor) => ({ ...anchor, clockRow: anchor.clockRow - start.clockRow }));
    return new PartitionClock(this.#timeline, start.state, { waitRowsMax: this.#waitRowsMax, replay });
  }

  anchors(partition: number): Anchor[] {
    return this.clocks[partition].anchorsFrom(0);
  }

  get runs(): readonly unknown[] {
    return this.#timeline.runs;
  }
}

/** A chunk of several reads, each a part of it. */
function chunkOf(
  reads: readonly Read[],
  shards: number,
  firstOffsets: readonly number[],
  replayed: boolean,
): DecodedChunk {
  const firstRows = reads.map((_, index) => reads.slice(0, index).reduce((sum, { rows }) => sum + rows.length, 0));
  const rows = reads.flatMap((read) => read.rows);
  const decoded = decodedOf(rows, shards, firstRows);
  const parts = reads.map(({ partition, mark, rows: own }, index) => {
    const firstOffset = firstOffsets[index];
    return { partition, mark, firstOffset, nextOffset: firstOffset + own.length, firstRecord: firstRows[index] };
  });
  return { parts, decoded, lists: decoded.lists, replayed };
}

/**
 * Compares a chunk placed by stretches with its rows one by one, taken in several cuts.
 *
 * @param clocksOf the clocks of a read's partition: one for stretches, one for rows
 */
function assertSame(
  reads: readonly Read[],
  shards: number,
  cuts: readonly number[],
  clocksOf: (read: Read, way: 0 | 1) => PartitionClock,
  replayed = false,
): void {
  const firstOffsets = reads.map((_, index) => 1000 * index);
  const chunk = chunkOf(reads, shards, firstOffsets, replayed);
  const highest: (readonly number[])[] = [];
  let turn = 0;
  const used: PartitionClock[] = [];
  const placed = placeChunk(chunk, () => (used[turn] = clocksOf(reads[turn++], 0)));
  const places: PlacedRow[] = [];
  reads.forEach((read, index) => {
    const clock = clocksOf(read, 1);
    if (!replayed) clock.endReplay();
    if (read.mark !== undefined) clock.mark(read.mark);
    const expected = oneByOne(read.rows, clock, firstOffsets[index]);
    const part = placed.parts[index];
    places.push(...expected.places.map((place) => ({ ...place, row: place.row + part.from })));
    assert.deepEqual(
      read.rows.map((_, row) => waitingAfter(part, part.from + row + 1)),
      expected.waiting,
    );
    assert.equal(part.max, expected.highest.at(-1) ?? -Infinity);
    highest.push(expected.highest);
    // A later part of the same partition has moved the clock on.
    if (reads.slice(index + 1).some(({ partition }) => partition === read.partition)) return;
    assert.deepEqual(used[index].state, clock.state);
    assert.deepEqual(used[index].waiting, clock.waiting);
    assert.equal(used[index].clockRows, clock.clockRows);
  });

  const { lists, delta, released } = placed;
  const found: PlacedRow[] = released.map(({ row, orbit, key }) => ({ row, orbit, code: codeOfKey(key) }));
  for (let at = 0; at < chunk.decoded.starts[shards]; at++) {
    if (Number.isNaN(lists.orbits[at])) continue;
    found.push({ row: lists.rows[at], orbit: lists.orbits[at] + delta, code: codeOfKey(lists.keys[at]) });
  }
  assert.deepEqual(sorted(found), sorted(places));
  assertTaken(placed, { shards, places, cuts, highest });
}

/** Cuts a chunk after some of its rows, and compares what was taken. */
function assertTaken(
  placed: PlacedChunk,
  expected: {
    readonly shards: number;
    readonly places: readonly PlacedRow[];
    readonly cuts: readonly number[];
    readonly highest: readonly (readonly number[])[];
  },
): void {
  const { shards, places, cuts, highest } = expected;
  const { rows } = placed.chunk.decoded;
  const ends = [...cuts.filter((end) => end > 0 && end < rows), rows].toSorted((a, b) => a - b);
  const taken: PlacedRow[] = [];
  const next = new Map(placed.parts.map(({ part }) => [part, part.firstOffset]));
  for (const end of ends) {
    const builder = new BatchInputBuilder(shards);
    for (const { part, from, to, max, waiting } of builder.take(placed, end)) {
      const index = placed.parts.findIndex((each) => each.part === part);
      const rowsOfPart = to - part.firstOffset;
      assert.equal(from, next.get(part));
      assert.equal(to, Math.min(part.nextOffset, part.firstOffset + end - placed.parts[index].from));
      assert.equal(max, highest[index][rowsOfPart - 1] ?? -Infinity);
      assert.equal(waiting, waitingAfter(placed.parts[index], end));
      next.set(part, to);
    }
    builder.slices.forEach((slices, shard) => {
      for (const slice of slices) {
        assert.equal(slice.replayed, placed.chunk.replayed);
        const { orbits, keys } = viewHitLists(slice.lists);
        for (let at = slice.from; at < slice.to; at++) {
          if (Number.isNaN(orbits[at])) continue;
          const orbit = orbits[at] + slice.delta;
          assert.equal(slotOf(orbit >>> 0) % shards, shard);
          taken.push({ row: end, orbit, code: codeOfKey(keys[at]) });
        }
      }
    });
  }
  for (const [{ nextOffset }, offset] of next) assert.equal(offset, nextOffset);
  const cutOf = (row: number): number => ends.find((end) => end > row) ?? 0;
  assert.deepEqual(sorted(taken), sorted(places.map((place) => ({ ...place, row: cutOf(place.row) }))));
}

describe('placeChunk', () => {
  it('places rows by stretches as one by one, whatever steps, corrupt orbits, marks, cuts and restarts there are', () => {
    fc.assert(
      fc.property(
        readsArbitrary,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(3, 20, 65_536),
        fc.array(fc.nat(200), { maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 13, maxLength: 13 }),
        fc.nat(12),
        (reads, shards, waitRowsMax, cuts, readsOfChunks, again) => {
          const lanes = [new Lane(waitRowsMax), new Lane(waitRowsMax)] as const;
          const left = [...reads];
          for (const count of readsOfChunks) {
            assertSame(left.splice(0, count), shards, cuts, (read, way) => lanes[way].begin(read));
            assert.deepEqual(lanes[0].runs, lanes[1].runs);
          }
          for (let partition = 0; partition < partitions; partition++) {
            assert.deepEqual(lanes[0].anchors(partition), lanes[1].anchors(partition));
          }
          const first = Math.min(again, reads.length - 1);
          const { partition } = reads[first];
          const clocks = lanes.map((lane) => lane.restarted(first, partition));
          const [stretches, rows] = clocks;
          if (stretches === undefined || rows === undefined) return;
          const readAgain = reads.slice(first).filter((read) => read.partition === partition);
          for (const read of readAgain) assertSame([read], shards, cuts, (_, way) => [stretches, rows][way], true);
        },
      ),
      { numRuns: casesOf(2000) },
    );
  });

  it('places rows one by one where there are more steps than begin a stretch, in each part', () => {
    const rows = Array.from({ length: 2 * stepsMax }, (_, row) => ({
      orbit: ((row >> 1) + (row % 2) * 2 ** 30) >>> 0,
      code: 1,
    }));
    const lanes = [new Lane(65_536), new Lane(65_536)] as const;
    const reads = [0, 1].map((partition) => ({
      partition,
      rows: rows.slice(0, rows.length - partition),
      mark: undefined,
    }));
    assertSame(reads, 2, [1, 5000, 5001, 12_000], (read, way) => lanes[way].begin(read));
  });

  it('takes the rows after a pause as one stretch but for the first sixteen', () => {
    const rows = Array.from({ length: 1000 }, (_, row) => ({ orbit: row < 500 ? row : row + 3 * near, code: 1 }));
    const decoded = decodedOf(rows, 2);
    const clock = new PartitionClock(new Timeline());
    const parts = [{ partition: 0, firstOffset: 0, nextOffset: 1000, firstRecord: 0 }];
    const placed = placeChunk({ parts, decoded, lists: decoded.lists, replayed: false }, () => clock);
    assert.deepEqual(
      placed.released.map(({ row, orbit }) => [row, orbit - placed.delta]),
      Array.from({ length: 16 }, (_, index) => [515, 500 + index + 3 * near]),
    );
    assert.equal(clock.clockRows, 1000);
  });
});
