import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DtstreamError } from '../../../errors.js';

/**
 * The data file that an environment has open, compared with the file at its path: after a store was deleted, moved or
 * replaced, the open file still works, but no other process ever sees what is written there. Also compared with its own
 * earlier size, which never decreases: access to a truncated part of a memory map ends the process (SIGBUS).
 *
 * An open file keeps its inode number, so no later file can be mistaken for it.
 */
export class DataFile {
  readonly #path: string;
  readonly #file: number;
  readonly #device: bigint;
  readonly #inode: bigint;
  #bytesMax: bigint;
  #isGone = false;

  /** @param dir the environment's folder, by the path that it must stay at */
  constructor(dir: string) {
    this.#path = join(dir, 'data.mdb');
    this.#file = openSync(this.#path, 'r');
    const { dev, ino, size } = fstatSync(this.#file, { bigint: true });
    this.#device = dev;
    this.#inode = ino;
    this.#bytesMax = size;
  }

  /** Distinguishes the file from any other one at its path. */
  get name(): string {
    return `${this.#device}:${this.#inode}`;
  }

  /** Whether the file is at its path; one that was away once stays gone. */
  isThere(): boolean {
    const found = statOf(this.#path);
    this.#isGone ||= found?.ino !== this.#inode || found.dev !== this.#device;
    return !this.#isGone;
  }

  /** Whether the file can no longer be opened. */
  isDeleted(): boolean {
    return fstatSync(this.#file).nlink === 0;
  }

  /**
   * Looks before, and after, the file is used.
   *
   * @throws DtstreamError `gone` when it is no longer at its path, `store` when it was cut
   */
  check(tried: string): void {
    if (!this.isThere()) {
      const rule = 'the store must stay where it is while it is in use, but was deleted, moved or replaced';
      throw new DtstreamError('gone', `${tried}: ${rule}`);
    }
    const { size } = fstatSync(this.#file, { bigint: true });
    if (size < this.#bytesMax) {
      const rule = `its data file must not become shorter than ${this.#bytesMax} bytes, got ${size}`;
      throw new DtstreamError('store', `${tried}: ${rule}; the store is damaged`);
    }
    this.#bytesMax = size;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Undefined when there is nothing to be found there. */
function statOf(path: string): { readonly ino: bigint; readonly dev: bigint } | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
