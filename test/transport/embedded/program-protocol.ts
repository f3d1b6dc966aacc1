import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GroupOptions } from '../../../src/transport/transport.js';

export const topic = 'raw';
export const inputName = 'numbers';
export const groupOptions: GroupOptions = {
  group: 'adders',
  topic,
  results: 'clean',
  rejected: 'rejected',
  lanes: 1,
  reset: false,
};

/** What log-program.ts says. */
export interface ProgramReport {
  /** How far the input was appended. */
  readonly appended?: number;
  /** Offset after what was committed last. */
  readonly committed?: number;
  /** A lane was taken, and where it begins; or the program is ready. */
  readonly taken?: number;
  readonly lost?: boolean;
  readonly failed?: string;
  readonly message?: string;
  /** Count and digest of all records. */
  readonly read?: string;
}

export type Work = 'append' | 'consume' | 'commitOnDemand' | 'appendOnDemand' | 'readAll';

/** A running log-program.ts. */
export class Program {
  readonly reports: ProgramReport[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;

  constructor(work: Work, ...dirs: readonly string[]) {
    this.#child = fork(fileURLToPath(new URL('log-program.js', import.meta.url)), [work, ...dirs]);
    this.#child.on('message', (message) => this.reports.push(message as ProgramReport));
    this.#ended = once(this.#child, 'exit');
  }

  /** Resolves with the first report that fits, of those made or to come; fails when the program ends without one. */
  async until(fits: (report: ProgramReport) => boolean): Promise<ProgramReport> {
    for (let seen = 0; ;) {
      for (; seen < this.reports.length; seen++) if (fits(this.reports[seen])) return this.reports[seen];
      const next = await Promise.race([once(this.#child, 'message'), this.#ended.then(() => undefined)]);
      if (!next && seen === this.reports.length)
        throw new Error(`the program ended: ${JSON.stringify(this.reports.at(-1))}`);
    }
  }

  tell(): void {
    this.#child.send('go');
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Kills the program without a chance to tidy up, and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** How the program ended: its exit code, or the signal that ended it. */
  async end(): Promise<number | string> {
    const [code, signal] = (await this.#ended) as [number | null, string | null];
    return code ?? signal ?? 'unknown';
  }
}
