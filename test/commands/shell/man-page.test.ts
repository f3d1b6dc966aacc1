import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { allCommands } from '../../../src/commands/shell/command-tree.js';
import { runCommand } from '../../helpers/program/cli.js';
import { programTree } from '../../helpers/program/program-tree.js';

const hasMan = spawnSync('man', ['--version']).status === 0 && spawnSync('groff', ['--version']).status === 0;

describe('dtstream man', () => {
  it('is a page that man shows without a warning', { skip: !hasMan && 'man and groff are not installed' }, async () => {
    const { stdout } = await runCommand(['man']);
    const env = { ...process.env, MANWIDTH: '100', MANPAGER: 'cat', LC_ALL: 'C.UTF-8' };
    const shown = spawnSync('man', ['--warnings', '-l', '-'], { input: stdout, env, encoding: 'utf8' });
    assert.deepEqual([shown.status, shown.stderr], [0, '']);
    assert.match(shown.stdout, /^DTSTREAM\(1\) .* User commands .* DTSTREAM\(1\)\n/);
    assert.match(shown.stdout, /\n {7}--orbit-detail <how>\n {14}list the active channels of each orbit/);
  });

  it('has every command, every flag and every example of their help', async () => {
    const text = (await runCommand(['man'])).stdout.replace(/\\(?:&|(?=-))/g, '').replaceAll(String.raw`\e`, '\\');
    for (const { path, flags, details } of allCommands(await programTree()).slice(1)) {
      assert.ok(text.includes(`.SS ${path.join(' ')}\n`), path.join(' '));
      for (const { long } of flags) assert.match(text, new RegExp(`${long}(?: |\n)`), `${path.join(' ')} ${long}`);
      assert.ok(text.includes(details), `examples of ${path.join(' ')}`);
    }
  });
});
