import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { runCli, summaryOf } from '../../helpers/program/cli.js';
import { run591Absent, run591Path } from '../../helpers/run591.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { finish, invariant, Published, run } from '../common/line.js';

/** Every value of every setting, each pair of neighbours at least once. */
const mixes = [
  { partitions: 1, by: 'orbit', rows: 1, encoding: 'csv', threads: 1, shards: 1, batch: 97 },
  { partitions: 10, by: 'orbit', rows: 100, encoding: 'words', threads: 2, shards: 3, batch: 5000 },
  { partitions: 10, by: 'round-robin', rows: 1, encoding: 'words', threads: 8, shards: 10, batch: 97 },
  { partitions: 1, by: 'round-robin', rows: 100, encoding: 'csv', threads: 2, shards: 10, batch: 5000 },
  { partitions: 10, by: 'round-robin', rows: 100, encoding: 'csv', threads: 1, shards: 3, batch: 5000 },
  { partitions: 10, by: 'orbit', rows: 1, encoding: 'csv', threads: 8, shards: 1, batch: 5000 },
  { partitions: 1, by: 'orbit', rows: 100, encoding: 'words', threads: 1, shards: 10, batch: 97 },
] as const;

/** Two runs, the wrap of the counter, malformed rows and 600 orbits of disorder. */
const hostile = [
  ...['--rows', '40000', '--seed', '3', '--start-orbit', '4294960000', '--restart-after-rows', '20000'],
  ...['--malformed-share', '0.02', '--disorder-orbits', '600', '--out', 'rows.csv'],
];

async function assertMixes(context: TestContext, makeInput: (folder: string) => Promise<string>): Promise<void> {
  for (const { partitions, by, rows, encoding, threads, shards, batch } of mixes) {
    const folder = tempFolder(context, {});
    const input = await makeInput(folder);
    const direct = summaryOf(await runCli(['process', input, '--summary', '--quiet'], { cwd: folder }));
    const spread = ['--partitions', String(partitions), '--partition-by', by, '--encoding', encoding];
    await run(folder, 'produce', input, '--rate', 'max', '--quiet', ...spread, '--rows-per-message', String(rows));
    const published = await Published.open(context, folder);
    const compute = ['--threads', String(threads), '--shards', String(shards), '--batch-rows', String(batch)];
    const summary = await finish(published, folder, ...compute);
    assert.deepEqual(invariant(summary), invariant(direct), JSON.stringify({ partitions, by, rows, encoding }));
  }
}

describe('produce, process and verify over the embedded log', () => {
  const path = run591Path();
  test('give the totals of run 591 in every mix', { skip: path === undefined && run591Absent }, async (t) => {
    await assertMixes(t, () => Promise.resolve(path ?? ''));
  });

  test('give the totals of direct mode for two runs, a wrap, malformed rows and disorder in every mix', async (t) => {
    await assertMixes(t, async (folder) => {
      await run(folder, 'simulate', '--quiet', ...hostile);
      return join(folder, 'rows.csv');
    });
  });
});
