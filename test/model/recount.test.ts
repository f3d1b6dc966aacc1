import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultGeometry as geometry } from '../../src/domain/geometry.js';
import type { Row } from './classify.js';
import { recount } from './recount.js';

const hit = (orbit: number, channel = 0, chamber = 0): Row => ({ kind: 'hit', chamber, channel, orbit });

describe('recount', () => {
  it('counts channels, distinct channels of an orbit and orbits, in any order of near orbits', () => {
    const totals = recount(
      [hit(7, 1), hit(8, 1, 3), hit(7, 1), hit(6, 2), hit(7, 2), { kind: 'scintillator', orbit: 9 }, hit(7, 0, 1)],
      geometry,
    );
    assert.deepEqual([totals.hit_count, totals.orbits], [6, 3]);
    assert.deepEqual([...totals.channels], [['0/1', 2], ['0/2', 2], ['1/64', 1], ['3/65', 1]]); // prettier-ignore
    assert.deepEqual(
      totals.active_channels_chamber.map((counts) => counts.slice(0, 4)),
      [
        [0, 1, 1, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 1, 0, 0],
      ],
    );
  });

  it('keeps an orbit apart in each run and each turn of the counter', () => {
    const orbitsOf = (orbits: number[]): number =>
      recount(
        orbits.map((orbit) => hit(orbit)),
        geometry,
      ).orbits;
    assert.equal(orbitsOf([5, 2 ** 22, 5, 2 ** 22]), 4);
    assert.equal(orbitsOf([2 ** 22, 5, 2 ** 22]), 3);
    assert.equal(orbitsOf([2 ** 22, 5, 2 ** 22, 5]), 4);
    assert.equal(orbitsOf([5, 2 ** 31, 2 ** 32 - 1, 5, 2 ** 32 - 1]), 4);
  });

  it('leaves rows without an orbit alone', () => {
    const totals = recount(
      [
        { kind: 'dropped', reason: 'head' },
        { kind: 'rejected', reason: 'range' },
      ],
      geometry,
    );
    assert.deepEqual([totals.hit_count, totals.orbits, totals.channels.size], [0, 0, 0]);
  });
});
