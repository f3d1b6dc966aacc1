import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultGeometry, type Geometry } from '../../../src/domain/geometry.js';
import { physicsPlan } from '../../../src/domain/physics-plan.js';
import { defaultPhysics, type PhysicsSettings } from '../../../src/domain/physics-settings.js';
import { PhysicsSum } from '../../../src/domain/physics-sum.js';
import { physicsSchema } from '../../../src/domain/physics-message.js';
import { directMessages, directPool, memorySource } from '../../helpers/program/direct.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { physicsOf, type TimedRow } from '../../model/physics.js';
import { comparable, linesOf, sevenChambers } from './timed-lines.js';

const short: PhysicsSettings = { ...defaultPhysics, ticksBin: 7, bins: 30, gapSlots: 3, inTimeNs: [-30, 300] };
const detectors: readonly { readonly geometry: Geometry; readonly physics: PhysicsSettings }[] = [
  { geometry: defaultGeometry, physics: { ...defaultPhysics, bins: 60, ticksBin: 20 } },
  { geometry: sevenChambers, physics: short },
];
const pools = detectors.flatMap(({ geometry, physics }, detector) =>
  [
    { isFull: false, threads: 1, shards: 1, chunkBytes: 1 << 16 },
    { isFull: true, threads: 2, shards: 3, chunkBytes: 500 },
  ].map(({ isFull, ...of }) => ({
    detector,
    isFull,
    pool: directPool({ ...of, geometry, plan: physicsPlan(geometry, physics, { isFull, hash: String(detector) }) }),
  })),
);
after(() => Promise.all(pools.map(({ pool }) => pool.close())));

/** Rows about a few orbits and times of a detector, so that they meet. */
function rowsOf({ geometry }: (typeof detectors)[number]): fc.Arbitrary<TimedRow[]> {
  const { chambers, triggers, clock } = geometry;
  const hit = fc
    .nat(chambers.length - 1)
    .chain((chamber) => fc.record({ chamber: fc.constant(chamber), channel: fc.nat(chambers[chamber].channels - 1) }));
  const wire = fc.oneof(
    { weight: 6, arbitrary: hit },
    { weight: 2, arbitrary: fc.record({ channel: fc.nat(triggers.length - 1) }) },
  );
  const bx = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 100, max: 120 }) },
    { weight: 1, arbitrary: fc.integer({ min: clock.orbitBx - 3, max: clock.orbitBx + 1 }) },
    { weight: 1, arbitrary: fc.nat(2) },
  );
  const orbit = fc.oneof(fc.nat(40), fc.nat(2000), fc.constantFrom(63, 64, 127, 128, 5000));
  const row = fc.tuple(wire, orbit, bx, fc.oneof(fc.nat(31), fc.double({ min: 0, max: 31.9, noNaN: true })));
  return fc
    .array(row, { maxLength: 400, size: 'max' })
    .map((rows) => rows.map(([of, at, bxCounter, tdc]) => ({ ...of, orbit: 10_000 + at, bx: bxCounter, tdc })));
}

describe('physics of processDirect', () => {
  for (const lateness of [4096 * 4, Infinity]) {
    it(`adds up to the model, whatever batches, threads, shards and chunks; lateness ${lateness}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc
            .nat(pools.length - 1)
            .chain((pool) => fc.tuple(fc.constant(pool), rowsOf(detectors[pools[pool].detector]))),
          fc.integer({ min: 1, max: 200 }),
          async ([index, rows], batchRows) => {
            const { detector, pool, isFull } = pools[index];
            const { geometry, physics } = detectors[detector];
            const source = memorySource(Buffer.from(linesOf(rows, geometry)), 'csv');
            const messages = await directMessages([source], pool, { geometry, lateness, batchRows, detail: 'none' });
            const sum = new PhysicsSum();
            for (const message of messages) {
              assert.equal(message.late_hits, 0);
              sum.add({ ...message, physics: physicsSchema.parse(message.physics) });
            }
            if (messages.length === 0) return;
            const expected = physicsOf(
              rows.map((row) => ({ ...row, tdc: Number(row.tdc.toFixed(3)) })),
              geometry,
              physics,
            );
            assert.ok(sum.sum);
            assert.deepEqual(comparable(sum.sum, isFull), comparable(expected, isFull));
          },
        ),
        { numRuns: casesOf(150) },
      );
    });
  }

  it('is the same in many batches of orbits in order as in one', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(detectors[1]), fc.integer({ min: 1, max: 60 }), async (rows, batchRows) => {
        const { geometry, physics } = detectors[1];
        const inOrder = rows.toSorted((a, b) => a.orbit - b.orbit);
        const source = memorySource(Buffer.from(linesOf(inOrder, geometry)), 'csv');
        const messages = await directMessages([source], pools[3].pool, { geometry, lateness: 10, batchRows });
        const sum = new PhysicsSum();
        for (const message of messages) sum.add(message);
        if (messages.length === 0) return;
        const expected = physicsOf(
          inOrder.map((row) => ({ ...row, tdc: Number(row.tdc.toFixed(3)) })),
          geometry,
          physics,
        );
        assert.ok(sum.sum);
        assert.deepEqual(comparable(sum.sum, true), comparable(expected, true));
      }),
      { numRuns: casesOf(100) },
    );
  });
});
