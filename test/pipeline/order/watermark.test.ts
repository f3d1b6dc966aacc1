import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nextWatermark, type PartitionReach } from '../../../src/pipeline/order/watermark.js';
import type { Run } from '../../../src/domain/timeline.js';

const runs: readonly Run[] = [
  { index: 0, baseOrbit: 0, min: 10, max: 900 },
  { index: 1, baseOrbit: 1024, min: 1034, max: 1900 },
];
const lateness = 100;
const ahead = (orbitMax: number): PartitionReach => ({ holds: false, orbitMax });
const holding = (orbitMax: number): PartitionReach => ({ holds: true, orbitMax });
const next = (partitions: readonly PartitionReach[], watermark = 0): number =>
  nextWatermark(watermark, partitions, { runs, lateness });

describe('nextWatermark', () => {
  it('stays behind the slowest partition that holds back, by the lateness, at the end of a slot', () => {
    assert.equal(next([holding(800), holding(500), ahead(300)]), 383);
    assert.equal(next([holding(547)]), 447);
    assert.equal(next([holding(546)]), 383);
  });

  it('follows the partition furthest ahead when none holds back', () => {
    assert.equal(next([ahead(800), ahead(500)]), 639);
  });

  it('waits for a partition that has given nothing yet', () => {
    assert.equal(next([holding(800), holding(-Infinity)], 50), 50);
  });

  it('closes the runs before that of the largest orbit, however late hits may come', () => {
    assert.equal(next([holding(1034)]), 1023);
    assert.equal(next([holding(1300)]), 1151);
  });

  it('never falls', () => {
    const partition = fc.record({ holds: fc.boolean(), orbitMax: fc.constantFrom(-Infinity, 20, 500, 1034, 1800) });
    fc.assert(
      fc.property(fc.array(partition), fc.nat(2000), (partitions, watermark) => {
        assert.ok(next(partitions, watermark) >= watermark);
      }),
    );
  });
});
