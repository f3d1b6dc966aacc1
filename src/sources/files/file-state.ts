import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { inputError, type WarnInput } from '../input-error.js';
import type { RawPath } from './raw-path.js';

/** Resolution of file system times: a write within it may not change the time. */
const changeMsMin = 20;

/** State of a regular file at its opening, to check at its end that all bytes came from the same unchanged file. */
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
   * Checks that the file is unchanged. A file that has only grown passes, with a warning; one that was removed or renamed
   * passes, too.
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
