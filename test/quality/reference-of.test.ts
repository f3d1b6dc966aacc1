import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import type { QualityReference } from '../../src/quality/quality-reference.js';
import { addReferences, ReferenceSum } from '../../src/quality/reference-of.js';
import { simulatedMessages } from './reference-messages.js';

function referenceOf(messages: readonly BatchMessage[]): QualityReference {
  const sum = new ReferenceSum('test');
  for (const message of messages) sum.add(message);
  const { reference } = sum;
  assert.ok(reference !== undefined);
  return reference;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

describe('the reference of messages', () => {
  let messages: BatchMessage[];
  before(async () => {
    messages = await simulatedMessages(120_000);
    assert.ok(messages.length >= 10);
  });

  it('is their sums, and divides live time by lanes', () => {
    const one = referenceOf(messages);
    const liveS = messages.reduce((sum, { physics }) => sum + (physics?.live_s ?? 0), 0);
    assert.ok(Math.abs(one.liveS - liveS) < 1e-9 && one.liveS > 15, `${one.liveS} and ${liveS}`);
    assert.equal(one.slots, total(messages.map(({ physics }) => physics?.slots.live ?? NaN)));
    assert.equal(one.rowsRead, 120_000);
    assert.equal(one.triggerOrbits, total(messages.map(({ physics }) => physics?.trigger.orbits ?? NaN)));
    assert.deepEqual(one.orbits, [messages[0].batch.orbit_first, messages.at(-1)?.batch.orbit_last]);
    assert.deepEqual(one.times, [messages[0].batch.opened, messages.at(-1)?.batch.closed]);
    one.chambers.forEach((chamber, index) => {
      const of = messages.flatMap(({ physics }) => physics?.chambers[index] ?? []);
      assert.equal(chamber.activeSlots[37], total(of.map(({ active_slots }) => active_slots[37])));
      assert.equal(chamber.drift.counts[150], total(of.map(({ drift }) => drift.counts[150])));
      assert.equal(chamber.segments?.probe_pass[21], total(of.map(({ segments }) => segments?.probe_pass[21] ?? NaN)));
      assert.equal(chamber.hits - chamber.repeats, total(chamber.activeOrbits));
      assert.equal(chamber.hits, total(messages.map(({ hit_count_chamber }) => hit_count_chamber[index])));
    });
    const three = referenceOf(messages.map((message) => ({ ...message, lanes: 3 })));
    assert.ok(Math.abs(3 * three.slots - one.slots) < 1e-9 * one.slots);
    assert.deepEqual(three.chambers, one.chambers);
  });

  it('counts rejected rows and those of no channel', () => {
    const ledger = { ...messages[0].ledger, rejected: { fields: 1, number: 2, range: 4 }, dropped: { head: 8, channel: 16 } }; // prettier-ignore
    const { corrupt, rejected } = referenceOf([{ ...messages[0], ledger }]);
    assert.deepEqual([corrupt, rejected], [23, 7]);
  });

  it('is the sum of the references of any parts, in any order', () => {
    const parts = fc.array(fc.nat(2), { minLength: messages.length, maxLength: messages.length });
    fc.assert(
      fc.property(parts, fc.constantFrom(1, 3), fc.boolean(), (part, lanes, isReversed) => {
        const all = messages.map((message) => ({ ...message, lanes }));
        const references = [0, 1, 2]
          .map((number) => all.filter((_, index) => part[index] === number))
          .filter((own) => own.length > 0)
          .map((own) => referenceOf(isReversed ? own.reverse() : own));
        const { slots, liveS, ...sum } = references.reduce(addReferences);
        const whole = referenceOf(all);
        assert.deepEqual({ ...sum, slots: whole.slots, liveS: whole.liveS }, whole);
        assert.ok(Math.abs(slots - whole.slots) < 1e-9 * slots && Math.abs(liveS - whole.liveS) < 1e-9 * liveS);
      }),
      { numRuns: 30 },
    );
  });

  it('has no segments of messages without, and those of the others', () => {
    const counts = messages.map((message) => {
      const { physics } = message;
      assert.ok(physics !== undefined && physics !== null);
      const chambers = Object.entries(physics.chambers).map(([key, { segments, ...chamber }]) => {
        assert.ok(segments !== undefined);
        return [key, chamber];
      });
      return { ...message, physics: { ...physics, chambers: Object.fromEntries(chambers) as typeof physics.chambers } };
    });
    assert.equal(referenceOf(counts).chambers[0].segments, undefined);
    const mixed = referenceOf([...counts.slice(0, 4), ...messages.slice(4)]);
    assert.deepEqual(mixed.chambers[0].segments, referenceOf(messages.slice(4)).chambers[0].segments);
    assert.deepEqual(mixed.chambers[0].drift, referenceOf(messages).chambers[0].drift);
  });

  it('gives channels in alarm none, in any sum', () => {
    const sum = new ReferenceSum('test');
    sum.add(messages[0]);
    for (const channel of [37, 5, 37]) sum.exclude({ chamber: 1, channel });
    const { reference } = sum;
    assert.ok(reference !== undefined);
    assert.deepEqual(
      reference.chambers.map(({ notLearned }) => notLearned),
      [[], [5, 37], [], []],
    );
    assert.deepEqual(addReferences(referenceOf([messages[1]]), reference).chambers[1].notLearned, [5, 37]);
  });

  it('is none without physics, and refuses another configuration', () => {
    const sum = new ReferenceSum('test');
    const { physics, ...without } = messages[0];
    assert.ok(physics !== undefined && physics !== null);
    sum.add(without);
    assert.equal(sum.reference, undefined);
    sum.add(messages[0]);
    const other = { ...messages[1], physics: { ...physics, geometry: '0123456789ab' } };
    assert.throws(() => sum.add(other), { code: 'usage', message: /one configuration, got geometry \w{12} of test and 0123456789ab/ }); // prettier-ignore
  });
});
