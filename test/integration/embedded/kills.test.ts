import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { runCli, startCli, summaryOf } from '../../helpers/program/cli.js';
import { seededRandom } from '../../helpers/random/seeded-random.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { finish, invariant, Published, run } from '../common/line.js';

const rounds = 30;
const seed = 20_261_123;

/** Rows for so many small batches that thirty rounds never come to their end. */
const simulation = ['--rows', '300000', '--seed', '9', '--malformed-share', '0.001', '--out', 'rows.csv'];
const small = ['--batch-rows', '200', '--batch-interval', '100ms', '--threads', '1', '--quiet'];

// Tried by hand: with the offsets committed in a transaction of their own after that of the results, the first test
// failed twice in two runs: verify named a repeated msg_ID and a carried_in that did not follow. The check of the epoch
// in every commit is held by the contract suite of the transport in the same way.
describe('process over the embedded log', () => {
  test(`publishes every row once through ${rounds} kills and stops, each after something new came`, async (t) => {
    const folder = tempFolder(t, {});
    await run(folder, 'simulate', '--quiet', ...simulation);
    const direct = summaryOf(await runCli(['process', 'rows.csv', '--summary', '--quiet'], { cwd: folder }));
    await run(folder, 'produce', join(folder, 'rows.csv'), '--rate', 'max', '--quiet', '--rows-per-message', '10');
    const published = await Published.open(t, folder);
    const random = seededRandom(seed);
    for (let round = 0; round < rounds; round++) {
      const before = (await published.summary()).batches;
      const process = startCli(['process', ...small], { cwd: folder });
      while (published.count === before) assert.ok(await published.hasNew(20_000), 'something new in time');
      await sleep(random() * 100);
      const signal = random() < 0.5 ? 'SIGKILL' : 'SIGTERM';
      process.child.kill(signal);
      const { code, stderr } = await process.result();
      assert.equal(code, signal === 'SIGKILL' ? null : 0, stderr);
    }
    const summary = await finish(published, folder);
    assert.deepEqual(invariant(summary), invariant(direct));
  });

  test('has one owner: a second instance takes over, and the first publishes nothing when it wakes', async (t) => {
    const folder = tempFolder(t, {});
    await run(folder, 'simulate', '--quiet', ...simulation);
    const direct = summaryOf(await runCli(['process', 'rows.csv', '--summary', '--quiet'], { cwd: folder }));
    await run(folder, 'produce', join(folder, 'rows.csv'), '--rate', 'max', '--quiet', '--rows-per-message', '10');
    const published = await Published.open(t, folder);
    const first = startCli(['process', ...small], { cwd: folder });
    assert.ok(await published.hasNew(20_000));
    const second = startCli(['process', ...small.slice(0, -1)], { cwd: folder });
    // It says that it stands by.
    await once(second.child.stderr, 'data');
    // Stopped within a transaction it keeps the store's lock, and nobody goes on (decision 6): then it is stopped anew.
    let hasMoved = false;
    for (let attempt = 0; attempt < 5 && !hasMoved; attempt++) {
      first.child.kill('SIGCONT');
      await sleep(20);
      first.child.kill('SIGSTOP');
      await published.summary();
      hasMoved = await published.hasNew(8000);
    }
    assert.ok(hasMoved, 'the second one goes on');
    first.child.kill('SIGCONT');
    await sleep(500);
    second.child.kill('SIGKILL');
    await second.result();
    first.child.kill('SIGTERM');
    const { code } = await first.result();
    assert.equal(code, 0);
    assert.deepEqual(invariant(await finish(published, folder)), invariant(direct));
  });

  test('publishes rows in any order once, at the end, however often it was killed before', async (t) => {
    const folder = tempFolder(t, {});
    await run(folder, 'simulate', '--quiet', ...simulation);
    const direct = summaryOf(await runCli(['process', 'rows.csv', '--summary', '--quiet'], { cwd: folder }));
    await run(folder, 'produce', join(folder, 'rows.csv'), '--rate', 'max', '--quiet');
    const published = await Published.open(t, folder);
    const all = ['process', '--until-end', '--lateness', 'all', '--orbit-detail', 'none', '--threads', '1', '--quiet'];
    const { elapsedMs } = await timed(() => runCli([...all, '--group', 'other'], { cwd: folder }));
    assert.equal((await published.summary()).batches, 1);
    let killed = 0;
    // From its start to a little after the time that one takes: the first come before it has read anything.
    for (let round = 1; round <= 12; round++) {
      const process = startCli(all, { cwd: folder });
      await sleep((round / 10) * elapsedMs);
      process.child.kill('SIGKILL');
      const { code, stderr } = await process.result();
      assert.ok(code === 0 || code === null, stderr);
      if ((await published.summary()).batches === 1) killed++;
    }
    assert.ok(killed > 0, 'some came before the end');
    await run(folder, ...all);
    const { batches, ...sums } = await published.summary();
    assert.equal(batches, 2);
    assert.deepEqual(sums.hit_count, 2 * direct.hit_count);
    assert.match((await run(folder, 'verify', '--group', 'dtstream')).stdout, /^equal over 300,000 rows/);
  });
});

async function timed(work: () => Promise<unknown>): Promise<{ readonly elapsedMs: number }> {
  const startMs = performance.now();
  await work();
  return { elapsedMs: performance.now() - startMs };
}
