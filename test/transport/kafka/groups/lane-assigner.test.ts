import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assignLanes, type MemberClaim } from '../../../../src/transport/kafka/groups/lane-assigner.js';

const claim = (memberId: string, rest: Partial<MemberClaim> = {}): MemberClaim => {
  return { memberId, lanes: 4, topic: 'data_raw', held: [], released: [], ...rest };
};
const lanesOf = (claims: readonly MemberClaim[], laneCount = 4): Record<string, readonly number[]> =>
  Object.fromEntries([...assignLanes(claims, laneCount)].map(([memberId, { lanes }]) => [memberId, lanes]));

describe('lane assigner', () => {
  it('gives a member that joins its share and leaves the others what they may keep', () => {
    assert.deepEqual(lanesOf([claim('a', { held: [0, 1, 2, 3] }), claim('b')]), { a: [0, 1], b: [2, 3] });
    assert.deepEqual(lanesOf([claim('a', { held: [0, 1] })]), { a: [0, 1, 2, 3] });
  });

  it('gives a lane to another member than the one that has given it back, and to nobody when all have', () => {
    assert.deepEqual(lanesOf([claim('a', { released: [0] }), claim('b')], 1), { a: [], b: [0] });
    assert.deepEqual(lanesOf([claim('a', { released: [0] })], 1), { a: [] });
  });

  it('refuses members of another shape than those at work', () => {
    const assigned = assignLanes([claim('a', { lanes: 2 }), claim('b', { held: [3] })], 4);
    assert.match(assigned.get('a')?.refused ?? '', /runs with 4 lanes on data_raw/);
    assert.deepEqual(assigned.get('b'), { lanes: [0, 1, 2, 3] });
  });

  it('gives every lane to exactly one member, and shares that differ by one at most', () => {
    const held = fc.uniqueArray(fc.nat(11), { maxLength: 12 });
    const members = fc.array(held, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 12 }), (helds, laneCount) => {
        const claims = helds.map((own, i) =>
          claim(`m${i}`, { lanes: laneCount, held: own.filter((lane) => lane < laneCount) }),
        );
        const shares = Object.values(lanesOf(claims, laneCount));
        assert.deepEqual(
          shares.flat().sort((a, b) => a - b),
          Array.from({ length: laneCount }, (_, lane) => lane),
        );
        const sizes = shares.map(({ length }) => length);
        assert.ok(Math.max(...sizes) <= Math.ceil(laneCount / claims.length));
      }),
    );
  });
});
