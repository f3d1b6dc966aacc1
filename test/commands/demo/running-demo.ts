import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { type RunningCli, startCli } from '../../helpers/program/cli.js';

/** Processes whose command line names the folder: those of one demo. */
export function processesOf(folder: string): { pid: number; command: string }[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(`--store ${folder}`))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}

/** Asserts that nothing is left: no process, and nothing in the folder for temporary files. */
export function assertNothingLeft(folder: string): void {
  assert.deepEqual(processesOf(folder), []);
  assert.deepEqual(readdirSync(folder), []);
}

/** Starts a demo whose files are in the folder. */
export function startDemo(folder: string): RunningCli {
  return startCli(['demo', '--threads', '1'], { env: { TMPDIR: folder } });
}
