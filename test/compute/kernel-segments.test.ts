import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allocateHitLists, viewHitLists } from '../../src/compute/hit-lists.js';
import { OrbitTable } from '../../src/compute/orbit-table.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { type PhysicsPlan, physicsPlan } from '../../src/domain/physics-plan.js';
import { defaultPhysics } from '../../src/domain/physics-settings.js';
import { rowCode } from '../../src/domain/row-code.js';
import { rowKey } from '../../src/domain/row-key.js';
import { SegmentCounts, segmentTotals } from '../../src/physics/segment-counts.js';
import { SegmentSearch } from '../../src/physics/segment-search.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { randomHits } from '../physics/random-hits.js';

interface Row {
  readonly orbit: number;
  readonly key: number;
}

function planOf(random: RandomSource): PhysicsPlan {
  const chambers = defaultGeometry.chambers.map((chamber) => ({
    ...chamber,
    channels: random.pick([64, 64, 36]),
    xMm: random.pick([0, 1.5, -250]),
    t0Ns: random.pick([0, 93.9, 365]),
  }));
  const segments = {
    sigmaXMm: random.pick([0.3, 0.5, 2]),
    chi2Four: random.pick([20, 5.5]),
    chi2Three: random.pick([10, 0.1]),
    slopeMax: random.pick([1, 0.3]),
  };
  return physicsPlan(
    { ...defaultGeometry, chambers, driftVelocityUmNs: random.pick([53.8, 57]) },
    { ...defaultPhysics, segments },
    { isFull: true, hash: 'segments' },
  );
}

/** Segments of random hits, by the kernel and by the search and counts that are held against normal equations. */
function compare(seed: number, orbits: number, coarse: number): number[] {
  const random = new RandomSource(seed);
  const plan = planOf(random);
  const rows: Row[] = [];
  const counts = new SegmentCounts(plan.chambers.map(({ channels, xUm }) => ({ ...plan, xUm, columns: channels / 4 })));
  const searches = plan.chambers.map((chamber) => new SegmentSearch({ ...plan, ...chamber }));
  for (let orbit = 0; orbit < orbits; orbit++) {
    // Now and then the window does not lie in the orbit.
    const reference = random.pick([50_000, 50_000, 50_000, 450, plan.orbitTicks - 10]);
    rows.push({ orbit, key: rowKey(rowCode.scintillator, reference) });
    plan.chambers.forEach(({ channels: width, t0Ns, windowFirst, windowLast }, chamber) => {
      const { channels, ticks } = randomHits(random, { ...plan, t0Ns }, width / 4, coarse);
      const inOrbit = ticks.map((tick) => Math.max(0, reference + tick));
      channels.forEach((channel, hit) => {
        rows.push({ orbit, key: rowKey(64 * chamber + channel, inOrbit[hit]) });
      });
      if (reference + windowFirst < 0 || reference + windowLast >= plan.orbitTicks) return;
      const after = Int32Array.from(inOrbit, (tick) => tick - reference);
      searches[chamber].find(Uint8Array.from(channels), after, 0, channels.length);
      counts.add(chamber, searches[chamber]);
    });
  }
  const found = counted(plan, rows);
  const kinds = [0, 0, 0];
  for (const chamber of plan.chambers.keys()) {
    const expected = { ...segmentTotals(counts.values, chamber), events: 0 };
    assert.deepEqual(segmentTotals(found, chamber), expected, `chamber ${chamber} of seed ${seed}`);
    kinds[0] += expected.four;
    kinds[1] += expected.three.reduce((sum, count) => sum + count, 0);
    kinds[2] += expected.busy;
  }
  return kinds;
}

/** The counts of the kernel, which leaves `events` to those who know all orbits. */
function counted(plan: PhysicsPlan, rows: readonly Row[]): Float64Array {
  const table = new OrbitTable(plan.chambers.length, 1, plan);
  const lists = viewHitLists(allocateHitLists(rows.length));
  lists.orbits.set(rows.map(({ orbit }) => orbit));
  lists.keys.set(rows.map(({ key }) => key));
  table.begin(rows.length);
  const bounds = { delta: 0, closed: -1, watermark: Infinity };
  table.close(lists, { from: 0, to: rows.length }, bounds, ({ carriedKeys, lateKeys }) => {
    assert.equal(carriedKeys.length + lateKeys.length, 0);
  });
  table.sweep();
  const { segments } = table.takeSums();
  assert.ok(table.takeSums().segments.every((count) => count === 0));
  return segments;
}

describe('segments of the kernel', () => {
  it('are those of the search in src/physics, to the entry', () => {
    const kinds = [0, 0, 0];
    for (let seed = 1; seed <= casesOf(150); seed++) {
      compare(seed, 40, 1).forEach((count, kind) => (kinds[kind] += count));
    }
    for (const count of kinds) assert.ok(count > 50, kinds.join(' '));
  });

  it('are the same where times lie on a coarse lattice, so that ties decide', () => {
    for (let seed = 1; seed <= casesOf(150); seed++) compare(1000 + seed, 40, 24);
  });
});
