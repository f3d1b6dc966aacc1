import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ByteReader } from '../byte-reader.js';
import { inputError, systemProblem } from '../input-error.js';
import type { PathChanges } from './path-changes.js';
import { type RawPath, shownPath } from './raw-path.js';

/** Why there is nothing more to come of a file. */
export type FollowEnd = 'rotated' | 'truncated' | 'left';

/**
 * A file still being written: at its end, a read waits for more. It ends for good when its path names another file and
 * nothing was added since then, when it became shorter than the bytes read, or when it is left for another one.
 */
export class FollowReader implements ByteReader {
  readonly bytesTotal = undefined;
  readonly canOpenAt = true;
  readonly #path: RawPath;
  readonly #handle: FileHandle;
  readonly #changes: PathChanges;
  readonly #signal: AbortSignal;
  readonly #leaves: FollowReaderOptions['leaves'];
  /** When bytes were last read, or it was opened; and when it was last written, on its own clock. */
  #readMs = performance.now();
  #writtenMs = Infinity;
  #offset: number;
  #end: FollowEnd | undefined;
  #isReplaced = false;
  #closing: Promise<void> | undefined;

  private constructor(path: RawPath, handle: FileHandle, options: FollowReaderOptions) {
    this.#path = path;
    this.#handle = handle;
    this.#changes = options.changes;
    this.#signal = options.signal;
    this.#leaves = options.leaves;
    this.#offset = options.offset;
  }

  /**
   * Opens the file and waits until there is one; undefined when it is left before.
   *
   * @throws DtstreamError `input` when it cannot be opened; the signal's reason when that aborts
   */
  static async open(path: RawPath, options: FollowReaderOptions): Promise<FollowReader | undefined> {
    const startMs = performance.now();
    for (;;) {
      const { heard } = options.changes;
      const handle = await open(path, 'r').catch((cause: unknown) => {
        if (isMissing(cause)) return undefined;
        throw inputError(shownPath(path), systemProblem(cause), cause);
      });
      if (handle !== undefined) return new FollowReader(path, handle, options);
      if (options.leaves?.(performance.now() - startMs) === true) return undefined;
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
      if (this.#end === undefined && this.#leaves?.(this.#quietMs()) === true) {
        // Its writer may have added something meanwhile: one more look.
        const rest = await this.#readNow(target);
        if (rest > 0) return rest;
        this.#end = 'left';
      }
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
      if (bytesRead > 0) {
        this.#isReplaced = false;
        this.#readMs = performance.now();
      }
      return bytesRead;
    } catch (cause) {
      throw inputError(shownPath(this.#path), `at offset ${this.#offset}: ${systemProblem(cause)}`, cause);
    }
  }

  /** For how long nothing was added, as far as this reader or the file itself can tell, ms. */
  #quietMs(): number {
    return Math.max(performance.now() - this.#readMs, Date.now() - this.#writtenMs);
  }

  /** At the end of the file: whether more may come. */
  async #judge(): Promise<void> {
    const own = await this.#handle.stat({ bigint: true });
    this.#writtenMs = Number(own.mtimeMs);
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
  /** Whether a file to which nothing was added for so long is left; default: never. */
  readonly leaves?: ((quietMs: number) => boolean) | undefined;
}

function isSameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
