import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { assertNothingLeft, processesOf, startDemo } from '../commands/demo/running-demo.js';
import { assertFails, cliShellCommand } from '../helpers/program/cli.js';
import { checkedCommand, closeTerminals, openTerminal, withoutTmux } from '../helpers/terminal/tmux.js';
import { tempFolder } from '../sources/temp-folder.js';

describe('dtstream demo', { skip: process.platform === 'win32' && 'ps is not there', concurrency: 3 }, () => {
  after(closeTerminals);

  it('prints snapshots for ten seconds without a terminal, and leaves nothing behind', async (t) => {
    const folder = tempFolder(t);
    const { code, signal, stdout, stderr } = await startDemo(folder).result();
    assert.deepEqual([code, signal, stderr], [0, null, '']);
    const titles = stdout.matchAll(/^([\d,]+) hits in [\d,]+ messages?, taken /gm);
    const hits = [...titles].map(([, count]) => Number(count.replaceAll(',', '')));
    assert.ok(hits[0] > 0 && hits[hits.length - 1] > hits[0], stdout);
    assert.ok(hits.every((count, index) => index === 0 || count >= hits[index - 1]));
    assertNothingLeft(folder);
  });

  it('says which part of the line has failed, and stops the others', async (t) => {
    const folder = tempFolder(t);
    const running = startDemo(folder);
    await running.nextLine();
    const victim = processesOf(folder).find(({ command }) => command.includes(' process '));
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    assertFails(await running.result(), 1, /process ended with SIGKILL/);
    assertNothingLeft(folder);
  });

  it('leaves no process behind even when it is killed', async (t) => {
    const folder = tempFolder(t);
    const running = startDemo(folder);
    await running.nextLine();
    running.child.kill('SIGKILL');
    for (const deadlineMs = Date.now() + 30_000; processesOf(folder).length > 0;) {
      assert.ok(Date.now() < deadlineMs, 'the parts of the line go on');
      await delay(50);
    }
  });

  it('shows the line live, and q leaves the terminal and the machine as before', { skip: withoutTmux }, async (t) => {
    const folder = tempFolder(t);
    const terminal = openTerminal('demo', { env: { TMPDIR: folder } });
    terminal.type(checkedCommand(`${cliShellCommand} demo --threads 1`));
    await terminal.until(/LIVE[^]*all chambers {2}[1-9][\d.]*k? hits\/s[^]*\n 3 {2,}[1-9]/);
    terminal.press('2');
    await terminal.until(/chamber 3 .* max .* at 3:\d+/);
    terminal.resize(120, 40);
    terminal.press('3');
    await terminal.until(/active( channels)? against orbit/);
    terminal.press('q');
    await terminal.until(/rc=0\nstty as before/);
    assert.equal(terminal.flags(), '0 1 0');
    assertNothingLeft(folder);
  });
});
