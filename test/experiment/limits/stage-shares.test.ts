import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CpuProfile, stageShares } from '../../../src/experiment/limits/stage-shares.js';

/** A profile of calls, each below the one before it where it says so, with the µs of its samples. */
function profileOf(calls: readonly { name: string; file?: string; parent?: number; us: number }[]): CpuProfile {
  const endTime = calls.reduce((sum, { us }) => sum + us, 0);
  return {
    nodes: calls.map(({ name, file = '' }, id) => ({
      id,
      callFrame: { functionName: name, url: file, lineNumber: 0 },
      children: calls.flatMap(({ parent }, child) => (parent === id ? [child] : [])),
    })),
    startTime: 0,
    endTime,
    samples: calls.map((_, id) => id),
    timeDeltas: [0, ...calls.map(({ us }) => us)],
  };
}

describe('stageShares', () => {
  it('adds up the work by the file it is in, and by the caller where the engine does it', () => {
    const main = profileOf([
      { name: 'publish', file: 'file:///x/src/pipeline/batch-publisher.js', us: 1_000_000 },
      { name: 'stringify', parent: 0, us: 500_000 },
      { name: 'read', file: 'file:///x/node_modules/lmdb/index.js', us: 250_000 },
      { name: '(idle)', us: 2_000_000 },
      { name: '(garbage collector)', us: 250_000 },
    ]);
    const pool = profileOf([
      { name: 'decodeCsv', file: 'file:///x/src/compute/decode-csv.js', us: 600_000 },
      { name: 'routeRows', file: 'file:///x/src/compute/route.js', us: 200_000 },
      { name: 'aggregateShards', file: 'file:///x/src/compute/aggregate.js', us: 200_000 },
      { name: '(idle)', us: 1_000_000 },
      { name: 'atomicsWaitLoop', file: 'file:///x/node_modules/piscina/dist/worker.js', us: 2_000_000 },
    ]);
    const shares = stageShares(main, [pool, pool]);
    assert.deepEqual(shares.main, { merge: 1.5, log: 0.25, collector: 0.25 });
    assert.deepEqual(shares.pool, { decode: 1.2, shard: 0.4, aggregate: 0.4 });
    assert.deepEqual([shares.mainBusy, shares.poolBusy], [0.5, 0.25]);
  });
});
