import { watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { AsyncEvent } from '../../async-event.js';
import { touchFile } from './store/touch-file.js';

/** Touches of one name are at least this far apart; the last one is never left out. */
const touchEveryMs = 4;
/** How often a waiting reader looks where the directory cannot be watched. */
const pollUnwatchedMs = 25;

/**
 * Tells readers, also of other processes, that an environment has a new commit: its file in the `wake` directory is
 * touched, and the directory is watched. A missed event costs a poll, never a record.
 */
export class CommitNotifier {
  readonly #dir: string;
  readonly #commits = new Map<string, AsyncEvent>();
  readonly #touchedMs = new Map<string, number>();
  readonly #pending = new Map<string, NodeJS.Timeout>();
  readonly #pollMs: number;
  #watcher: FSWatcher | undefined;

  /** @param pollMs how long a waiting reader relies on the watch alone */
  constructor(dir: string, pollMs: number) {
    this.#dir = dir;
    this.#pollMs = pollMs;
  }

  /** Signals a new commit of `name`. */
  notify(name: string): void {
    this.awaken(name);
    if (this.#pending.has(name)) return;
    const dueMs = (this.#touchedMs.get(name) ?? -touchEveryMs) + touchEveryMs - performance.now();
    if (dueMs <= 0) {
      this.#touch(name);
      return;
    }
    this.#pending.set(
      name,
      setTimeout(() => {
        this.#pending.delete(name);
        this.#touch(name);
      }, dueMs),
    );
  }

  /** Resolves at the next commit of `name`, after `timeoutMs`, or when it is time to look anyway, or on abort. */
  async wait(name: string, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    this.#startWatch();
    const pollMs = this.#watcher ? this.#pollMs : pollUnwatchedMs;
    const commits = this.#commits.get(name) ?? new AsyncEvent();
    this.#commits.set(name, commits);
    await commits.wait({ waitMs: Math.min(timeoutMs, pollMs), signal });
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    for (const [name, timer] of this.#pending) {
      clearTimeout(timer);
      this.#touch(name);
    }
    this.#pending.clear();
    for (const commits of this.#commits.values()) commits.notify();
  }

  /** Lets everything that waits for `name` in this process look again. */
  awaken(name: string): void {
    this.#commits.get(name)?.notify();
  }

  #touch(name: string): void {
    this.#touchedMs.set(name, performance.now());
    touchFile(join(this.#dir, name));
  }

  #startWatch(): void {
    if (this.#watcher) return;
    try {
      const watcher = watch(this.#dir, { persistent: false }, (_event, name) => {
        if (name) this.awaken(name);
        else for (const commits of this.#commits.values()) commits.notify();
      });
      watcher.on('error', () => {
        watcher.close();
        if (this.#watcher === watcher) this.#watcher = undefined;
      });
      this.#watcher = watcher;
    } catch {
      // No watches left: polling does the same, later.
    }
  }
}
