import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerOf } from '../../src/domain/geometry.js';
import { SegmentCounts, segmentTotals, segmentCountAt, segmentCountsSize } from '../../src/physics/segment-counts.js';
import { SegmentSearch, type SegmentSearchOptions } from '../../src/physics/segment-search.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { RandomSource } from '../helpers/random/random-source.js';
import { bruteSegment, bruteTotals, emptyTotals } from './brute-segment.js';
import { randomHits } from './random-hits.js';

const tickNs = 25 / 30;

function optionsOf(random: RandomSource): SegmentSearchOptions {
  const t0Ns = random.pick([0, 93.9, 365]);
  return {
    xUm: random.pick([0, 1_500, -250_000]),
    velocityUmNs: random.pick([53.8, 57]),
    tickNs,
    t0Ns,
    windowFirst: Math.ceil((-20 - t0Ns) / tickNs - 1e-9),
    windowLast: Math.floor((420 - t0Ns) / tickNs + 1e-9),
    sigmaXUm: random.pick([300, 500, 2_000]),
    chi2Four: random.pick([20, 5.5]),
    chi2Three: random.pick([10, 0.1]),
    slopeMax: random.pick([1, 0.3, 2]),
  };
}

/** Compares search and counts with normal equations over all combinations, orbit by orbit. */
function compare(seed: number, orbits: number, coarse: number): Record<string, number> {
  const random = new RandomSource(seed);
  const options = optionsOf(random);
  const columns = random.pick([16, 16, 9]);
  const search = new SegmentSearch(options);
  const counts = new SegmentCounts([
    { ...options, columns },
    { ...options, columns },
  ]);
  const totals = emptyTotals();
  const kinds: Record<string, number> = {};
  for (let orbit = 0; orbit < orbits; orbit++) {
    const { channels, ticks } = randomHits(random, options, columns, coarse);
    const from = random.below(3);
    const padding = Array.from({ length: from }, () => 5);
    const found = search.find(
      Uint8Array.from([...padding, ...channels, 5]),
      Int32Array.from([...padding, ...ticks, 5]),
      from,
      from + channels.length,
    );
    const expected = bruteSegment(channels, ticks, options);
    assert.equal(found, expected.kind, `orbit ${orbit} of seed ${seed}`);
    if (found === 'three' || found === 'four') {
      assert.deepEqual(
        { channels: [...search.channels], sides: search.sides, missing: search.missing, xUm: [...search.xUm] },
        { channels: expected.channels, sides: expected.sides, missing: expected.missing, xUm: expected.xUm },
        `orbit ${orbit} of seed ${seed}`,
      );
    }
    counts.add(1, search);
    bruteTotals(totals, expected, { ...options, columns });
    kinds[found] = (kinds[found] ?? 0) + 1;
  }
  assert.deepEqual(segmentTotals(counts.values, 1), totals, `seed ${seed}`);
  assert.ok(counts.values.subarray(0, segmentCountsSize).every((value) => value === 0));
  assert.equal(counts.values[segmentCountsSize + segmentCountAt.four], totals.four);
  return kinds;
}

describe('the segment search', () => {
  it('finds in random hits what normal equations over all combinations find, and counts the same', () => {
    const seen: Record<string, number> = {};
    for (let seed = 1; seed <= casesOf(200); seed++) {
      for (const [kind, count] of Object.entries(compare(seed, 60, 1))) seen[kind] = (seen[kind] ?? 0) + count;
    }
    for (const kind of ['none', 'three', 'four', 'busy']) assert.ok(seen[kind] > 10, `${kind}: ${seen[kind]}`);
  });

  it('decides ties as the rules say, where times lie on a coarse lattice', () => {
    for (let seed = 1; seed <= casesOf(200); seed++) compare(1000 + seed, 60, 24);
  });

  it('takes of each cell the first hit in the window, whatever the order, and forgets the orbit before', () => {
    const options = { ...optionsOf(new RandomSource(1)), t0Ns: 0, windowFirst: -24, windowLast: 504 };
    const search = new SegmentSearch(options);
    const straight = [20, 22, 21, 23];
    assert.deepEqual(straight.map(layerOf), [0, 1, 2, 3]);
    const once = search.find(Uint8Array.from(straight), Int32Array.from([250, 250, 250, 250]), 0, 4);
    assert.equal(once, 'four');
    const places = [...search.xUm];
    const more = search.find(
      Uint8Array.from([20, 20, ...straight, 21, 23]),
      Int32Array.from([400, -25, 250, 250, 250, 250, 505, 251]),
      0,
      8,
    );
    assert.equal(more, 'four');
    assert.deepEqual([...search.xUm], places);
    assert.equal(search.find(new Uint8Array(0), new Int32Array(0), 0, 0), 'none');
    assert.equal(search.find(Uint8Array.from([20, 22]), Int32Array.from([250, 250]), 0, 2), 'none');
  });

  it('counts a slope of just 1 in the last bin, and a line 2 mm from the wall as a probe', () => {
    const cuts = { sigmaXUm: 300, chi2Four: 20, chi2Three: 10, slopeMax: 1 };
    const search = new SegmentSearch({
      ...{ ...cuts, xUm: 0, velocityUmNs: 500, tickNs: 1, t0Ns: 0, windowFirst: 0, windowLast: 42 },
    });
    const counts = new SegmentCounts([{ ...cuts, xUm: 0, columns: 16 }]);
    // Wires at 147, 126, 105 and 84 mm; the line at 128, 115, 102 and 89.
    assert.equal(search.find(Uint8Array.from([12, 10, 9, 7]), Int32Array.from([38, 22, 6, 10]), 0, 4), 'four');
    assert.deepEqual([...search.xUm], [128_000, 115_000, 102_000, 89_000]);
    counts.add(0, search);
    const { slope, probe_pass } = segmentTotals(counts.values, 0);
    assert.equal(slope[39], 1);
    assert.equal(probe_pass[12], 1);
  });

  it('leaves more than 8 hits in a layer or 20 in a chamber alone', () => {
    const layer = (channel: number, hits: number): number[] =>
      Array.from({ length: hits }, (_, column) => 4 * column + channel);
    const search = new SegmentSearch({ ...optionsOf(new RandomSource(2)), windowFirst: -100, windowLast: 0 });
    const kind = (channels: number[]): string =>
      search.find(Uint8Array.from(channels), new Int32Array(channels.length).fill(-50), 0, channels.length);
    assert.equal(kind(layer(0, 9)), 'busy');
    assert.notEqual(kind([...layer(0, 8), ...layer(1, 8), ...layer(2, 4)]), 'busy');
    assert.equal(kind([...layer(0, 8), ...layer(1, 8), ...layer(2, 4), 3]), 'busy');
  });
});
