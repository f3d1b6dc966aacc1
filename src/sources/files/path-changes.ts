import { type FSWatcher, watch } from 'node:fs';
import type { RawPath } from './raw-path.js';

/** How often a file is looked at when nothing was heard of it; a missed event costs this much, never a byte. */
const pollMs = 250;

/** Watches a path for changes of its content and of the file that it names. One waiter at a time. */
export class PathChanges {
  #watcher: FSWatcher | undefined;
  #heard = 0;
  #wake: () => void = () => undefined;

  constructor(path: RawPath) {
    const bytes = Buffer.from(path);
    const nameStart = bytes.lastIndexOf('/') + 1;
    const folder = nameStart > 1 ? bytes.subarray(0, nameStart - 1) : nameStart === 1 ? '/' : '.';
    try {
      // The folder, for a watch of the file itself stays with the file when another one takes its name.
      this.#watcher = watch(folder, { persistent: false, encoding: 'buffer' }, (_, name) => {
        if (name !== null && !name.equals(bytes.subarray(nameStart))) return;
        this.#heard++;
        this.#wake();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      // Too many watches, or a file system without them: looking is enough.
      this.#watcher = undefined;
    }
  }

  /** Changes heard of so far: taken before a look, it tells {@link wait} what the look may have missed. */
  get heard(): number {
    return this.#heard;
  }

  /** Resolves at the first change after `heard` ones, when it is time to look anyway, or when the signal aborts. */
  wait(heard: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || heard !== this.#heard) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, pollMs);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
