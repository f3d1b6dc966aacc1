import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { BatchMessage, Summary } from '../../../src/domain/batch-message.js';
import { SummarySum } from '../../../src/domain/summary.js';
import { openSimulator } from '../../../src/sources/simulator/simulator.js';
import type { SimulatorTally } from '../../../src/sources/simulator/tally.js';
import { directMessages, directPool, memorySource } from '../../helpers/program/direct.js';
import { activeOrbits, assertMessageLaws } from '../../helpers/assert/message-laws.js';
import { run591Absent, run591Words } from '../../helpers/run591.js';
import { readAll } from '../../sources/read-all.js';

const threadCounts = [1, 2, 8];
const shardCounts = [1, 3, 10];
const batchSizes = [97, 5000, 100_000];

/** What must not depend on how the work is cut: the totals, and every orbit with its active channels. */
function outcomeOf(messages: readonly BatchMessage[]): { totals: Summary; orbits: string[] } {
  const sum = new SummarySum();
  for (const message of messages) sum.add(message);
  return { totals: { ...sum.summary, batches: 0 }, orbits: activeOrbits(messages) };
}

/** Runs direct mode for each combination, closing each pool once its batch sizes are through. */
async function outcomes(
  input: { readonly bytes: Uint8Array; readonly format: 'csv' | 'words'; readonly chunkBytes: number },
  combinations: readonly { threads: number; shards: number; batchRows: readonly number[] }[],
): Promise<{ name: string; outcome: ReturnType<typeof outcomeOf> }[]> {
  const results = [];
  for (const { threads, shards, batchRows } of combinations) {
    const pool = directPool({ threads, shards, chunkBytes: input.chunkBytes });
    try {
      for (const rows of batchRows) {
        const messages = await directMessages([memorySource(input.bytes, input.format)], pool, { batchRows: rows });
        assertMessageLaws(messages);
        results.push({
          name: `${threads} threads, ${shards} shards, ${rows} rows`,
          outcome: outcomeOf(messages),
        });
      }
    } finally {
      await pool.close();
    }
  }
  return results;
}

describe('direct mode on simulated data', () => {
  let bytes: Uint8Array;
  let tally: SimulatorTally;
  before(async () => {
    const source = openSimulator({
      rows: 8000,
      malformedShare: 0.02,
      // The counter wraps in the first run; a second run begins behind it.
      startOrbit: 2 ** 32 - 2500,
      restartAfterRows: [5000],
    });
    bytes = await readAll(source);
    tally = source.tally();
  });

  it('publishes every row under the rule that the simulator made it for', async () => {
    const pool = directPool();
    const messages = await directMessages([memorySource(bytes, 'csv')], pool).finally(() => pool.close());
    const sum = new SummarySum();
    for (const message of messages) sum.add(message);
    const { ledger, hit_count_chamber, runs, late_hits } = sum.summary;
    assert.deepEqual(hit_count_chamber, tally.hits);
    assert.deepEqual(
      [ledger.rows_read, ledger.scintillator, ledger.dropped, ledger.rejected, runs, late_hits],
      [tally.rows, tally.scintillator, tally.dropped, tally.rejected, 2, 0],
    );
    assert.ok(Object.values(tally.rejected).every((count) => count > 0));
    assert.ok(
      messages.some(({ batch }) => (batch.orbit_first ?? 0) > (batch.orbit_last ?? 0)),
      'the counter wraps',
    );
  });

  it('gives the same sum and the same orbits for any threads, shards and rows per batch', async () => {
    const combinations = threadCounts.flatMap((threads) =>
      shardCounts.map((shards) => ({ threads, shards, batchRows: batchSizes })),
    );
    const [first, ...others] = await outcomes({ bytes, format: 'csv', chunkBytes: 1 << 14 }, combinations);
    assert.equal(others.length, 26);
    for (const { name, outcome } of others) assert.deepEqual(outcome, first.outcome, name);
  });

  it('gives the same messages, bytes and all, whatever the chunks and threads', async () => {
    const texts = new Set<string>();
    for (const options of [
      { threads: 1, chunkBytes: 1 << 12 },
      { threads: 2, chunkBytes: 1 << 20 },
    ]) {
      const pool = directPool(options);
      const messages = await directMessages([memorySource(bytes, 'csv')], pool, { batchRows: 1000 });
      await pool.close();
      texts.add(JSON.stringify(messages));
    }
    assert.equal(texts.size, 1);
  });

  it('counts late hits and keeps the published orbits when the lateness is too small for the disorder', async () => {
    const pool = directPool();
    const messages = await directMessages([memorySource(bytes, 'csv')], pool, { batchRows: 97, lateness: 0 });
    await pool.close();
    assertMessageLaws(messages);
    activeOrbits(messages);
    const sum = new SummarySum();
    for (const message of messages) sum.add(message);
    assert.ok(sum.summary.late_hits > 0 && sum.summary.late_orbits > 0);
    assert.deepEqual(sum.summary.hit_count_chamber, tally.hits);
  });
});

describe('direct mode on run 591', () => {
  const words = run591Words();
  it(
    'gives its known totals for any threads, shards and rows per batch',
    {
      skip: words === undefined && run591Absent,
    },
    async () => {
      // Every value of each setting; all combinations are the simulated stream's.
      const combinations = [
        { threads: 1, shards: 10, batchRows: [97] },
        { threads: 2, shards: 3, batchRows: [97, 5000] },
        { threads: 8, shards: 1, batchRows: [100_000] },
      ];
      const input = { bytes: words ?? new Uint8Array(), format: 'words', chunkBytes: 1 << 17 } as const;
      const [first, ...others] = await outcomes(input, combinations);
      const { runs, hit_count_chamber, late_hits, orbits, ledger } = first.outcome.totals;
      assert.deepEqual(hit_count_chamber, [24253, 35907, 60564, 36572]);
      // It has 97,674 orbits; one of them holds trigger rows only.
      assert.deepEqual([runs, late_hits, orbits], [1, 0, 97_673]);
      assert.deepEqual(ledger, {
        rows_read: 159_616,
        hits: 157_296,
        scintillator: 0,
        dropped: { head: 0, channel: 2320 },
        rejected: { fields: 0, number: 0, range: 0 },
        carried_in: 0,
        carried_out: 0,
      });
      for (const { name, outcome } of others) assert.deepEqual(outcome, first.outcome, name);
    },
  );
});
