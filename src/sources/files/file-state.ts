import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { inputError, type WarnInput } from '../input-error.js';
import type { RawPath } from './raw-path.js';

/** File systems tell times apart that are so far from each other: what was written within it may show no change. */
const changeMsMin = 20;

/** A regular file as it was when it was opened, to find out at its end whether what was read is one and the same file. */
export class FileState {
  readonly bytesTotal: number;
  readonly #name: string;
  readonly #stat: () => Promise<BigIntStats>;
  readonly #opened: BigIntStats;
  #hasWarned = false;

  private constructor(name: string, statNow: () => Promise<BigIntStats>, opened: BigIntStats) {
    this.#name = name;
    this.#stat = statNow;
    this.#opened = opened;
    this.bytesTotal = Number(opened.size);
  }

  /**
   * Waits, for 20 ms at most, until a later change shows in the file's time.
   *
   * @param statNow of the open file
   */
  static async of(name: string, statNow: () => Promise<BigIntStats>): Promise<FileState> {
    const opened = await statNow();
    const ageMs = Date.now() - Number(opened.mtimeMs);
    if (ageMs < 0 || ageMs >= changeMsMin) return new FileState(name, statNow, opened);
    await setTimeout(changeMsMin - ageMs);
    return new FileState(name, statNow, await statNow());
  }

  /**
   * Looks whether the file is what it was. One that has only grown is: then a warning says so. One that was removed or
   * renamed is, too.
   *
   * @param path where it was opened; undefined = it has no name, as standard input
   * @throws DtstreamError `input` when it was cut or overwritten, or another file has its path now
   */
  async check(
    path: RawPath | undefined,
    { bytesDone, warn }: { readonly bytesDone: number; readonly warn: WarnInput | undefined },
  ): Promise<void> {
    const before = this.#opened;
    const now = await this.#stat();
    const counts = 'rows read before that count';
    if (now.size < before.size) {
      throw this.#error(`truncated while being read, from ${before.size} to ${now.size} bytes; ${counts}`);
    }
    const named = path === undefined ? undefined : await stat(path, { bigint: true }).catch(() => undefined);
    if (named !== undefined && (named.dev !== now.dev || named.ino !== now.ino)) {
      throw this.#error(`replaced while being read, another file has its name now; ${counts}`);
    }
    if (now.size > before.size) {
      if (this.#hasWarned) return;
      this.#hasWarned = true;
      const grown = `grew from ${before.size} to ${now.size} bytes while being read, and was read up to byte ${bytesDone}`;
      warn?.({ source: this.#name, message: `${this.#name}: ${grown}` });
      return;
    }
    if (now.mtimeNs === before.mtimeNs) return;
    const [at, was] = [now, before].map(({ mtime }) => mtime.toISOString());
    throw this.#error(`modified while being read, last change ${was}, now ${at}; ${counts}`);
  }

  #error(problem: string): Error {
    return inputError(this.#name, problem);
  }
}
