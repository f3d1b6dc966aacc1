import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, viewHitLists } from '../../../src/compute/hit-lists.js';
import { routeRows } from '../../../src/compute/route.js';
import { RowBlock, stepsMax, stretchStride } from '../../../src/compute/row-block.js';
import type { DecodeResult } from '../../../src/compute/tasks.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { type Anchor, type ClockState, PartitionClock, Timeline } from '../../../src/domain/orbit-clock.js';
import { rowCode, wireCodes } from '../../../src/domain/row-code.js';
import { BatchInputBuilder } from '../../../src/pipeline/order/batch-input.js';
import { placeChunk, waitingAfter } from '../../../src/pipeline/order/placed-chunk.js';
import { casesOf } from '../../helpers/cases-of.js';

interface Row {
  readonly orbit: number;
  readonly code: number;
}

interface Chunk {
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
const block = new RowBlock(1 << 16, wireCodes(defaultGeometry));
const isClockRow = ({ code }: Row): boolean => code <= rowCode.scintillator;

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

const chunksArbitrary: fc.Arbitrary<readonly Chunk[]> = fc
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
function decodedOf(rows: readonly Row[], shards: number): DecodeResult {
  block.orbits.set(rows.map(({ orbit }) => orbit));
  block.codes.set(rows.map(({ code }) => code));
  block.rows = rows.length;
  const lists = allocateHitLists(rows.length);
  const routed = routeRows(block, shards, viewHitLists(lists));
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
      const orbit = clock.step(raw, code, firstOffset + row, released);
      if (orbit !== undefined) places.push({ row, orbit, code });
      for (const late of released) places.push({ row, orbit: late.orbit, code: late.code });
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

  begin({ partition }: Chunk): PartitionClock {
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

/** Compares a chunk placed by stretches with its rows one by one; cuts it after some rows in between. */
function assertSame(
  chunk: Chunk,
  shards: number,
  cuts: readonly number[],
  clocks: readonly [PartitionClock, PartitionClock],
  replayed: boolean,
): void {
  const { partition, rows, mark } = chunk;
  const firstOffset = clocks[0].clockRows * 2;
  const decoded = decodedOf(rows, shards);
  const nextOffset = firstOffset + rows.length;
  const placed = placeChunk(
    { partition, firstOffset, nextOffset, decoded, lists: decoded.lists, replayed, mark },
    clocks[0],
  );
  if (!replayed) clocks[1].endReplay();
  if (mark !== undefined) clocks[1].mark(mark);
  const expected = oneByOne(rows, clocks[1], firstOffset);

  const { lists, delta, released } = placed;
  const places: PlacedRow[] = [];
  for (let at = 0; at < decoded.starts[shards]; at++) {
    if (!Number.isNaN(lists.orbits[at]))
      places.push({ row: lists.rows[at], orbit: lists.orbits[at] + delta, code: lists.codes[at] });
  }
  assert.deepEqual(
    sorted([...places, ...released.map(({ row, orbit, code }) => ({ row, orbit, code }))]),
    expected.places,
  );
  assert.deepEqual(
    rows.map((_, row) => waitingAfter(placed, row + 1)),
    expected.waiting,
  );
  assert.equal(placed.max, expected.highest.at(-1) ?? -Infinity);
  assert.deepEqual(clocks[0].state, clocks[1].state);
  assert.deepEqual(clocks[0].waiting, clocks[1].waiting);
  assert.equal(clocks[0].clockRows, clocks[1].clockRows);

  const ends = [...cuts.filter((end) => end < rows.length), rows.length].toSorted((a, b) => a - b);
  const taken: PlacedRow[] = [];
  for (const end of ends) {
    const builder = new BatchInputBuilder(shards);
    assert.equal(builder.take(placed, end), expected.highest[end - 1] ?? -Infinity);
    builder.slices.forEach((slices, shard) => {
      for (const slice of slices) {
        assert.equal(slice.replayed, replayed);
        const { orbits, codes } = viewHitLists(slice.lists);
        for (let at = slice.from; at < slice.to; at++) {
          if (Number.isNaN(orbits[at])) continue;
          const orbit = orbits[at] + slice.delta;
          assert.equal((orbit >>> 0) % shards, shard);
          taken.push({ row: end, orbit, code: codes[at] });
        }
      }
    });
  }
  const cutOf = (row: number): number => ends.find((end) => end > row) ?? 0;
  assert.deepEqual(sorted(taken), sorted(expected.places.map((place) => ({ ...place, row: cutOf(place.row) }))));
}

describe('placeRows', () => {
  it('places rows by stretches as one by one, whatever steps, corrupt orbits, marks, cuts and restarts there are', () => {
    fc.assert(
      fc.property(
        chunksArbitrary,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(3, 20, 65_536),
        fc.array(fc.nat(90), { maxLength: 4 }),
        fc.nat(12),
        (chunks, shards, waitRowsMax, cuts, again) => {
          const lanes = [new Lane(waitRowsMax), new Lane(waitRowsMax)] as const;
          for (const chunk of chunks) {
            assertSame(chunk, shards, cuts, [lanes[0].begin(chunk), lanes[1].begin(chunk)], false);
            assert.deepEqual(lanes[0].runs, lanes[1].runs);
          }
          for (let partition = 0; partition < partitions; partition++) {
            assert.deepEqual(lanes[0].anchors(partition), lanes[1].anchors(partition));
          }
          const first = Math.min(again, chunks.length - 1);
          const { partition } = chunks[first];
          const clocks = [lanes[0].restarted(first, partition), lanes[1].restarted(first, partition)] as const;
          if (clocks[0] === undefined || clocks[1] === undefined) return;
          for (const chunk of chunks.slice(first)) {
            if (chunk.partition === partition) assertSame(chunk, shards, cuts, [clocks[0], clocks[1]], true);
          }
        },
      ),
      { numRuns: casesOf(2000) },
    );
  });

  it('places rows one by one where there are more steps than begin a stretch', () => {
    const rows = Array.from({ length: 2 * stepsMax }, (_, row) => ({
      orbit: ((row >> 1) + (row % 2) * 2 ** 30) >>> 0,
      code: 1,
    }));
    const decoded = decodedOf(rows, 2);
    assert.deepEqual([decoded.stretches.length, decoded.stretches.at(-1)], [(stepsMax + 1) * stretchStride, 1]);
    const lanes = [new Lane(65_536), new Lane(65_536)] as const;
    const chunk = { partition: 0, rows, mark: undefined };
    assertSame(chunk, 2, [1, 5000, 5001], [lanes[0].begin(chunk), lanes[1].begin(chunk)], false);
  });

  it('takes the rows after a pause as one stretch but for the first sixteen', () => {
    const rows = Array.from({ length: 1000 }, (_, row) => ({ orbit: row < 500 ? row : row + 3 * near, code: 1 }));
    const decoded = decodedOf(rows, 2);
    const clock = new PartitionClock(new Timeline());
    const placed = placeChunk(
      { partition: 0, firstOffset: 0, nextOffset: 1000, decoded, lists: decoded.lists, replayed: false },
      clock,
    );
    assert.deepEqual(
      placed.released.map(({ row, orbit }) => [row, orbit - placed.delta]),
      Array.from({ length: 16 }, (_, index) => [515, 500 + index + 3 * near]),
    );
    assert.equal(clock.clockRows, 1000);
  });
});
