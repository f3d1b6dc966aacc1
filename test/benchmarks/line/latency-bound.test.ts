import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latencyBound, waitingMs } from '../../../benchmarks/line/latency-bound.js';
import type { SentRow } from '../../../src/experiment/measure/latency-meter.js';

describe('the bound of the latency', () => {
  it('is the batch interval, the lateness in rows at that rate and 50 ms', () => {
    const paced = { partitions: 10, batchIntervalMs: 1000 };
    assert.equal(Math.round(latencyBound({ ...paced, rowsPerSecond: 1000 })), 1000 + 2010 + 50);
    assert.equal(Math.round(latencyBound({ ...paced, rowsPerSecond: 100_000, batchIntervalMs: 200 })), 200 + 20 + 50);
  });

  /** A hit every two orbits, each block of 64 orbits in the next partition, and between them rows that are no hits. */
  function* evenRows(partitions: number): Generator<SentRow> {
    for (let orbit = 0; ; orbit += 2) {
      const partition = Math.floor(orbit / 64) % partitions;
      yield { partition, orbit, isHit: true };
      yield { partition, orbit: orbit + 100_000, isHit: false };
    }
  }

  it('leaves beside it what the rows themselves make a hit wait', () => {
    const window = { fromMs: 1000, toMs: 9000 };
    const paced = { rowsPerSecond: 1000, batchIntervalMs: 500 };
    // A row an orbit: 4096 ms until the orbit closes, then 0 to 500 ms until the batch ends.
    const [one, ten] = [1, 10].map((partitions) => waitingMs(evenRows(partitions), { ...paced, partitions }, window));
    assert.equal(Math.round(one), 4096 + 495);
    // The partition that is behind lets them wait for up to nine blocks of 64 orbits more.
    assert.ok(ten > one + 8 * 64 && ten < one + 10 * 64, String(ten));
  });
});
