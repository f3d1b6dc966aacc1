import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DtstreamError } from '../../errors.js';
import { selfCommand } from '../../self-command.js';
import { type ProcessUsage, usageQuestion } from './usage.js';

/** Number of final characters kept of a child's stderr. */
const saidMax = 4096;

export interface SubcommandOptions {
  /** Time after a stop at which a child that still runs is killed. */
  readonly stopMsMax: number;
  /** Where it leaves a processor profile of each of its threads when it ends; absent = nowhere. */
  readonly profileDir?: string | undefined;
  /** Called for each line that it writes to stderr; absent = only its end tells of them. */
  readonly onLine?: (line: ChildLine) => void;
  /** Variables of ours that it keeps; default: none, so that its words alone say what it does. */
  readonly keepsVariable?: (name: string) => boolean;
}

/** What a child has written to stderr: `process: 12 late hits`. */
export interface ChildLine {
  readonly text: string;
  readonly level: 'info' | 'warn' | 'error';
}

/** A subcommand of this program at work as a process of its own, which ends with this one, also when that is killed. */
export interface SubcommandProcess {
  /** Aborts when it has ended, asked or not. */
  readonly ended: AbortSignal;
  /** Its resource usage so far. @throws DtstreamError `transport` when it has ended */
  usage(): Promise<ProcessUsage>;
  /**
   * Stops it and waits until it has ended.
   *
   * @returns what it wrote to stdout
   * @throws DtstreamError `transport` when it has failed, with the last line of its stderr where nobody gets the lines
   */
  stop(): Promise<string>;
  /**
   * Waits until it has ended by itself.
   *
   * @returns what it wrote to stdout, and what it used in all
   * @throws DtstreamError as {@link stop}
   */
  finished(): Promise<{ readonly stdout: string; readonly usage: ProcessUsage }>;
  /** Ends it at once. Idempotent. */
  kill(): void;
}

/** Starts `dtstream ARGS`. A channel holds it: it ends by itself when that is closed. */
export function startSubcommand(
  args: readonly string[],
  { stopMsMax, profileDir, onLine, keepsVariable = () => false }: SubcommandOptions,
): SubcommandProcess {
  // The arguments alone determine log, topic and rate.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('DTSTREAM_') || keepsVariable(name)),
  );
  const [command, ...before] = selfCommand();
  // A single executable takes no flags of Node.
  const profile = profileDir === undefined || before.length === 0 ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const format = onLine === undefined ? [] : ['--log-format', 'json'];
  const words = [...profile, ...before, ...args.slice(0, 1), ...format, ...args.slice(1)];
  const child = spawn(command, words, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let written = '';
  let said = '';
  let lastUsage: ProcessUsage | undefined;
  child.on('message', (usage) => (lastUsage = usage as ProcessUsage));
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (written += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-saidMax)));
  if (onLine !== undefined && child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const { message, level } = parseLine(line);
      onLine({ text: `${args[0]}: ${message}`, level });
    });
  }
  // Not `close` of the child: that never comes after a channel that was closed here.
  const silent = Promise.all(
    [child.stdout, child.stderr].flatMap((stream) => (stream === null ? [] : [once(stream, 'close')])),
  );
  const ended = new AbortController();
  const end = once(child, 'exit').then(
    async ([code, signal]: (number | string | null)[]) => {
      await silent;
      ended.abort();
      if (code === 0) return undefined;
      const last = onLine === undefined ? (said.trim().split('\n').at(-1) ?? '') : '';
      const why = last === '' ? '' : `: ${last.replace(/^dtstream: /, '')}`;
      return new DtstreamError('transport', `${args[0]} ended with ${signal ?? `exit code ${code}`}${why}`);
    },
    (cause: unknown) => {
      ended.abort();
      const problem = cause instanceof Error ? cause.message : String(cause);
      return new DtstreamError('transport', `cannot start ${args[0]}: ${problem}`, { cause });
    },
  );
  return {
    ended: ended.signal,
    async usage() {
      if (!child.connected)
        throw (await end) ?? new DtstreamError('transport', `${args[0]} ended before it was told to`);
      const answer = once(child, 'message', { signal: ended.signal });
      child.send(usageQuestion);
      try {
        return (await answer)[0] as ProcessUsage;
      } catch (cause) {
        throw (await end) ?? new DtstreamError('transport', `${args[0]} ended before it was told to`, { cause });
      }
    },
    async stop() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
      const failure = await end;
      clearTimeout(timer);
      if (failure !== undefined) throw failure;
      return written;
    },
    async finished() {
      const failure = await end;
      if (failure !== undefined) throw failure;
      if (lastUsage === undefined) throw new DtstreamError('transport', `${args[0]} ended without telling its usage`);
      return { stdout: written, usage: lastUsage };
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** A line of `--log-format json`; what is not one, such as a stack of Node, is taken as it is. */
function parseLine(line: string): { readonly message: string; readonly level: ChildLine['level'] } {
  try {
    const { message, level } = JSON.parse(line) as { readonly message?: unknown; readonly level?: unknown };
    if (typeof message === 'string' && (level === 'info' || level === 'warn' || level === 'error')) {
      return { message, level };
    }
  } catch {
    // Not ours.
  }
  return { message: line, level: 'error' };
}
