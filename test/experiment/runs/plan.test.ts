import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  configurationKey,
  crossProduct,
  dimensions,
  variedDimensions,
} from '../../../src/experiment/runs/configuration.js';
import { planRuns, runKey } from '../../../src/experiment/runs/plan.js';

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 });
const lists = fc.record({
  instances: numbers,
  threads: numbers,
  partitions: numbers,
  shards: fc.option(numbers, { nil: undefined }),
  rowsPerMessage: fc.constant([1]),
  encoding: fc.constantFrom<('csv' | 'words')[]>(['csv'], ['csv', 'words']),
  physics: fc.constantFrom<('off' | 'counts' | 'full')[]>(['full'], ['off', 'counts', 'full']),
  rate: fc.constantFrom<(number | 'max')[]>([1000], [1000, 'max']),
  batchIntervalMs: fc.constant([1000]),
});

describe('crossProduct', () => {
  it('has every combination once, with as many shards as threads unless they are given', () => {
    fc.assert(
      fc.property(lists, ({ shards, ...rest }) => {
        const all = crossProduct(shards === undefined ? rest : { ...rest, shards });
        const sizes = Object.values(rest).map((list) => list.length);
        assert.equal(all.length, sizes.reduce((product, size) => product * size, 1) * (shards?.length ?? 1));
        assert.equal(new Set(all.map(configurationKey)).size, all.length);
        for (const one of all)
          assert.ok(shards === undefined ? one.shards === one.threads : shards.includes(one.shards));
      }),
    );
  });

  it('names the dimensions that differ, and shards only when they do not follow the threads', () => {
    const base = {
      instances: [1],
      partitions: [10],
      rowsPerMessage: [1],
      encoding: ['csv' as const],
      physics: ['full' as const],
      batchIntervalMs: [1000],
    };
    const following = crossProduct({ ...base, threads: [1, 2], rate: [1000] });
    assert.deepEqual(variedDimensions(following), ['threads']);
    const own = crossProduct({ ...base, threads: [1, 2], shards: [1, 4], rate: [1000, 'max'] });
    assert.deepEqual(variedDimensions(own), ['threads', 'shards', 'rate']);
    assert.equal(dimensions.length, 9);
  });
});

describe('planRuns', () => {
  const configurations = crossProduct({
    ...{ instances: [1], threads: [1, 2, 3], partitions: [1, 5, 10], rowsPerMessage: [1] },
    ...{ encoding: ['csv'], physics: ['full'], rate: [1000, 'max'], batchIntervalMs: [1000] },
  });

  it('has whole rounds: each configuration once in every one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(), (repeats, seed) => {
        const plan = planRuns(configurations, repeats, seed);
        assert.equal(new Set(plan.map(runKey)).size, configurations.length * repeats);
        for (let repeat = 0; repeat < repeats; repeat++) {
          const round = plan.slice(repeat * configurations.length, (repeat + 1) * configurations.length);
          assert.ok(round.every((run) => run.repeat === repeat));
          assert.equal(new Set(round.map(runKey)).size, configurations.length);
        }
      }),
    );
  });

  it('has the same order for the same seed and another one for another', () => {
    const keys = (seed: number): string[] => planRuns(configurations, 3, seed).map(runKey);
    assert.deepEqual(keys(7), keys(7));
    assert.notDeepEqual(keys(7), keys(8));
    const [first, second] = [keys(7).slice(0, 18), keys(7).slice(18, 36)].map((round) =>
      round.map((key) => key.replace(/ repeat.*/, '')),
    );
    assert.notDeepEqual(first, second);
  });
});
