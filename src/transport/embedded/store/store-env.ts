import { realpathSync, statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { CommitWatch } from '../commit-watch.js';
import { DataFile } from './data-file.js';
import { withEnvironmentLock } from '../door/env-door.js';
import { checkRootPages, checkTree } from './page-check.js';
import { ProcessIdTaken, readerIds } from '../door/process-id-taken.js';
import type { Arena } from './arena.js';
import { storeError } from './store-error.js';

/** One snapshot of an environment, until the function it was given to returns. Values are copies. */
export interface ReadView {
  get(key: Buffer): Buffer | undefined;
  /** The same for large values, copied to memory of `arena`. */
  getInto(key: Buffer, arena: Arena): Uint8Array | undefined;
  /** Greatest key at or below `key`. */
  floorKey(key: Buffer): Uint8Array | undefined;
  /** Keys and values from `start` (included) to `end` (not included), in order. */
  entries(range: { readonly start: Buffer; readonly end: Buffer }): { key: Uint8Array; value: Buffer }[];
}

export interface WriteView extends ReadView {
  put(key: Buffer, value: Uint8Array): void;
  remove(key: Buffer): void;
}

/** Address space for one environment; its file is only as large as what was written. */
const mapBytes = 2 ** 40;
/**
 * After so many bytes were touched the memory map is dropped and made again: touched pages of a map count as the
 * process's own memory, and a reader touches the whole log.
 */
const touchedBytesMax = 8 * 1024 * 1024;
const touchedByPut = 4096;
const touchedByRemoval = 64 * 1024;
/** Root, branch and leaf are new pages after a commit, and the system maps 64 KiB around each. */
const touchedByNewSnapshot = 3 * 64 * 1024;
const readersCheckedEveryMs = 10_000;
/** How often a reader looks for a hidden commit, and a writer restarts after a forgotten one. */
const looksMax = 10;
const triesMax = 100;

/** Environments this process has open, by real path: LMDB allows each only once. */
const openEnvs = new Map<string, StoreEnv>();
/** Files of those that were moved and could not be closed. */
const leftOpen = new Set<string>();

/**
 * One LMDB environment, shared by everything in this process that uses the same directory.
 *
 * Reads and writes are plain functions, run at once and without an `await` inside: a snapshot that outlives its event
 * would keep the space of deleted blocks. A write is one transaction: LMDB's lock is shared by all processes, so what
 * is read in it is still true when it commits.
 *
 * Durability: a commit waits until its data is on disk and then writes the page that makes it valid without waiting for
 * that one (`MDB_NOMETASYNC`). A killed process loses nothing, since the system has every commit. A power cut may take
 * the last commit back but never mixes two: what that page replaces is reused only two commits later, and it reaches
 * the disk with the next one. (lmdb-js's default, `overlappingSync`, shows commits before they are on disk and needs a
 * third root page; its asynchronous transactions hold the lock while they wait for the event loop and print a full
 * disk to stderr by themselves.)
 */
export class StoreEnv {
  readonly dir: string;
  #db: RootDatabase<Buffer, Buffer>;
  #writable: boolean;
  #users = 1;
  #touchedBytes = 0;
  #newestRead = 0;
  #nested = 0;
  #readersCheckedMs = performance.now();
  readonly #commits: CommitWatch;
  readonly #file: DataFile;

  private constructor(dir: string, place: string, writable: boolean) {
    this.dir = dir;
    this.#writable = writable;
    const { db, file } = withEnvironmentLock(dir, () => openOwn(dir, place, writable));
    this.#db = db;
    this.#file = file;
    this.#commits = new CommitWatch(dir);
  }

  /**
   * Opens the environment in `dir`.
   *
   * @throws DtstreamError `store` when it is damaged or cannot be opened
   */
  static open(dir: string, options: { readonly writable: boolean }): StoreEnv {
    checkRootPages(dir);
    const path = realpathSync(dir);
    const known = openEnvs.get(path);
    if (known !== undefined && known.#file.isThere()) {
      known.#users++;
      if (options.writable && !known.#writable) known.#reopen(true);
      return known;
    }
    const env = new StoreEnv(path, resolve(dir), options.writable);
    try {
      env.read(() => checkTree(path));
    } catch (error) {
      env.#close();
      throw error;
    }
    openEnvs.set(path, env);
    return env;
  }

  /** Creates an environment in a directory that no other process knows yet. */
  static create(dir: string): StoreEnv {
    return new StoreEnv(dir, dir, true);
  }

  /**
   * Runs `work` on a snapshot.
   *
   * @throws DtstreamError `store` when the file cannot be read, `gone` when it is no longer the one at its path
   */
  read<T>(work: (view: ReadView) => T): T {
    this.#file.check(`cannot read ${this.dir}`);
    for (let look = 1; ; look++) {
      const found = this.#run('read', (db) => {
        db.resetReadTxn();
        const transaction = db.useReadTransaction();
        try {
          // After the snapshot was taken: it is not older than the pages checked here.
          if (this.#nested === 1) {
            const newest = this.#commits.newest();
            if (look < looksMax && this.#commits.isHidden(newest)) return undefined;
            if (newest !== this.#newestRead) this.#touchedBytes += touchedByNewSnapshot;
            this.#newestRead = newest;
          }
          return { result: work(this.#readView(db)) };
        } finally {
          transaction.done();
          db.resetReadTxn();
        }
      });
      if (found !== undefined) return found.result;
      // A commit under way is through at the second look.
      if (look > 1) this.#reopen(this.#writable);
    }
  }

  /**
   * Runs `work` as one transaction; when it throws, nothing has happened.
   *
   * @throws DtstreamError `store` when the disk is full or the file cannot be written, `gone` when it is no longer the
   *   file at its path: no other process would see what was written
   */
  write<T>(work: (view: WriteView) => T): T {
    const tried = `cannot write to ${this.dir}`;
    this.#file.check(tried);
    this.#clearStaleReaders();
    for (let tries = 1; ; tries++) {
      try {
        const result = this.#writeOnce(work);
        this.#file.check(tried);
        return result;
      } catch (error) {
        if (!(error instanceof ForgottenCommit) || tries === triesMax || this.#nested > 0) throw error;
        this.#reopen(this.#writable);
      }
    }
  }

  #writeOnce<T>(work: (view: WriteView) => T): T {
    return this.#run('write to', (db) => {
      const view: WriteView = {
        ...this.#readView(db),
        put: (key, value) => {
          // The pages on the way to a key are read from the map, and differ with every commit.
          this.#touchedBytes += touchedByPut;
          void db.put(key, asBuffer(value));
        },
        remove: (key) => {
          // Freeing a block touches its first page, and the system maps the ones around it.
          this.#touchedBytes += touchedByRemoval;
          void db.remove(key);
        },
      };
      return db.transactionSync(() => {
        if (db.getWriteTxnId() <= this.#commits.newest()) throw new ForgottenCommit(this.dir);
        return work(view);
      });
    });
  }

  /** Closes the environment when nothing in this process uses it any more. */
  release(): void {
    if (--this.#users > 0) return;
    if (openEnvs.get(this.dir) === this) openEnvs.delete(this.dir);
    this.#close();
  }

  /**
   * A moved environment is left open: its door is unknown, and a process that opens it at its new place would find the
   * locks being destroyed.
   */
  #close(): void {
    if (this.#file.isThere()) withEnvironmentLock(this.dir, () => void this.#db.close());
    else if (this.#file.isDeleted()) void this.#db.close();
    else {
      leftOpen.add(this.#file.name);
      return;
    }
    this.#commits.close();
    this.#file.close();
  }

  #run<T>(what: string, run: (db: RootDatabase<Buffer, Buffer>) => T): T {
    this.#nested++;
    try {
      return run(this.#db);
    } catch (error) {
      throw storeError(`cannot ${what} ${this.dir}`, isDiskFull(this.dir, error) ? diskFull : error);
    } finally {
      this.#nested--;
      if (this.#nested === 0 && this.#touchedBytes > touchedBytesMax) this.#reopen(this.#writable);
    }
  }

  /** A process killed while reading leaves its snapshot, which keeps the space of everything deleted since. */
  #clearStaleReaders(): void {
    const now = performance.now();
    if (now - this.#readersCheckedMs < readersCheckedEveryMs) return;
    this.#readersCheckedMs = now;
    this.#db.readerCheck();
  }

  #readView(db: RootDatabase<Buffer, Buffer>): ReadView {
    return {
      get: (key) => {
        const value = db.getBinary(key);
        if (value) this.#touchedBytes += value.length;
        return value;
      },
      getInto: (key, arena) => {
        // A buffer that lmdb-js fills again at the next read; it never points into the map (values above 16 MiB would).
        const found = db.getBinaryFast(key);
        if (!found) return undefined;
        const { length } = found;
        const copy = arena.take(length);
        copy.set(found.subarray(0, length));
        this.#touchedBytes += length;
        return copy;
      },
      floorKey: (key) => {
        for (const found of db.getKeys({ start: key, reverse: true, limit: 1 })) return found;
        return undefined;
      },
      entries: (range) => [...db.getRange(range)],
    };
  }

  #reopen(writable: boolean): void {
    this.#writable = writable;
    this.#touchedBytes = 0;
    const look = (): void => this.#file.check(`cannot open ${this.dir}`);
    look();
    withEnvironmentLock(this.dir, () => {
      // Opening would make a new environment where the old one was.
      look();
      void this.#db.close();
      this.#db = openDatabase(this.dir, writable);
      claimReader(this.#db);
    });
    look();
  }
}

/** A write transaction that would have overwritten a commit, see {@link CommitWatch}. */
class ForgottenCommit extends Error {
  constructor(dir: string) {
    super(`the newest commit of ${dir} must be the base of the next one, but is not`);
  }
}

/** Opening also clears the snapshots of processes that are gone (`mdb_reader_check`). */
function openDatabase(dir: string, writable: boolean): RootDatabase<Buffer, Buffer> {
  try {
    return open<Buffer, Buffer>(dir, {
      encoding: 'binary',
      keyEncoding: 'binary',
      noSubdir: false,
      mapSize: mapBytes,
      maxDbs: 1,
      ...(writable ? { overlappingSync: false, noMetaSync: true } : { readOnly: true }),
    });
  } catch (error) {
    throw storeError(`cannot open ${dir}`, error);
  }
}

/** @throws ProcessIdTaken when a process of another container may have our id */
function openOwn(
  dir: string,
  place: string,
  writable: boolean,
): { readonly db: RootDatabase<Buffer, Buffer>; readonly file: DataFile } {
  const db = openDatabase(dir, writable);
  const file = new DataFile(place);
  if (writable && !leftOpen.has(file.name) && readerIds(db.readerList()).includes(process.pid)) {
    file.close();
    void db.close();
    throw new ProcessIdTaken(dir, process.pid);
  }
  claimReader(db);
  return { db, file };
}

/** Takes a place in the table of readers, with the lock on our process id, before anybody else may open the environment. */
function claimReader(db: RootDatabase<Buffer, Buffer>): void {
  db.useReadTransaction().done();
  db.resetReadTxn();
}

/** LMDB reports a page that was written in part as an input/output error. */
function isDiskFull(dir: string, error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error && error.code === 5)) return false;
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize < diskFullBytes;
}

const diskFull = Object.assign(new Error('a page was written in part'), { code: 'ENOSPC' });
const diskFullBytes = 1024 * 1024;

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
