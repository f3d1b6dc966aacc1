import { type BigIntStats, constants, fstatSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { DtstreamError } from '../../errors.js';
import { systemProblem } from '../../sources/input-error.js';
import { pathOf } from '../../sources/files/raw-path.js';
import type { Console } from '../console/console.js';
import type { InputFile } from '../../sources/input-file.js';

/** A file that a flag names for writing. */
export interface Output {
  /** `--rejected` */
  readonly flag: string;
  readonly path: string;
  /** Overwrite a file that is not from this command. Never an input. */
  readonly force: boolean;
  /** Content of the file, for messages: `rejected rows`; undefined = the command may not overwrite it. */
  readonly content: string | undefined;
  /** Whether a file that begins so was written by this command, and nothing is lost with it. */
  readonly isOwn: (head: string) => boolean;
  readonly inputs?: readonly InputFile[];
  /** Another output of the command, a path or an open file descriptor, that must be another file. */
  readonly other?: string | number;
}

const headBytes = 64 * 1024;
const readerPollMs = 100;
const readerMs = 1000;

/**
 * Checks an output before anything is opened or started.
 *
 * @returns the existing file; undefined = none
 * @throws DtstreamError `usage` when it is one of the inputs or the other output, or another file with something in it, without `force`
 */
export async function checkOutput(output: Output): Promise<BigIntStats | undefined> {
  const { flag, path, force, content, isOwn, inputs = [], other } = output;
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) {
    // The name that was meant had other bytes, and may well be that of an input.
    if (path.includes('\ufffd')) throw new DtstreamError('usage', `${flag} must be a UTF-8 name, got ${path}`);
    return undefined;
  }
  const input = await findSame(inputs, found);
  if (input !== undefined) {
    const which = input.name === path ? '' : ` (the same file as ${input.name})`;
    throw new DtstreamError('usage', `${flag} must not name an input, got ${path}${which}`);
  }
  const otherFile =
    typeof other === 'string' ? await stat(other, { bigint: true }).catch(() => undefined) : openFile(other);
  if (otherFile !== undefined && !found.isCharacterDevice() && isSame(otherFile, found)) {
    const which = typeof other === 'string' ? `(the same file as ${other})` : '(the same file as standard output)';
    throw new DtstreamError('usage', `${flag} must not name another output, got ${path} ${which}`);
  }
  if (!found.isFile() || found.size === 0n || force || isOwn(await headOf(path))) return found;
  const rule = content === undefined ? 'a new or empty file' : `a new file or an earlier file of ${content}`;
  throw new DtstreamError('usage', `${flag} must name ${rule}, got ${path}; use --force to overwrite it`);
}

/**
 * Refuses inputs that are also standard output or standard error: the program would read its own output.
 *
 * @throws DtstreamError `usage`
 */
export async function refuseOwnOutputs(inputs: readonly InputFile[]): Promise<void> {
  for (const [fd, name] of [[1, 'standard output'] as const, [2, 'standard error'] as const]) {
    const found = openFile(fd);
    const input = found?.isFile() === true ? await findSame(inputs, found) : undefined;
    if (input === undefined) continue;
    throw new DtstreamError('usage', `cannot read ${input.name}: ${name} is redirected to it`);
  }
}

/** A file that is written from its start to its end. */
export class OutputFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #closing: Promise<void> | undefined;
  #hasFailed = false;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /**
   * Creates the file, or empties it. A pipe is waited for until it has a reader.
   *
   * @throws DtstreamError as {@link checkOutput}; `input` when it cannot be written
   */
  static async open(console: Console, output: Output, signal?: AbortSignal): Promise<OutputFile> {
    const found = await checkOutput(output);
    const { path } = output;
    try {
      if (found?.isFIFO() === true) return new OutputFile(path, await openPipe(console, path, signal));
      // Truncated only after it is certain to be the checked file.
      const handle = await open(path, constants.O_WRONLY | constants.O_CREAT);
      const opened = await handle.stat({ bigint: true });
      if (opened.isFile() && (found === undefined ? opened.size > 0n : !isSame(opened, found))) {
        await handle.close();
        throw new Error('it was replaced just now');
      }
      if (opened.isFile()) await handle.truncate(0);
      return new OutputFile(path, handle);
    } catch (cause) {
      throw writeError(path, cause);
    }
  }

  /** @throws DtstreamError `input`, as when the disk is full */
  async write(bytes: Uint8Array | string): Promise<void> {
    const all = Buffer.from(bytes);
    try {
      for (let at = 0; at < all.length;) at += (await this.#handle.write(all, at)).bytesWritten;
    } catch (cause) {
      this.#hasFailed = true;
      throw writeError(this.#path, cause);
    }
  }

  /** @throws DtstreamError `input` when the file is no longer in its place, and the output is lost */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      const written = await this.#handle.stat({ bigint: true });
      const named = await stat(this.#path, { bigint: true }).catch(() => undefined);
      const isGone = written.isFile() && (named === undefined || !isSame(written, named));
      if (isGone && !this.#hasFailed) throw new Error('removed or replaced while being written');
    } catch (cause) {
      throw writeError(this.#path, cause);
    } finally {
      await this.#handle.close();
    }
  }
}

/** A pipe without a reader can't be opened without waiting; that wait must end with the signal. */
async function openPipe(console: Console, path: string, signal: AbortSignal | undefined): Promise<FileHandle> {
  for (let waitedMs = 0; ; waitedMs += readerPollMs) {
    const probe = await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENXIO') return undefined;
      throw cause;
    });
    // The probe stays open until then, or its reader would see an end.
    if (probe !== undefined) return open(path, constants.O_WRONLY).finally(() => probe.close());
    if (signal?.aborted === true) throw new Error('interrupted while waiting for a reader of the pipe');
    if (waitedMs === readerMs) console.logLine(`waiting for a reader of pipe ${path}`, 'warn');
    await setTimeout(readerPollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function headOf(path: string): Promise<string> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    // A file that can't be checked is not from dtstream.
    return '';
  }
}

async function findSame(inputs: readonly InputFile[], found: BigIntStats): Promise<InputFile | undefined> {
  for (const input of inputs) {
    const own =
      input.kind === 'file' ? await stat(pathOf(input), { bigint: true }).catch(() => undefined) : statOf(input);
    if (own !== undefined && !own.isCharacterDevice() && isSame(own, found)) return input;
  }
  return undefined;
}

function statOf({ kind }: InputFile): BigIntStats | undefined {
  return kind === 'stdin' ? openFile(0) : undefined;
}

function openFile(fd: number | undefined): BigIntStats | undefined {
  if (fd === undefined) return undefined;
  try {
    return fstatSync(fd, { bigint: true });
  } catch {
    return undefined;
  }
}

function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

function writeError(path: string, cause: unknown): DtstreamError {
  return new DtstreamError('input', `cannot write ${path}: ${systemProblem(cause)}`, { cause });
}
