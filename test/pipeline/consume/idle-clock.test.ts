import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PartitionState } from '../../../src/transport/transport.js';
import { IdleClock } from '../../../src/pipeline/consume/idle-clock.js';

/** A lane of two partitions at offset 5, of which the second gave something last. */
function laneAt(startMs: number) {
  const now = { ms: startMs };
  const holds = new Map<number, boolean>();
  const lane = {
    hold: (partition: number, isHeld: boolean) => void holds.set(partition, isHeld),
    *progress() {
      for (const partition of [0, 1]) yield { partition, placed: 5, read: 5, orbitMax: 0 };
    },
  };
  const reader = { newestMs: (partition: number) => (partition === 1 ? startMs + 400 : undefined) };
  const log = {
    interruptions: 0,
    ends: [5, 5],
    undecided: 0,
    bounds(): Promise<PartitionState[]> {
      const { undecided } = this;
      return Promise.resolve(this.ends.map((end, partition) => ({ partition, first: 0, end, undecided })));
    },
  };
  const clock = new IdleClock({ idleMs: 1000, untilEnd: false, steadyNow: () => now.ms });
  /** What is held back, partition by partition, and for how long nothing has come, that many ms after the start. */
  const after = async (ms: number): Promise<[boolean[], number | undefined]> => {
    now.ms = startMs + ms;
    await clock.holdBack(lane, reader, log);
    return [[...holds.values()], clock.quietMs];
  };
  return { after, log, now, clock };
}

describe('the partitions of a lane', () => {
  it('hold the watermark back until nothing has come for the time of --idle', async () => {
    const { after } = laneAt(10_000);
    assert.deepEqual(await after(900), [[true, true], 500]);
    assert.deepEqual(await after(1000), [[false, true], 600]);
    assert.deepEqual(await after(1400), [[false, false], 1000]);
  });

  it('are not quiet while one has unread records, or records of an open transaction', async () => {
    const { after, log } = laneAt(0);
    log.undecided = 1;
    assert.deepEqual(await after(5000), [[false, false], undefined]);
    log.undecided = 0;
    log.ends = [5, 6];
    assert.deepEqual(await after(6000), [[false, true], undefined]);
  });

  it('do not become quiet between two looks, however long the first takes to be published', async () => {
    const { after, now, clock } = laneAt(0);
    assert.deepEqual(await after(1300), [[false, true], 900]);
    now.ms = 5000;
    assert.equal(clock.quietMs, 900);
    assert.deepEqual(await after(5000), [[false, false], 4600]);
  });

  it('may have been active while brokers were away', async () => {
    const { after, log } = laneAt(0);
    assert.deepEqual(await after(5000), [[false, false], 4600]);
    log.interruptions++;
    assert.deepEqual(await after(6000), [[true, true], 0]);
  });
});
