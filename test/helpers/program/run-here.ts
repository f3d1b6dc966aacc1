import { setTimeout as delay } from 'node:timers/promises';
import { runProgram } from '../../../src/commands/program.js';
import type { CliResult } from './cli.js';
import { TestProcess } from './test-process.js';

/** A command that takes longer is told to end, and its test fails. */
const timeoutMsDefault = 60_000;

export interface HereOptions {
  /** Default: the current folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: a minute. */
  readonly timeoutMs?: number;
}

/** A command under way in this process. */
export interface RunningHere {
  /** What it has written so far; emits the signals that it is to get. */
  readonly process: TestProcess;
  readonly result: Promise<CliResult>;
}

/** Starts `dtstream ARGS` in this process, with streams, signals and an environment of its own. */
export function startHere(args: readonly string[], options: HereOptions = {}): RunningHere {
  const { cwd = startFolder, env = {}, timeoutMs = timeoutMsDefault } = options;
  const process = new TestProcess(env);
  const run = async (): Promise<CliResult> => {
    const ended = inFolder(cwd, () => runProgram(args, 'test', process.asProcess));
    // Of a command that ends its process the rest does not count.
    const code = await Promise.race([ended, process.exited, overdue(args, process, timeoutMs)]);
    return { code, signal: null, stdout: process.stdout.text, stderr: process.stderr.text };
  };
  return { process, result: run() };
}

async function overdue(args: readonly string[], process: TestProcess, timeoutMs: number): Promise<never> {
  await delay(timeoutMs, undefined, { ref: false });
  process.emit('SIGTERM');
  throw new Error(`dtstream ${args.join(' ')} takes longer than ${timeoutMs} ms:\n${process.stderr.text}`);
}

const startFolder = process.cwd();
let commandsUnderWay = 0;
let allEnded = Promise.resolve();

/** The current folder is that of the whole process: whoever needs another one waits until nobody needs this one. */
async function inFolder(folder: string, run: () => Promise<number>): Promise<number> {
  while (commandsUnderWay > 0 && folder !== process.cwd()) await allEnded;
  process.chdir(folder);
  commandsUnderWay++;
  const ended = run();
  allEnded = Promise.allSettled([allEnded, ended]).then(() => undefined);
  try {
    return await ended;
  } finally {
    if (--commandsUnderWay === 0) process.chdir(startFolder);
  }
}
