import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DtstreamError } from '../../errors.js';
import { selfCommand } from '../../self-command.js';

/** A child that has not ended by itself after this is killed. */
const stopMsMax = 5000;
/** Number of final characters kept of a child's stderr. */
const saidMax = 4096;

/** Subcommands of this program at work as processes of their own. */
export interface Children {
  /** Aborts as soon as one of them has ended. */
  readonly ended: AbortSignal;
  /**
   * Stops all of them and waits until they have ended.
   *
   * @throws DtstreamError `transport` when one has failed, with the last line that it said
   */
  stop(): Promise<void>;
  /** Ends them at once: for a process that is about to end itself. Idempotent. */
  kill(): void;
}

/**
 * Starts a process for each command line. They are held by a channel: they end by themselves when it is closed, also
 * when this process is killed.
 */
export function startChildren(commandLines: readonly (readonly string[])[]): Children {
  const ended = new AbortController();
  const children = commandLines.map((args) => startChild(args));
  for (const { end } of children) void end.then(() => ended.abort());
  return {
    ended: ended.signal,
    async stop() {
      for (const child of children) child.letGo();
      const timer = setTimeout(() => children.forEach((child) => child.kill()), stopMsMax);
      const failures = await Promise.all(children.map(({ end }) => end));
      clearTimeout(timer);
      const failure = failures.find((one) => one !== undefined);
      if (failure !== undefined) throw failure;
    },
    kill: () => children.forEach((child) => child.kill()),
  };
}

interface Child {
  /** Resolves when the process has ended, with why it has failed. */
  readonly end: Promise<DtstreamError | undefined>;
  letGo(): void;
  kill(): void;
}

function startChild(args: readonly string[]): Child {
  // The arguments alone determine log, topic and rate.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DTSTREAM_')));
  const [command, ...before] = selfCommand();
  const child = spawn(command, [...before, ...args], { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-saidMax)));
  // Not `close` of the child: that never comes after a channel that was closed here.
  const silent = child.stderr === null ? undefined : once(child.stderr, 'close');
  const end = once(child, 'exit').then(
    async ([code, signal]: (number | string | null)[]) => {
      await silent;
      const lastLine = said.trim().split('\n').at(-1) ?? '';
      const why = lastLine === '' ? '' : `: ${lastLine.replace(/^dtstream: /, '')}`;
      if (code === 0) return undefined;
      return new DtstreamError('transport', `${args[0]} ended with ${signal ?? `exit code ${code}`}${why}`);
    },
    (cause: unknown) => {
      const problem = cause instanceof Error ? cause.message : String(cause);
      return new DtstreamError('transport', `cannot start ${args[0]}: ${problem}`, { cause });
    },
  );
  return {
    end,
    letGo: () => {
      if (child.connected) child.disconnect();
    },
    kill: () => child.kill('SIGKILL'),
  };
}
