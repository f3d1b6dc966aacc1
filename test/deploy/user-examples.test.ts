import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadSubcommands } from '../../src/commands/subcommands.js';
import { cliCommand, runCli } from '../helpers/program/cli.js';
import { testConsole } from '../helpers/program/test-process.js';
import { withoutTmux } from '../helpers/terminal/tmux.js';
import { tempFolder } from '../sources/temp-folder.js';

const unitPath = new URL('../../../examples/systemd-user/dtstream-run.service', import.meta.url);
const script = fileURLToPath(new URL('../../../examples/tmux/three-panes.sh', import.meta.url));
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the unit for a user', () => {
  const text = readFileSync(unitPath, 'utf8');

  it('starts a command with flags that it takes', async () => {
    const words = /^ExecStart=%h\/\.local\/bin\/dtstream (.*)$/m.exec(text)?.[1].split(' ') ?? [];
    const [command] = await loadSubcommands(testConsole().console, words[0]);
    command.exitOverride().action(() => undefined);
    assert.doesNotThrow(() => command.parse(words.slice(1), { from: 'user' }));
    assert.equal(command.name(), 'run');
    assert.equal(command.getOptionValue('follow'), true);
  });

  it('is what systemd understands', { skip: !hasSystemd && 'systemd is not installed' }, (context) => {
    const shown = text.replace('%h/.local/bin/dtstream', process.execPath).replace(/^Documentation=.*\n/m, '');
    const dir = tempFolder(context, { 'dtstream-run.service': shown });
    const path = join(dir, 'dtstream-run.service');
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--user', '--man=no', path], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: dir },
    });
    const own = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('dtstream'));
    assert.deepEqual([own, status], [[], 0]);
  });
});

describe('the script for tmux', { skip: withoutTmux }, () => {
  it('runs produce, process and watch in three panes, and nothing is lost when they go', async (t) => {
    const folder = tempFolder(t);
    const simulate = ['simulate', '--quiet', '--rows', '5000', '--out', 'rows 1.csv'];
    assert.equal((await runCli(simulate, { cwd: folder })).code, 0);
    // A server of its own: tmux has its socket in this folder.
    const env = { ...process.env, TMUX: '', TMUX_TMPDIR: folder, LC_ALL: 'C.UTF-8', DTSTREAM: cliCommand.join(' ') };
    const tmux = (...args: readonly string[]): string =>
      execFileSync('tmux', args, { cwd: folder, env, encoding: 'utf8' });
    t.after(() => spawnSync('tmux', ['kill-server'], { env }));
    execFileSync('sh', [script, 'rows 1.csv'], { cwd: folder, env });
    const panes = tmux('list-panes', '-t', 'dtstream', '-F', '#{pane_id}').trim().split('\n');
    assert.equal(panes.length, 3);
    const text = (): string => panes.map((pane) => tmux('capture-pane', '-p', '-t', pane)).join('\n');
    for (const deadlineMs = Date.now() + 60_000; !/LIVE[^]*5,000 rows[^]*hits and trigger rows are/.test(text());) {
      assert.ok(Date.now() < deadlineMs, text());
      await delay(100);
    }
    tmux('kill-session', '-t', 'dtstream');
    assert.equal((await runCli(['process', '--until-end', '--quiet'], { cwd: folder })).code, 0);
    assert.match((await runCli(['verify'], { cwd: folder })).stdout, /^equal over 5,000 rows/);
    const usage = spawnSync('sh', [script], { env, encoding: 'utf8' });
    assert.deepEqual([usage.status, usage.stdout], [2, '']);
  });
});
