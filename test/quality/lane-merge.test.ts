import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { LaneMerge, type MergedMessage } from '../../src/quality/lane-merge.js';
import { laneMessage } from './lane-message.js';

const nameOf = ({ producer, msg_ID }: BatchMessage): string => `${producer}#${msg_ID}`;
const namesOf = (merged: readonly MergedMessage[]): string[] => merged.map(({ message }) => nameOf(message));

/** Messages of each lane: runs, in each of which slots rise, with some messages that have none. */
const laneSteps = fc.array(
  fc.record({
    slots: fc.integer({ min: 1, max: 400 }),
    isEmpty: fc.boolean(),
    isNewRun: fc.nat(20).map((n) => n === 0),
  }),
  { maxLength: 12 },
);

/** The messages of lanes; slots are of one lane each, as blocks of orbits are. */
function lanesOf(
  steps: readonly (typeof laneSteps extends fc.Arbitrary<infer T> ? T : never)[],
  startSlot: number,
): BatchMessage[][] {
  const lanes = steps.length;
  return steps.map((ofLane, lane) => {
    let slot = startSlot;
    let run = 0;
    return ofLane.map(({ slots, isEmpty, isNewRun }, id) => {
      run += isNewRun ? 1 : 0;
      slot = isNewRun ? 0 : slot + slots;
      const last = isEmpty ? null : (slot * lanes + lane) % 2 ** 26;
      return laneMessage({ lane, lanes, run, id, last });
    });
  });
}

/** All messages added in the order that `picks` choose among the lanes, and all lanes idle at the end. */
function merged(
  lanes: readonly (readonly BatchMessage[])[],
  picks: readonly number[],
): { all: string[]; early: number } {
  const merge = new LaneMerge();
  const rest = lanes.map((messages) => [...messages]);
  const all: string[] = [];
  for (let at = 0; rest.some((messages) => messages.length > 0); at++) {
    const left = rest.filter((messages) => messages.length > 0);
    const message = left[(picks.at(at % picks.length) ?? 0) % left.length].shift();
    if (message !== undefined) all.push(...namesOf(merge.add(message)));
  }
  const early = all.length;
  lanes.forEach((_, lane) => all.push(...namesOf(merge.idle(`g/${lane}`))));
  return { all, early };
}

describe('LaneMerge', () => {
  it('gives one sequence whatever the lanes interleave, also across a wrap of the counter and new runs', () => {
    const start = fc.constantFrom(0, 1000, 2 ** 26 / 3 - 500);
    const picks = fc.array(fc.nat(2), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.tuple(laneSteps, laneSteps, laneSteps), start, picks, picks, (steps, startSlot, one, other) => {
        const lanes = lanesOf(steps, Math.floor(startSlot));
        const { all } = merged(lanes, one);
        assert.deepEqual(merged(lanes, other).all, all);
        assert.deepEqual([...all].sort(), lanes.flat().map(nameOf).sort());
      }),
    );
  });

  it('is in order of slot and lane within a run', () => {
    fc.assert(
      fc.property(fc.tuple(laneSteps, laneSteps), fc.array(fc.nat(1), { minLength: 1 }), (steps, picks) => {
        const still = steps.map((lane) => lane.map((step) => ({ ...step, isNewRun: false, isEmpty: false })));
        const lanes = lanesOf(still, 0);
        const expected = lanes.flat().sort((a, b) => (a.physics?.slots.last ?? 0) - (b.physics?.slots.last ?? 0));
        assert.deepEqual(merged(lanes, picks).all, expected.map(nameOf));
      }),
    );
  });

  it('passes on the messages of one lane at once, also of a producer without the number of a lane', () => {
    const merge = new LaneMerge();
    for (let id = 0; id < 3; id++) {
      const message = laneMessage({ id, last: id % 2 === 0 ? id : null });
      assert.deepEqual(merge.add(message), [{ message, lanes: 1 }]);
      assert.equal(merge.add({ ...message, producer: 'other' }).length, 1);
    }
  });

  it('holds what a lane still owes, until that lane is idle, and again from its next message on', () => {
    const merge = new LaneMerge();
    const add = (lane: number, id: number, last: number) =>
      namesOf(merge.add(laneMessage({ lane, lanes: 2, id, last })));
    assert.deepEqual(add(0, 0, 10), []);
    assert.deepEqual(add(0, 1, 20), []);
    assert.deepEqual(add(1, 0, 15), ['g/0#0', 'g/1#0']);
    assert.deepEqual(namesOf(merge.idle('g/1')), ['g/0#1']);
    assert.deepEqual(namesOf(merge.idle('g/0')), []);
    assert.deepEqual(add(1, 1, 25), ['g/1#1'], 'lane 0 is idle');
    assert.deepEqual(add(0, 2, 30), []);
    assert.deepEqual(add(1, 2, 35), ['g/0#2']);
  });

  it('does not wait for lanes that are gone since the group has fewer', () => {
    const merge = new LaneMerge();
    assert.deepEqual(namesOf(merge.add(laneMessage({ lane: 0, lanes: 2, id: 0, last: 10 }))), []);
    assert.deepEqual(namesOf(merge.add(laneMessage({ lane: 1, lanes: 2, id: 0, last: 11 }))), ['g/0#0']);
    const released = namesOf(merge.add(laneMessage({ lane: 0, lanes: 1, id: 1, last: 20 })));
    assert.deepEqual(
      [...released, ...namesOf(merge.add(laneMessage({ lane: 0, lanes: 1, id: 2, last: 30 })))],
      ['g/1#0', 'g/0#1', 'g/0#2'],
    );
  });

  it('holds a bounded number for a lane that never comes', () => {
    const merge = new LaneMerge();
    let released = 0;
    for (let id = 0; id < 10_000; id++) released += merge.add(laneMessage({ lanes: 2, id, last: id })).length;
    assert.equal(released, 10_000 - 4096);
  });
});
