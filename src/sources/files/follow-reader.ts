import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ByteReader } from '../byte-reader.js';
import { inputError, systemProblem } from '../input-error.js';
import type { PathChanges } from './path-changes.js';
import { type RawPath, shownPath } from './raw-path.js';

/** Why there is nothing more to come of a file. */
export type FollowEnd = 'rotated' | 'truncated';

/**
 * A file still being written: at its end, a read waits for more. It ends for good when its path names another file and
 * nothing was added since then, or when it became shorter than the bytes read.
 */
export class FollowReader implements ByteReader {
  readonly bytesTotal = undefined;
  readonly canOpenAt = true;
  readonly #path: RawPath;
  readonly #handle: FileHandle;
  readonly #changes: PathChanges;
  readonly #signal: AbortSignal;
  #offset: number;
  #end: FollowEnd | undefined;
  #isReplaced = false;
  #closing: Promise<void> | undefined;

  private constructor(path: RawPath, handle: FileHandle, options: FollowReaderOptions) {
    this.#path = path;
    this.#handle = handle;
    this.#changes = options.changes;
    this.#signal = options.signal;
    this.#offset = options.offset;
  }

  /**
   * Opens the file and waits until there is one.
   *
   * @throws DtstreamError `input` when it cannot be opened; the signal's reason when that aborts
   */
  static async open(path: RawPath, options: FollowReaderOptions): Promise<FollowReader> {
    for (;;) {
      const { heard } = options.changes;
      const handle = await open(path, 'r').catch((cause: unknown) => {
        if (isMissing(cause)) return undefined;
        throw inputError(shownPath(path), systemProblem(cause), cause);
      });
      if (handle !== undefined) return new FollowReader(path, handle, options);
      await options.changes.wait(heard, options.signal);
      options.signal.throwIfAborted();
    }
  }

  get bytesDone(): number {
    return this.#offset;
  }

  /** Why the file ended; undefined before {@link read} has given 0. */
  get end(): FollowEnd | undefined {
    return this.#end;
  }

  async read(target: Uint8Array): Promise<number> {
    while (this.#end === undefined) {
      this.#signal.throwIfAborted();
      const { heard } = this.#changes;
      const count = await this.#readNow(target);
      if (count > 0) return count;
      await this.#judge();
      if (this.#end === undefined) await this.#changes.wait(heard, this.#signal);
    }
    return 0;
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }

  async #readNow(target: Uint8Array): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(target, 0, target.length, this.#offset);
      this.#offset += bytesRead;
      if (bytesRead > 0) this.#isReplaced = false;
      return bytesRead;
    } catch (cause) {
      throw inputError(shownPath(this.#path), `at offset ${this.#offset}: ${systemProblem(cause)}`, cause);
    }
  }

  /** At the end of the file: whether more may come. */
  async #judge(): Promise<void> {
    const own = await this.#handle.stat({ bigint: true });
    if (own.size < BigInt(this.#offset)) {
      this.#end = 'truncated';
      return;
    }
    const named = await stat(this.#path, { bigint: true }).catch((cause: unknown) => {
      // Between being moved away and its successor there is no file of that name.
      if (isMissing(cause)) return undefined;
      throw inputError(shownPath(this.#path), systemProblem(cause), cause);
    });
    if (named === undefined || isSameFile(own, named)) return;
    // Its writer may add a last line before it turns to the new file: one more look.
    if (this.#isReplaced && own.size === BigInt(this.#offset)) this.#end = 'rotated';
    this.#isReplaced = true;
  }
}

export interface FollowReaderOptions {
  readonly changes: PathChanges;
  readonly signal: AbortSignal;
  /** Where to begin. */
  readonly offset: number;
}

function isSameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
