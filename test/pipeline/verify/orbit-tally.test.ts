import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addHash, listHash } from '../../../src/pipeline/verify/orbit-tally.js';

describe('addHash', () => {
  it('sums more orbits than a double has digits for, in any order, and is undone by subtraction', () => {
    const orbits = 5_000_000;
    const hash = (orbit: number): number => listHash(1, orbit, 1 + (orbit % 64));
    let [forwards, backwards, plain] = [0, 0, 0];
    for (let orbit = 0; orbit < orbits; orbit++) {
      forwards = addHash(forwards, hash(orbit));
      plain += hash(orbit);
    }
    for (let orbit = orbits - 1; orbit >= 0; orbit--) backwards = addHash(backwards, hash(orbit));
    assert.ok(plain > Number.MAX_SAFE_INTEGER);
    assert.equal(forwards, backwards);
    assert.equal(addHash(addHash(7, 4e9), -4e9), 7);
  });
});
