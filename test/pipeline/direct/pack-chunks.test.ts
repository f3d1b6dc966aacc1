import { rowKey } from '../../../src/domain/row-key.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { allocateHitLists, hitListRowBytes, viewHitLists } from '../../../src/compute/hit-lists.js';
import { rowCode, rowKinds, kindOf } from '../../../src/domain/row-code.js';
import { packChunks } from '../../../src/pipeline/direct/pack-chunks.js';
import { BatchInputBuilder } from '../../../src/pipeline/order/batch-input.js';
import { type PlacedChunk, placedChunk as placed } from '../../../src/pipeline/order/placed-chunk.js';

const shards = 2;

/** A chunk that was placed as a whole, in lists for more rows than it has; a row is an orbit of it, or undefined = no hit. */
function placedChunk(
  rows: readonly (number | undefined)[],
  { offset = 0, delta = 0, partition = 0 } = {},
): PlacedChunk {
  const buffer = allocateHitLists(rows.length + 100);
  const lists = viewHitLists(buffer);
  const starts = new Uint32Array(shards + 2);
  const kinds = new Uint32Array(rowKinds);
  let at = 0;
  for (let list = 0; list <= shards; list++) {
    rows.forEach((orbit, row) => {
      if ((orbit === undefined ? shards : (orbit + delta) % shards) !== list) return;
      lists.orbits[at] = orbit ?? 0;
      lists.rows[at] = row;
      lists.keys[at++] = rowKey(orbit === undefined ? rowCode.droppedHead : row % 64);
      if (orbit === undefined) kinds[kindOf(rowCode.droppedHead)]++;
    });
    starts[list + 1] = at;
  }
  const max = rows.reduce<number>((highest, orbit) => Math.max(highest, orbit ?? -Infinity), -Infinity);
  const decoded = {
    ...{ rows: rows.length, starts, kinds, maxBefore: Float64Array.of(-Infinity), lists: buffer, lines: rows.length },
    ...{ base: 0, stretches: new Int32Array(0) },
    ...{ recordRows: new Uint32Array(0), rejected: new Uint32Array(0) },
  };
  const nextOffset = offset + rows.length;
  const part = { partition, firstOffset: offset, nextOffset, firstRecord: 0 };
  const chunk = { parts: [part], decoded, lists: buffer, replayed: false };
  const nothing = { waiting: { rows: new Uint32Array(0), counts: new Uint32Array(0) }, waitingBefore: 0 };
  const rowsOfPart = {
    part,
    from: 0,
    to: rows.length,
    max: max + delta,
    isWhole: true,
    maxTaken: -Infinity,
    ...nothing,
  };
  return placed(chunk, { parts: [rowsOfPart], lists, delta, released: [] });
}

/** The absolute orbit of each row in order, undefined for no hit, as its lists have it. */
function rowsIn({ lists, delta, chunk }: PlacedChunk): (number | undefined)[] {
  const { starts } = chunk.decoded;
  const rows = new Array<number | undefined>(chunk.decoded.rows).fill(undefined);
  for (let list = 0; list < shards; list++) {
    for (let at = starts[list]; at < starts[list + 1]; at++) {
      assert.equal((lists.orbits[at] + delta) % shards, list);
      assert.ok(at === starts[list] || lists.rows[at] > lists.rows[at - 1]);
      rows[lists.rows[at]] = lists.orbits[at] + delta;
    }
  }
  return rows;
}

describe('packChunks', () => {
  it('keeps every row of both in order with its absolute orbit, in memory that just holds them', () => {
    const row = fc.option(fc.nat(1000), { nil: undefined });
    const part = fc.record({ rows: fc.array(row, { maxLength: 20 }), delta: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 6 }), (parts) => {
        const expected: (number | undefined)[] = [];
        let packed: PlacedChunk | undefined;
        for (const { rows, delta } of parts) {
          const placed = placedChunk(rows, { delta, offset: expected.length });
          const next = packed === undefined ? placed : packChunks(packed, placed);
          // Where it is much shorter than those before it.
          if (next === undefined) continue;
          packed = next;
          expected.push(...rows.map((orbit) => (orbit === undefined ? undefined : orbit + delta)));
        }
        assert.ok(packed !== undefined);
        assert.deepEqual(rowsIn(packed), expected);
        if (packed.parts[0].isWhole) return;
        const { chunk } = packed;
        assert.equal(chunk.decoded.rows, expected.length);
        assert.equal(chunk.lists.byteLength, hitListRowBytes * Math.max(1, expected.length));
        assert.equal(
          chunk.decoded.kinds.reduce((sum, count) => sum + count, 0),
          expected.filter((orbit) => orbit === undefined).length,
        );
        expected.forEach((_, index) => {
          const highest = Math.max(...expected.slice(0, index + 1).filter((orbit) => orbit !== undefined));
          assert.equal(new BatchInputBuilder(shards).take(packed, index + 1)[0].max, highest);
        });
      }),
    );
  });

  it('leaves alone what is large, much shorter, begun, or of another partition', () => {
    const few = [1, 2, 3];
    const many = new Array<number>(8192).fill(5);
    const at = (offset: number): { offset: number } => ({ offset });
    assert.ok(packChunks(placedChunk(many), placedChunk(many, at(8192))) !== undefined);
    const begun = placedChunk(few);
    begun.rowsTaken = 1;
    for (const [first, second] of [
      [placedChunk([...many, 1]), placedChunk(many, at(8193))],
      [placedChunk([...few, ...few, 1]), placedChunk(few, at(7))],
      [begun, placedChunk(few, at(3))],
      [placedChunk(few), placedChunk(few, { partition: 1 })],
    ]) {
      assert.equal(packChunks(first, second), undefined);
    }
  });
});
