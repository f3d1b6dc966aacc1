import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DtstreamError } from '../../errors.js';
import { lmdbMagic, rootPagesBytes, rootTransactions } from './store/page-check.js';

/*
 * The lock file of lock version 2, little endian: magic u32 │ format u32 │ number of the newest commit u64 │ readers …
 * The lower 12 bits of the format are the version, the rest depends on the system.
 */
const lockVersion = 2;
const lockVersionMask = 0xfff;
const lockTransactionAt = 8;
const transactionBytes = 8;

/**
 * The newest commit of an environment according to its root pages and to the lock file, which LMDB relies on.
 *
 * In LMDB's data version 2, a process that opens an environment reads a number from the root pages and writes it into
 * the lock file a moment later. A commit in between is forgotten: the next write transaction would start before it and
 * overwrite it, and readers would not see it. So every write transaction checks the root pages, while no other commit is
 * possible, and every reader compares. Opening the environment again corrects the number.
 *
 * The files stay open as long as the environment: closing the lock file would release LMDB's own locks on it.
 */
export class CommitWatch {
  readonly #data: number;
  readonly #lock: number | undefined;
  readonly #pages: Buffer;
  readonly #number = Buffer.alloc(transactionBytes);

  /** @throws DtstreamError `store` when the lock file is not of the version whose layout is known */
  constructor(dir: string) {
    const lockPath = join(dir, 'lock.mdb');
    this.#data = openSync(join(dir, 'data.mdb'), 'r');
    this.#pages = Buffer.alloc(rootPagesBytes(this.#data));
    this.#lock = openIfThere(lockPath);
    if (this.#lock !== undefined) checkLock(this.#lock, lockPath);
  }

  /** Number of the newest commit that is in the file; 0 where it cannot be read. */
  newest(): number {
    const bytes = readSync(this.#data, this.#pages, 0, this.#pages.length, 0);
    return bytes < this.#pages.length ? 0 : Math.max(...rootTransactions(this.#pages));
  }

  /** Whether readers would not see commit `newest`. A commit just being made may look like that for a moment. */
  isHidden(newest: number): boolean {
    if (this.#lock === undefined) return false;
    const bytes = readSync(this.#lock, this.#number, 0, transactionBytes, lockTransactionAt);
    return bytes === transactionBytes && Number(this.#number.readBigUInt64LE()) < newest;
  }

  close(): void {
    closeSync(this.#data);
    if (this.#lock !== undefined) closeSync(this.#lock);
  }
}

function checkLock(lock: number, path: string): void {
  const head = Buffer.alloc(lockTransactionAt);
  readSync(lock, head, 0, head.length, 0);
  const version = head.readUInt32LE(4) & lockVersionMask;
  if (head.readUInt32LE(0) === lmdbMagic && version === lockVersion) return;
  throw new DtstreamError('store', `cannot open ${path}: LMDB's lock version must be ${lockVersion}, got ${version}`);
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    // Without a lock file, as on a read-only file system, there are no writers.
    return undefined;
  }
}
