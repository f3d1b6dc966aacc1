import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyRing, orbitPointsMax, orbitView, pushOrbits } from '../../src/results/orbit-points.js';

function ringOf(orbits: readonly number[], run = 0) {
  const ring = emptyRing();
  pushOrbits(ring, { bin_edges: [...orbits], hist_counts: orbits.map((_, index) => (index % 4) + 1) }, run);
  return ring;
}

const all = { run: 0, pointsMax: orbitPointsMax };

describe('recent orbits', () => {
  it('lie on one axis across the wrap of the counter', () => {
    const view = orbitView([ringOf([2 ** 32 - 10, 2 ** 32 - 1, 5])], all);
    assert.ok(view);
    assert.deepEqual([view.first, view.last, view.span], [2 ** 32 - 10, 5, 15]);
    assert.deepEqual(
      view.chambers[0].map(({ distance }) => distance),
      [0, 9, 15],
    );
  });

  it('are not squeezed by a corrupt counter, not even as the last one', () => {
    const good = Array.from({ length: 50 }, (_, index) => 1000 + index);
    const view = orbitView([ringOf([...good, 3_000_000_000])], all);
    assert.ok(view);
    assert.deepEqual([view.first, view.last, view.chambers[0].length], [1000, 1049, 50]);
  });

  it('are of the newest run only', () => {
    const ring = ringOf([900_000, 900_001], 0);
    pushOrbits(ring, { bin_edges: [5, 6, 7], hist_counts: [1, 2, 3] }, 1);
    assert.deepEqual(
      orbitView([ring], { ...all, run: 1 })?.chambers[0].map(({ active }) => active),
      [1, 2, 3],
    );
    assert.equal(orbitView([ring], { ...all, run: 2 }), undefined);
  });

  it('are as many as the ring takes, and begin where every busy chamber has its points', () => {
    const many = Array.from({ length: orbitPointsMax + 500 }, (_, index) => index);
    const view = orbitView([ringOf(many), ringOf([0, 400, 600, 2000])], all);
    assert.ok(view);
    assert.equal(view.first, 500);
    assert.equal(view.chambers[0].length, orbitPointsMax);
    assert.deepEqual(
      view.chambers[1].map(({ distance }) => distance),
      [100, 1500],
    );
  });
});
