import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openResults } from '../commands/results.js';
import { cliShellCommand, runCommand } from '../helpers/program/cli.js';
import { closeTerminals, openTerminal, withoutTmux } from '../helpers/terminal/tmux.js';
import { tempFolder } from '../sources/temp-folder.js';

describe('text that reaches a terminal', { skip: withoutTmux }, () => {
  after(closeTerminals);

  it('is harmless with watch --json on a terminal, and as it was in a pipe', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    await publish('{"a":"\x1b]0;owned\x07\x1b[2J\x9b2J"}');
    const watch = ['watch', '--json', '--until-end', '--store', join(cwd, 'log')];
    assert.equal((await runCommand(watch)).stdout, '{"a":"\x1b]0;owned\x07\x1b[2J\x9b2J"}\n');
    const terminal = openTerminal('json', { columns: 120 });
    terminal.type(`echo before; ${cliShellCommand} ${watch.join(' ')}; echo after`);
    const screen = await terminal.until(/^after$/m);
    assert.match(screen, /^(?:# )?before\n\{"a":"\\u001b\]0;owned\\u0007\\u001b\[2J\\u009b2J"\}\nafter$/m);
  });
});
