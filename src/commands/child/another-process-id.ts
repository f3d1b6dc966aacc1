import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { selfCommand } from '../../self-command.js';
import type { ProcessIdTaken } from '../../transport/embedded/door/process-id-taken.js';
import type { Console } from '../console/console.js';

/** Set for the processes that are started here. */
const triedVariable = 'DTSTREAM_PROCESS_ID_TRIED';
/** Exit code of one of them whose id is taken as well. */
const takenCode = 75;
/** Each try has the next free id: so many containers share a store at most, and some more that are gone. */
const triesMax = 50;

/**
 * Runs the command line once more, as a child: in a container ids are few and begin at 1, so that another container's
 * process has the same one, and the store cannot be opened under it.
 *
 * @returns the child's exit code
 */
export async function runUnderAnotherId(
  console: Console,
  args: readonly string[],
  error: ProcessIdTaken,
): Promise<number> {
  if (console.env[triedVariable] !== undefined) return takenCode;
  for (let tries = 0; tries < triesMax; tries++) {
    const code = await runOnce(console, args);
    if (code !== takenCode) return code;
  }
  console.logLine(error.message, 'error');
  return 1;
}

function runOnce(console: Console, args: readonly string[]): Promise<number> {
  const [command, ...before] = selfCommand();
  const env = { ...console.env, [triedVariable]: '1' };
  const child = spawn(command, [...before, ...args], { env, stdio: 'inherit' });
  const end = (): void => void child.kill('SIGTERM');
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, pass);
  process.once('disconnect', end);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  }).finally(() => {
    for (const signal of signals) process.off(signal, pass);
    process.off('disconnect', end);
  });
}
