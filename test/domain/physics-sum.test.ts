import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PhysicsSum } from '../../src/domain/physics-sum.js';
import { Telescope } from '../quality/telescope.js';

describe('a sum of physics', () => {
  it('adds up every count, and changes no message and no sum that was given before', () => {
    const messages = new Telescope({ seed: 4 }).messages(4);
    const before = structuredClone(messages);
    const sum = new PhysicsSum();
    const slots: (number | undefined)[] = [];
    for (const message of messages) {
      sum.add(message);
      slots.push(sum.sum?.chambers['1'].active_slots[37]);
    }
    const counts = before.map(({ physics }) => physics?.chambers['1'].active_slots[37] ?? NaN);
    assert.ok(counts.every((count) => count > 0));
    assert.deepEqual(slots, counts.map((_, index) => counts.slice(0, index + 1).reduce((all, one) => all + one))); // prettier-ignore
    assert.deepEqual(messages, before);
    assert.equal(sum.sum?.slots.last, before.at(-1)?.physics?.slots.last);
  });
});
