import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PartitionClock, type ReleasedRow } from '../../src/domain/orbit-clock.js';
import { Timeline } from '../../src/domain/timeline.js';

describe('PartitionClock', () => {
  it('gives rows that are read again the places that they had, also those of a first streak', () => {
    const timeline = new Timeline();
    new PartitionClock(timeline).step(2 ** 24, 0, 0, []);
    const raws = Array.from({ length: 20 }, (_, row) => 3 * row);
    const placesOf = (clock: PartitionClock): unknown[] => {
      const released: ReleasedRow[] = [];
      const places = raws.map((raw, offset) => clock.step(raw, 0, offset, released));
      return [...released.map(({ orbit, offset }) => [offset, orbit]), places];
    };
    const clock = new PartitionClock(timeline);
    const first = placesOf(clock);
    const again = new PartitionClock(timeline, undefined, { replay: clock.anchorsFrom(0) });
    assert.deepEqual(placesOf(again), first);
  });
});
