import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { summaryOf, cliShellCommand, runCli, type RunningCli, startCli } from '../helpers/program/cli.js';
import { checkedCommand, closeTerminals, openTerminal, withoutTmux } from '../helpers/terminal/tmux.js';
import { finish, invariant, Published, run } from '../integration/common/line.js';
import { tempFolder } from '../sources/temp-folder.js';

/** Processes that a process has started. */
function childrenOf({ child }: RunningCli): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = table.trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number)); // prettier-ignore
  return rows.filter(([, parent]) => parent === child.pid).map(([pid]) => pid);
}

/** Resolves when none of the processes is there any more. */
async function gone(pids: readonly number[]): Promise<void> {
  const isThere = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (const deadlineMs = Date.now() + 30_000; pids.some(isThere);) {
    await delay(30);
    assert.ok(Date.now() < deadlineMs, 'processes of the line go on');
  }
}

async function simulatedFolder(context: Parameters<typeof tempFolder>[0], rows: number): Promise<string> {
  const folder = tempFolder(context);
  await run(folder, 'simulate', '--quiet', '--rows', String(rows), '--seed', '4', '--out', 'rows.csv');
  return folder;
}

const line = ['run', 'rows.csv', '--threads', '1'];

describe('dtstream run', { skip: process.platform === 'win32' && 'ps is not there' }, () => {
  after(closeTerminals);

  it('prints a line per message and the sums of all hits of a file, and the same line adds nothing', async (t) => {
    const folder = await simulatedFolder(t, 5000);
    const direct = summaryOf(await runCli(['process', 'rows.csv', '--summary'], { cwd: folder }));
    const total = new RegExp(`^${direct.hit_count.toLocaleString('en-US')} hits in \\d+ messages?, taken `, 'm');
    const first = await run(folder, ...line);
    assert.match(first.stdout, /^# group dtstream .*\n# since .*\n\S+Z {2}dtstream\/0 #0 /);
    assert.match(first.stdout, total);
    assert.match(first.stdout, /^hits .*, open 0$/m);
    assert.match(first.stderr, /^dtstream: produce: 5,000 rows in /m);
    const again = await run(folder, ...line, '--quiet');
    assert.doesNotMatch(again.stdout, /#0 /);
    assert.match(again.stdout, total);
    assert.equal(again.stderr, '');
    const said =
      /^dtstream: produce: nothing new in the input: "produce --again" writes its rows once more, another --store /m;
    assert.match((await run(folder, ...line)).stderr, said);
  });

  it('publishes rows in any order in one message when all are there, and the same line adds nothing', async (t) => {
    const folder = await simulatedFolder(t, 5000);
    const direct = summaryOf(await runCli(['process', 'rows.csv', '--summary'], { cwd: folder }));
    const lines = readFileSync(join(folder, 'rows.csv'), 'latin1').trimEnd().split('\n');
    writeFileSync(join(folder, 'mixed.csv'), [lines[0], ...lines.slice(1).reverse(), ''].join('\n'), 'latin1');
    const all = ['run', 'mixed.csv', '--threads', '1', '--lateness', 'all', '--quiet'];
    const total = new RegExp(`^${direct.hit_count.toLocaleString('en-US')} hits in 1 message, taken `, 'm');
    const first = await run(folder, ...all);
    assert.match(first.stdout, /^\S+Z {2}dtstream\/0 #0 /m);
    for (const { stdout } of [first, await run(folder, ...all)]) assert.match(stdout, total);
    assert.match((await run(folder, 'verify')).stdout, /^equal over 5,000 rows/);
    const refused = await runCli(line, { cwd: folder });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /cannot continue with group dtstream without --lateness all/);
  });

  it('continues exactly when all of it was killed, again and again', async (t) => {
    const folder = await simulatedFolder(t, 30_000);
    const direct = summaryOf(await runCli(['process', 'rows.csv', '--summary'], { cwd: folder }));
    const published = await Published.open(t, folder);
    const slow = [...line, '--rate', '3k', '--quiet'];
    for (const victims of ['all', 'own', 'children'] as const) {
      const { batches } = await published.summary();
      const running = startCli(slow, { cwd: folder });
      while (published.count < batches + 2) assert.ok(await published.hasNew(20_000));
      const children = childrenOf(running);
      assert.equal(children.length, 2);
      if (victims !== 'children') running.child.kill('SIGKILL');
      // A child may have ended by itself: it was left alone.
      if (victims !== 'own') for (const pid of children) process.kill(pid, 'SIGKILL');
      const { code, stderr } = await running.result();
      if (victims === 'children') assert.match(stderr, /^dtstream: (produce|process) ended with SIGKILL$/m);
      assert.equal(code, victims === 'children' ? 1 : null);
      await gone(children);
    }
    await run(folder, ...line, '--quiet');
    assert.deepEqual(invariant(await finish(published, folder)), invariant(direct));
  });

  it('follows, shows what its parts warn of, and stops with all committed', async (t) => {
    const folder = await simulatedFolder(t, 3000);
    const published = await Published.open(t, folder);
    const running = startCli([...line, '--follow', '--flush-after', '500ms', '--partitions', '2'], { cwd: folder });
    const isPublished = async (rows: number): Promise<boolean> => {
      const { ledger } = await published.summary();
      return ledger.rows_read === rows && ledger.carried_out === 0;
    };
    while (!(await isPublished(3000))) assert.ok(await published.hasNew(20_000));
    const path = join(folder, 'rows.csv');
    appendFileSync(path, 'no row\n');
    while (!(await isPublished(3001))) assert.ok(await published.hasNew(20_000));
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, 100));
    let said = '';
    for await (const text of running.child.stderr.iterator({ destroyOnReturn: false })) {
      said += String(text);
      if (/^dtstream: produce: rows\.csv was truncated/m.test(said)) break;
    }
    const children = childrenOf(running);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.result();
    assert.equal(code, 0, stderr);
    await gone(children);
  });

  it('says why a part has failed, and stops the other', async (t) => {
    const folder = await simulatedFolder(t, 100);
    const { code, stderr } = await runCli(['run', 'missing.csv', '--threads', '1'], { cwd: folder });
    assert.equal(code, 1);
    assert.match(stderr, /^dtstream: produce: cannot read missing\.csv: no such file or directory$/m);
    assert.match(stderr, /^dtstream: produce ended with exit code 1$/m);
    const stdin = await runCli(['run', '-'], { cwd: folder });
    assert.match(stdin.stderr, /^dtstream: run needs inputs that can be read again, got standard input/);
    assert.equal(stdin.code, 2);
  });

  it('keeps the screen of a file that has ended until q', { skip: withoutTmux }, async (t) => {
    const folder = await simulatedFolder(t, 5000);
    const terminal = openTerminal('run');
    terminal.type(`cd ${folder}; ${checkedCommand(`${cliShellCommand} ${line.join(' ')}`)}`);
    await terminal.until(/ENDED[^]*\n 3 {2,}\d[^]*\+ open 0/);
    terminal.press('q');
    await terminal.until(/rc=0\nstty as before/);
    assert.equal(terminal.flags(), '0 1 0');
    assert.match((await run(folder, 'verify')).stdout, /^equal over 5,000 rows/);
  });
});
