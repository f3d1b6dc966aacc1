import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliShellCommand } from '../helpers/cli.js';

/** A command that a page shows, and what it shows of its output. */
export interface ShownCommand {
  readonly line: string;
  /** `…` stands for anything. */
  readonly output: string;
}

/** The commands of a page's `console` blocks, in order. */
export function shownCommands(page: string): ShownCommand[] {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block]) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((shown) => {
        const [line, ...output] = shown.split('\n');
        return { line: line.replace(/ +# .*$/, ''), output: output.join('\n') };
      }),
  );
}

/** Runs the commands one after the other in a shell in a folder, and asserts that each prints what is shown. */
export async function assertShown(commands: readonly ShownCommand[], folder: string): Promise<void> {
  const program = join(folder, 'dtstream');
  writeFileSync(program, `#!/bin/sh\nexec ${cliShellCommand} "$@"\n`);
  chmodSync(program, 0o755);
  const { PATH = '', HOME } = process.env;
  for (const { line, output } of commands) {
    const shown = await run(line, folder, { PATH: `${folder}:${PATH}`, HOME, LC_ALL: 'C.UTF-8' });
    assert.match(shown, wanted(output), line);
  }
}

/** What is printed on stdout and stderr together; the command must end with 0. */
function run(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' } as const;
    execFile('sh', ['-c', `{ ${line}\n} 2>&1`], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${line}: ${error.message}\n${stdout}`));
    });
  });
}

function wanted(output: string): RegExp {
  const parts = output.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^]*?')}$`);
}
