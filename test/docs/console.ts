import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliShellCommand } from '../helpers/program/cli.js';

/** A command that a page shows, and what it shows of its output. */
export interface ShownCommand {
  readonly line: string;
  /** `…` stands for anything. */
  readonly output: string;
}

/** The commands of a page's `console` blocks, in order. */
export function shownCommands(page: string): ShownCommand[] {
  return commandsIn(readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8'));
}

/** The same of a part of a page. */
export function commandsIn(text: string): ShownCommand[] {
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

/**
 * Runs the commands one after the other in a shell in a folder, and asserts that each prints what is shown.
 *
 * @param codeMax highest exit code that a command may end with
 */
export async function assertShown(commands: readonly ShownCommand[], folder: string, codeMax = 0): Promise<void> {
  const program = join(folder, 'dtstream');
  writeFileSync(program, `#!/bin/sh\nexec ${cliShellCommand} "$@"\n`);
  chmodSync(program, 0o755);
  const { PATH = '', HOME } = process.env;
  for (const { line, output } of commands) {
    const env = { PATH: `${folder}:${PATH}`, HOME, LC_ALL: 'C.UTF-8' };
    const shown = await run(line, { cwd: folder, env, codeMax });
    assert.match(shown.replaceAll(slowBroker, ''), wanted(output), line);
  }
}

/** What a broker that has only just started may make a command say on a busy machine. */
const slowBroker =
  /^dtstream: (?:cannot reach Kafka at \S+ the group has no coordinator now; trying again for .*|Kafka answers again after .*|Kafka \S+ has accepted no rows for .*; is it down\?)\n/gm;

interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly codeMax: number;
}

/** What is printed on stdout and stderr together. */
function run(line: string, { cwd, env, codeMax }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' } as const;
    execFile('sh', ['-c', `{ ${line}\n} 2>&1`], options, (error, stdout) => {
      if (error === null || (typeof error.code === 'number' && error.code <= codeMax)) resolve(stdout);
      else reject(new Error(`${line}: ${error.message}\n${stdout}`));
    });
  });
}

function wanted(output: string): RegExp {
  const parts = output.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^]*?')}$`);
}
