import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { DtstreamError } from '../../errors.js';
import { systemProblem } from '../../sources/input-error.js';
import { checkOutput, type Output } from './output-file.js';

/**
 * A file that gets its name when it is complete: it is written beside it, as `NAME.<process id>.tmp`, and removed if it does
 * not become complete. A link keeps its place, and what it leads to is replaced.
 */
export class DraftFile {
  readonly #output: Output;
  readonly #path: string;
  readonly #draft: string;
  readonly #handle: FileHandle;
  #isOpen = true;

  private constructor(output: Output, path: string, draft: string, handle: FileHandle) {
    this.#output = output;
    this.#path = path;
    this.#draft = draft;
    this.#handle = handle;
  }

  /** @throws DtstreamError as `checkOutput`; `usage` for a pipe or a device; `input` when it cannot be written */
  static async open(output: Output): Promise<DraftFile> {
    await checkFile(output);
    try {
      const path = await realpath(output.path).catch(() => output.path);
      const draft = `${path}.${process.pid}.tmp`;
      return new DraftFile(output, path, draft, await open(draft, 'w'));
    } catch (cause) {
      throw writeError(output, cause);
    }
  }

  /** @throws DtstreamError `input`, as when the disk is full */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) at += (await this.#handle.write(bytes, at)).bytesWritten;
    } catch (cause) {
      throw writeError(this.#output, cause);
    }
  }

  /**
   * Gives the file its name.
   *
   * @throws DtstreamError as `checkOutput`, for a file that has come there meanwhile; `input` when it cannot be written
   */
  async complete(): Promise<void> {
    await checkFile(this.#output);
    try {
      await this.#close();
      await rename(this.#draft, this.#path);
    } catch (cause) {
      throw writeError(this.#output, cause);
    }
  }

  /** Removes what is not complete; idempotent. */
  async discard(): Promise<void> {
    if (this.#isOpen) await this.#close();
    await rm(this.#draft, { force: true });
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    await this.#handle.close();
  }
}

/** Checks an output as `checkOutput` does. @throws DtstreamError `usage` also for what is not a file */
export async function checkFile(output: Output): Promise<void> {
  const found = await checkOutput(output);
  if (found === undefined || found.isFile()) return;
  const kind = found.isDirectory() ? 'a directory' : 'a pipe or a device';
  throw new DtstreamError('usage', `${output.flag} must name a file, got ${kind}: ${output.path}`);
}

function writeError({ path }: Output, cause: unknown): DtstreamError {
  return new DtstreamError('input', `cannot write ${path}: ${systemProblem(cause)}`, { cause });
}
