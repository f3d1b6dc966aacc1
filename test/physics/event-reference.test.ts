import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventReference } from '../../src/physics/event-reference.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { bruteReference } from './brute-time.js';

const tickNs = 25 / 30;

describe('the event reference', () => {
  it('is the mean of the fullest stretch of 25 ns of the other chambers', () => {
    const event = new EventReference(tickNs);
    for (const [chamber, timeNs] of [
      [0, 1000],
      [1, 1000],
      [2, 1025],
      [3, 1051],
    ])
      event.add(chamber, timeNs);
    assert.equal(event.of(0), Math.floor(1012.5 / tickNs + 0.5));
    assert.equal(event.of(3), Math.floor((1000 + 1000 + 1025) / 3 / tickNs + 0.5));
    // Two stretches of one: the earlier.
    assert.equal(event.of(2), Math.floor(1000 / tickNs + 0.5));
    event.clear();
    assert.equal(event.of(0), undefined);
    event.add(0, 5);
    assert.equal(event.of(0), undefined);
    assert.equal(event.of(1), 6);
  });

  it('agrees with every stretch tried, also on a lattice and with very many times', () => {
    const random = new RandomSource(20);
    const event = new EventReference(tickNs);
    for (let orbit = 0; orbit < 4000; orbit++) {
      event.clear();
      const step = random.pick([tickNs / 3, 5, 12.5]);
      const count = orbit % 500 === 0 ? 150 : random.below(9);
      const times = Array.from({ length: count }, () => ({
        chamber: random.below(4),
        timeNs: step * random.below(12),
      }));
      for (const { chamber, timeNs } of times) event.add(chamber, timeNs);
      for (let chamber = 0; chamber < 4; chamber++)
        assert.equal(event.of(chamber), bruteReference(times, chamber, tickNs), `orbit ${orbit}, chamber ${chamber}`);
    }
  });
});
