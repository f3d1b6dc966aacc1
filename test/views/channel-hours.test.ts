import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hourColumnS, hoursOf } from '../../src/views/detector/channel-hours.js';
import type { StepHits } from '../../src/results/channel-steps.js';

const stepMs = 300_000;

/** A hit a second in channel 1, two in the last hour. */
function stepsOf(changes: ReadonlyMap<number, StepHits | undefined> = new Map()): (StepHits | undefined)[] {
  return Array.from({ length: 96 }, (_, step) => {
    if (changes.has(step)) return changes.get(step);
    return { seconds: 300, hits: [new Uint32Array([0, step < 84 ? 300 : 600])], rejected: 0, lateHits: 0 };
  });
}

describe('hours of a channel', () => {
  const of = { chamber: 0, channel: 1, columnS: 900, expectedHz: 1 };

  it('are columns of the clock as shares of what is expected, blank where nothing is kept', () => {
    const gone: [number, undefined][] = [0, 1, 2].map((step) => [step, undefined]);
    const ratios = hoursOf({ endMs: 8 * 12 * stepMs, steps: stepsOf(new Map(gone)) }, of);
    assert.deepEqual(ratios, [undefined, ...new Array<number>(27).fill(1), 2, 2, 2, 2]);
  });

  it('have a newest column that is not complete, whose neighbours stay as they are', () => {
    const ratios = hoursOf({ endMs: (8 * 12 + 1) * stepMs, steps: stepsOf() }, of);
    assert.equal(ratios.length, 32);
    assert.deepEqual(ratios.slice(-6), [1, 5 / 3, 2, 2, 2, 2]);
  });

  it('are held against the mean of the channel where nothing is expected, and are 0 of a dead one', () => {
    const own = hoursOf({ endMs: 0, steps: stepsOf() }, { ...of, expectedHz: undefined });
    assert.ok(Math.abs(own[0] ?? 0) - 8 / 9 < 1e-9);
    const dead = hoursOf({ endMs: 0, steps: stepsOf() }, { ...of, channel: 0, expectedHz: undefined });
    assert.deepEqual([...new Set(dead)], [0]);
  });

  it('have the shortest columns that find room', () => {
    assert.deepEqual([31, 32, 48, 95, 96].map(hourColumnS), [undefined, 900, 600, 600, 300]);
  });
});
