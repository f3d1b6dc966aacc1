import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const hasPython = process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty']).status === 0;
/** For tests that need a plain pseudo-terminal: why they are skipped, or false. */
export const withoutPty = hasPython ? false : 'python3 is not installed';

const script = fileURLToPath(new URL('../../../../test/helpers/terminal/run-in-pty.py', import.meta.url));

/** How a program in a pseudo-terminal ended. */
export interface PtyResult {
  /** Negative: the number of the signal that ended it. */
  readonly code: number;
  /** False also after a hang-up. */
  readonly sttyAsBefore: boolean;
  readonly seen: string;
}

/**
 * Runs a program in a terminal of its own that does what it is told and shows nothing.
 *
 * @param at.pattern when it has written this (a regular expression of Python), the action follows
 * @param at.action `hangup`: the terminal goes away; anything else is typed
 */
export async function runInPty(
  command: readonly string[],
  { pattern, action, cwd }: { readonly pattern: string; readonly action: string; readonly cwd?: string },
): Promise<PtyResult> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
  const options = { cwd, env, timeout: 90_000, maxBuffer: 16 << 20 };
  const { stdout } = await promisify(execFile)('python3', [script, pattern, action, ...command], options);
  return JSON.parse(stdout) as PtyResult;
}
