import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { runCli } from '../helpers/cli.js';

/** The commands of README.md's first console block that show output, and those before them, with that output. */
function shownCommands(): { readonly args: readonly string[]; readonly output: string }[] {
  const text = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const block = /^```console\n([^]*?)^```$/m.exec(text)?.[1] ?? '';
  const commands = block.split(/^\$ npx dtstream /m).slice(1);
  return commands.slice(0, commands.findLastIndex((command) => command.includes('…')) + 1).map((command) => {
    const [line, ...output] = command.split('\n');
    return { args: line.split(' '), output: output.join('\n').replace(/…\n$/, '') };
  });
}

it('README.md shows what its commands print', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dtstream-readme-'));
  try {
    const commands = shownCommands();
    assert.ok(commands.length >= 2);
    for (const { args, output } of commands) {
      const { code, stdout } = await runCli(args, { cwd: folder });
      assert.deepEqual([code, stdout.slice(0, output.length)], [0, output]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
