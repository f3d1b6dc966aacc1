import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { runCli, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { Published, run } from '../common/line.js';

const small = ['--batch-interval', '50ms', '--idle', '100ms', '--threads', '1'];

describe('process and the orbits that are open', () => {
  test('says what is open, continues after a restart, and flushes when nothing comes, each row once', async (t) => {
    const folder = tempFolder(t, {});
    await run(folder, 'simulate', '--quiet', '--rows', '20000', '--seed', '5', '--out', 'rows.csv');
    const first = await run(folder, 'produce', 'rows.csv', '--resume', '--rate', 'max', '--limit', '9000');
    assert.match(first.stderr, /nothing of this input was written before/);
    const published = await Published.open(t, folder);

    const idle = startCli(['process', ...small], { cwd: folder });
    let isStopped = false;
    let said = '';
    idle.child.stderr.on('data', (text: string) => {
      said += text;
      // Once: a second signal ends it at once.
      if (!isStopped && said.includes('in open orbits; later rows or "process --until-end" publish them')) {
        isStopped = idle.child.kill('SIGINT');
      }
    });
    const stopped = await idle.result();
    assert.equal(stopped.code, 0, stopped.stderr);
    const open = (await published.summary()).ledger.carried_out;
    assert.ok(open > 0);
    const hits = `${open.toLocaleString('en-US')} hits and trigger rows are`;
    assert.equal(said.match(new RegExp(`^dtstream: ${hits} in open orbits`, 'gm'))?.length, 2, said);
    const totals = new RegExp(
      `^dtstream: stopped: 9,000 rows in [\\d.]+ s: .*; ${open.toLocaleString('en-US')} open$`,
      'm',
    );
    assert.match(said, totals);

    // Killed after the flush, so that its commit alone says what is closed.
    const flushing = startCli(['process', ...small, '--flush-after', '300ms'], { cwd: folder });
    const isResuming = once(flushing.child.stderr, 'data', { signal: AbortSignal.timeout(20_000) });
    while ((await published.summary()).ledger.carried_out > 0) assert.ok(await published.hasNew(20_000));
    // Others may see the commit before its process has said where it resumed.
    await isResuming;
    flushing.child.kill('SIGKILL');
    const resumed = await flushing.result();
    assert.match(
      resumed.stderr,
      new RegExp(`^dtstream: resuming group dtstream after message \\d+: ${hits} read again`),
    );
    assert.match((await runCli(['verify'], { cwd: folder })).stdout, /^equal over 9,000 rows/);

    const second = await run(folder, 'produce', 'rows.csv', '--resume', '--rate', 'max');
    assert.match(second.stderr, /^dtstream: resuming after row 9,000$/m);
    const going = startCli(['process', ...small, '--flush-after', '300ms', '--quiet'], { cwd: folder });
    const isDone = async (): Promise<boolean> => {
      const { ledger } = await published.summary();
      return ledger.rows_read === 20_000 && ledger.carried_out === 0;
    };
    while (!(await isDone())) assert.ok(await published.hasNew(20_000));
    // It goes on after a flush.
    await run(folder, 'produce', '--rate', 'max', '--limit', '3000', '--sim', 'seed=9');
    while ((await published.summary()).ledger.rows_read < 23_000) assert.ok(await published.hasNew(20_000));
    going.child.kill('SIGTERM');
    const { code, stderr } = await going.result();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /resuming|open orbits|rows in [\d.]+ s/);
    await run(folder, 'process', '--until-end', '--quiet');
    // The simulator begins its orbits again: they are late, and of no number of the recount.
    const verified = await runCli(['verify'], { cwd: folder });
    assert.match(verified.stdout, /^equal (over 23,000 rows|except [\d,]+ late orbits)/);
    assert.deepEqual(
      published.ids,
      published.ids.map((_, index) => index),
    );
  });
});
