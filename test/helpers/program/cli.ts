import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BatchMessage, Summary } from '../../../src/domain/batch-message.js';
import { startHere } from './run-here.js';
import { parseMessage, parseSummary } from '../assert/wire-schema.js';

/** The compiled program that belongs to this build of the tests. */
export const cliPath = fileURLToPath(new URL('../../../bin/cli.js', import.meta.url));

/** A single executable that is tested in place of the compiled program: `npm run test:binary`. */
const binaryPath = process.env.DTSTREAM_TEST_BINARY;

/** For tests of the compiled files themselves: why they are skipped, or false. */
export const skipForBinary = binaryPath === undefined ? false : 'the single executable is tested';

/** How the program under test is started, before its arguments. */
export const cliCommand: readonly [string, ...string[]] =
  binaryPath === undefined ? [process.execPath, cliPath] : [binaryPath];

/** The same for a shell. */
export const cliShellCommand = cliCommand.map((part) => `'${part}'`).join(' ');

/** The single executable needs no node: it finds none. */
const cliEnv = { PATH: binaryPath === undefined ? process.env.PATH : '', HOME: process.env.HOME };

/** A process that takes longer is killed, so that a hanging one fails its test. */
const timeoutMsDefault = 60_000;

/** How a finished process ended and what it wrote. */
export interface CliResult {
  /** Exit code, null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  /** Another command than {@link cliCommand}. */
  readonly command?: readonly [string, ...string[]];
  /** Added to the environment, which else has only `PATH` and `HOME`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a minute. */
  readonly timeoutMs?: number;
  /** Written to standard input, which then ends; without it standard input is empty. */
  readonly stdin?: string | Uint8Array;
}

/** A process under way. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves with the next line of stdout, undefined at its end. */
  readonly nextLine: () => Promise<string | undefined>;
  /** Resolves when the process has ended; its stdout holds the lines that {@link nextLine} gave, too. */
  readonly result: () => Promise<CliResult>;
}

/** Starts `dtstream ARGS` with standard input open; the process is killed when it takes too long. */
export function startCli(
  args: readonly string[],
  { command = cliCommand, cwd, env, timeoutMs = timeoutMsDefault }: Omit<CliOptions, 'stdin'> = {},
): RunningCli {
  const [file, ...before] = command;
  const child = spawn(file, [...before, ...args], {
    cwd,
    // The caller's colours, brokers and the like are not the test's.
    env: { ...cliEnv, ...env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that stops reading its input closes it: that is its right.
  child.stdin.on('error', () => undefined);
  let hasEnded = false;
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  closed.then(
    () => (hasEnded = true),
    () => (hasEnded = true),
  );
  let lineStart = 0;
  return {
    child,
    nextLine: async () => {
      for (;;) {
        const lineEnd = stdout.indexOf('\n', lineStart);
        if (lineEnd >= 0) {
          const line = stdout.slice(lineStart, lineEnd);
          lineStart = lineEnd + 1;
          return line;
        }
        if (hasEnded) return undefined;
        await Promise.race([once(child.stdout, 'data'), closed]);
      }
    },
    result: async () => {
      const [code, signal] = await closed;
      return { code, signal, stdout, stderr };
    },
  };
}

/** Runs `dtstream ARGS` to its end as a process of its own. */
export function runCli(args: readonly string[], { stdin, ...options }: CliOptions = {}): Promise<CliResult> {
  const running = startCli(args, options);
  running.child.stdin.end(stdin);
  return running.result();
}

/**
 * Runs `dtstream ARGS` to its end where it need not be a process: in this one, unless the single executable is tested. Its
 * standard input is empty.
 */
export function runCommand(
  args: readonly string[],
  options: Pick<CliOptions, 'cwd' | 'env' | 'timeoutMs'> = {},
): Promise<CliResult> {
  return startCommand(args, options).result();
}

/** A command under way, of which its end and what it does on signals are of interest. */
export interface RunningCommand {
  readonly signal: (name: NodeJS.Signals) => void;
  readonly result: () => Promise<CliResult>;
}

/** Starts `dtstream ARGS` where {@link runCommand} runs it. */
export function startCommand(
  args: readonly string[],
  options: Pick<CliOptions, 'cwd' | 'env' | 'timeoutMs'> = {},
): RunningCommand {
  if (binaryPath === undefined) {
    const { process: own, result } = startHere(args, { ...options, env: { ...cliEnv, ...options.env } });
    return { signal: (name) => own.emit(name), result: () => result };
  }
  const { child, result } = startCli(args, options);
  child.stdin.end();
  return { signal: (name) => child.kill(name), result };
}

/** The messages on stdout of a process, each checked against docs/wire-format.schema.json. */
export function messagesOf({ stdout }: Pick<CliResult, 'stdout'>): BatchMessage[] {
  const lines = stdout.split('\n');
  assert.equal(lines.pop(), '', 'stdout ends in a line end');
  return lines.map(parseMessage);
}

/** The summary on stdout of a process, checked the same way, without what differs between two runs over the same rows. */
export function summaryOf({ stdout }: Pick<CliResult, 'stdout'>): Omit<Summary, 'about'> {
  const { about, ...sums } = parseSummary(stdout);
  assert.ok(about !== undefined, 'a summary says what it is of');
  return sums;
}

/** Asserts that a process failed as users should see it: one plain line on stderr, nothing of a stack, the exit code. */
export function assertFails(result: CliResult, code: 1 | 2 | 3, line: RegExp): void {
  assert.match(result.stderr, /^dtstream: [^\n]+\n$/);
  assert.match(result.stderr, line);
  assert.deepEqual([result.code, result.signal], [code, null], result.stderr);
}
