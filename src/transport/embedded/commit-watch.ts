import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { rootPagesBytes, rootTransactions } from './page-check.js';

/** Where the lock file has the number of the newest commit: behind its magic and its format. */
const lockTransactionAt = 8;
const transactionBytes = 8;

/**
 * The newest commit of an environment by its root pages, and by the lock file, which is what LMDB goes by.
 *
 * LMDB's data version 2 lets whoever opens an environment write the number that he read from the root pages a moment
 * before into the lock file. A commit that came between is forgotten then: the next write transaction would begin before
 * it and overwrite it, and readers would not see it. So every write transaction looks at the root pages, as no other
 * commit can be under way meanwhile, and every reader compares. Opening once more puts the number right.
 *
 * The files stay open as long as the environment: closing the lock file would let go of LMDB's own locks on it.
 */
export class CommitWatch {
  readonly #data: number;
  readonly #lock: number | undefined;
  readonly #pages: Buffer;
  readonly #number = Buffer.alloc(transactionBytes);

  constructor(dir: string) {
    this.#data = openSync(join(dir, 'data.mdb'), 'r');
    this.#pages = Buffer.alloc(rootPagesBytes(this.#data));
    this.#lock = openIfThere(join(dir, 'lock.mdb'));
  }

  /** Number of the newest commit that is in the file; 0 where it cannot be read. */
  newest(): number {
    const bytes = readSync(this.#data, this.#pages, 0, this.#pages.length, 0);
    return bytes < this.#pages.length ? 0 : Math.max(...rootTransactions(this.#pages));
  }

  /** Whether readers would not see the newest commit. A commit just being made may look like that for a moment. */
  isHidden(): boolean {
    if (this.#lock === undefined) return false;
    const newest = this.newest();
    const bytes = readSync(this.#lock, this.#number, 0, transactionBytes, lockTransactionAt);
    return bytes === transactionBytes && Number(this.#number.readBigUInt64LE()) < newest;
  }

  close(): void {
    closeSync(this.#data);
    if (this.#lock !== undefined) closeSync(this.#lock);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    // Without a lock file, as on a read-only file system, nobody writes.
    return undefined;
  }
}
