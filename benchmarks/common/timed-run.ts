import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { childEnvironment } from './child-environment.js';

/** A program that ran to its end. */
export interface TimedRun {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** Processor time of all its threads, in the program and in the system. */
  readonly cpuSeconds: number;
  readonly stdout: string;
}

/** The shell tells the processor time of what it ran: Node does not. */
const script = '"$@"; code=$?; times >&3; exit $code';

/** Runs a program in {@link childEnvironment}. @throws Error when it does not exit with 0; what it says on stderr is shown */
export async function timedRun(command: readonly string[]): Promise<TimedRun> {
  const startMs = performance.now();
  const child = spawn('sh', ['-c', script, 'sh', ...command], {
    env: childEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  const { stdout: output, stdio } = child;
  const times = stdio[3];
  if (output === null || !(times instanceof Readable)) throw new Error('a child must have its pipes');
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, endMs: performance.now() }));
  const [stdout, spent, { code, endMs }] = await Promise.all([text(output), text(times), ended]);
  if (code !== 0) throw new Error(`cannot run ${command.join(' ')}: must exit with 0, got ${code}`);
  return { seconds: (endMs - startMs) / 1000, cpuSeconds: childSeconds(spent), stdout };
}

/** User and system time of the shell's children, in the second line of what `times` prints: `0m1.23s 0m0.45s`. */
function childSeconds(times: string): number {
  const parts = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}
