import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { systemProblem } from '../../sources/input-error.js';
import type { Console } from '../console/console.js';

/** Changes that wait for the command at most; further ones are dropped. */
export const queuedMax = 100;

/** Limits of `--exec`, in ms. */
export interface ExecLimits {
  /** Of one run of the command, which is killed then; default 10 s. */
  readonly runMs?: number;
  /** How long those that wait at the end are still run; default 10 s. */
  readonly endMs?: number;
}

/**
 * Runs a command of the shell for each change, one at a time, in their order, with the change on its standard input.
 * Whoever adds a change never waits for it. What the command prints goes to standard error.
 */
export class ExecQueue {
  readonly #console: Console;
  readonly #command: string;
  readonly #runMs: number;
  readonly #endMs: number;
  readonly #queue: string[] = [];
  /** Kinds of trouble that were said. */
  readonly #said = new Set<string>();
  #running: Promise<void> | undefined;
  #child: ChildProcess | undefined;
  #failed = 0;
  #dropped = 0;

  constructor(console: Console, command: string, { runMs = 10_000, endMs = 10_000 }: ExecLimits = {}) {
    this.#console = console;
    this.#command = command;
    this.#runMs = runMs;
    this.#endMs = endMs;
  }

  /** Adds a change, as a line; dropped when too many wait. */
  push(line: string): void {
    if (this.#queue.length >= queuedMax) {
      this.#dropped++;
      this.#sayOnce('full', `${queuedMax} changes wait for the command: further ones are dropped`);
      return;
    }
    this.#queue.push(line);
    this.#running ??= this.#runAll().finally(() => (this.#running = undefined));
  }

  /** Runs what waits, for a bounded time, and says what was not run. */
  async end(): Promise<void> {
    if (this.#running !== undefined) {
      const over = new AbortController();
      const late = delay(this.#endMs, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([this.#running, late]);
      over.abort();
      this.#dropped += this.#queue.splice(0).length;
      this.#kill();
      await this.#running;
    }
    const told = [
      ...(this.#failed > 0 ? [`${this.#failed} failed`] : []),
      ...(this.#dropped > 0 ? [`${this.#dropped} dropped`] : []),
    ];
    if (told.length > 0) this.#console.logLine(`--exec: of the changes ${told.join(', ')}`, 'warn');
  }

  async #runAll(): Promise<void> {
    for (let line = this.#queue.shift(); line !== undefined; line = this.#queue.shift()) {
      const trouble = await this.#run(line);
      if (trouble === undefined) continue;
      this.#failed++;
      this.#sayOnce('failed', trouble);
    }
  }

  /** @returns why it failed */
  async #run(line: string): Promise<string | undefined> {
    // A group of its own, so that what the shell has started is killed with it.
    const child = spawn(this.#command, {
      shell: true,
      detached: process.platform !== 'win32',
      stdio: ['pipe', 2, 2],
      env: this.#console.env,
    });
    this.#child = child;
    // A command need not read its input.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${line}\n`);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#kill();
    }, this.#runMs);
    try {
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      if (isLate) return `the command did not end within ${this.#runMs / 1000} s and was killed`;
      if (code === 0) return undefined;
      return `the command ended with ${code === null ? String(signal) : `exit code ${code}`}`;
    } catch (error) {
      return `the command cannot be started: ${systemProblem(error)}`;
    } finally {
      clearTimeout(timer);
      child.stdin?.destroy();
      this.#child = undefined;
    }
  }

  #kill(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child?.kill('SIGKILL');
      else process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended just now.
    }
  }

  #sayOnce(kind: string, text: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#console.logLine(`--exec: ${text} (said once)`, 'warn');
  }
}
