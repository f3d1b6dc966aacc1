import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A program that ran to its end. */
export interface TimedRun {
  /** From the start of the process to its end. */
  readonly seconds: number;
  readonly stdout: string;
}

/** Runs a program. @throws Error when it does not exit with 0; what it says on stderr is shown */
export async function timedRun([command, ...args]: readonly string[]): Promise<TimedRun> {
  const startMs = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, endMs: performance.now() }));
  const [stdout, { code, endMs }] = await Promise.all([text(child.stdout), ended]);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: must exit with 0, got ${code}`);
  return { seconds: (endMs - startMs) / 1000, stdout };
}
