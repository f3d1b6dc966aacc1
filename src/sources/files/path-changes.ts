import { type FSWatcher, watch } from 'node:fs';
import { AsyncEvent } from '../../async-event.js';
import type { RawPath } from './raw-path.js';

/** How often a file is checked without events; a missed event costs at most this time, never a byte. */
const pollMs = 250;

/** Watches a path for changes of its content and of the file that it names. */
export class PathChanges {
  #watcher: FSWatcher | undefined;
  #heard = 0;
  readonly #changed = new AsyncEvent();

  constructor(path: RawPath) {
    const bytes = Buffer.from(path);
    const nameStart = bytes.lastIndexOf('/') + 1;
    const folder = nameStart > 1 ? bytes.subarray(0, nameStart - 1) : nameStart === 1 ? '/' : '.';
    try {
      // The folder, for a watch of the file itself stays with the file when another one takes its name.
      this.#watcher = watch(folder, { persistent: false, encoding: 'buffer' }, (_, name) => {
        if (name !== null && !name.equals(bytes.subarray(nameStart))) return;
        this.#heard++;
        this.#changed.notify();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      // Too many watches, or a file system without them: looking is enough.
      this.#watcher = undefined;
    }
  }

  /** Number of changes so far: taken before a look, it tells {@link wait} which changes the look may have missed. */
  get heard(): number {
    return this.#heard;
  }

  /** Resolves at the first change after `heard` ones, when it is time to look anyway, or when the signal aborts. */
  async wait(heard: number, signal: AbortSignal): Promise<void> {
    if (heard === this.#heard) await this.#changed.wait({ waitMs: pollMs, signal });
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
