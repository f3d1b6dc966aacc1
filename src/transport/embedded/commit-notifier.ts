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
 * touched, and whoever waits for it watches that file alone, for a busy topic beside it would wake it a hundred times a
 * second. A missed event costs a poll, never a record.
 */
export class CommitNotifier {
  readonly #dir: string;
  readonly #commits = new Map<string, AsyncEvent>();
  readonly #touchedMs = new Map<string, number>();
  readonly #pending = new Map<string, NodeJS.Timeout>();
  readonly #pollMs: number;
  readonly #watchers = new Map<string, FSWatcher>();

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
    const pollMs = this.#isWatched(name) ? this.#pollMs : pollUnwatchedMs;
    const commits = this.#commits.get(name) ?? new AsyncEvent();
    this.#commits.set(name, commits);
    await commits.wait({ waitMs: Math.min(timeoutMs, pollMs), signal });
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
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

  /** Watches the file of `name`, or the directory until the file is there; false = neither can be watched. */
  #isWatched(name: string): boolean {
    return this.#watchers.has(name) || this.#watch(name, join(this.#dir, name)) || this.#watch(name, this.#dir);
  }

  #watch(name: string, path: string): boolean {
    try {
      const watcher = watch(path, { persistent: false }, (event, changed) => {
        if (changed !== null && changed !== name) return;
        // The file is there now, or another one, or gone: the next wait watches what there is.
        if (event === 'rename' || path === this.#dir) this.#unwatch(name, watcher);
        this.awaken(name);
      });
      watcher.on('error', () => this.#unwatch(name, watcher));
      this.#watchers.set(name, watcher);
      return true;
    } catch {
      // Not there, or no watches left: polling does the same, later.
      return false;
    }
  }

  #unwatch(name: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watchers.get(name) === watcher) this.#watchers.delete(name);
  }
}
