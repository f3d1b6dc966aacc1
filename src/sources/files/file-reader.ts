import { type FileHandle, open } from 'node:fs/promises';
import type { ByteReader, OpenFile } from '../byte-reader.js';
import { FileState } from './file-state.js';
import { inputError, systemProblem, type WarnInput } from '../input-error.js';
import { type RawPath, shownPath } from './raw-path.js';

export interface FileReaderOptions {
  /** Where to begin; default: at the start. */
  readonly offset?: number;
  /** Called when the file has grown meanwhile. */
  readonly warn?: WarnInput;
}

/**
 * A regular file, read straight into the caller's memory without a copy; the memory may be shared. It is read to where
 * it ends then; the read at its end fails when it is no longer the file that was opened, see `FileState`.
 */
export class FileReader implements ByteReader {
  readonly canOpenAt = true;
  #bytesDone: number;
  readonly #path: RawPath;
  readonly #handle: FileHandle;
  readonly #state: FileState;
  readonly #warn: WarnInput | undefined;
  #closing: Promise<void> | undefined;

  private constructor(path: RawPath, handle: FileHandle, state: FileState, { offset = 0, warn }: FileReaderOptions) {
    this.#path = path;
    this.#handle = handle;
    this.#state = state;
    this.#warn = warn;
    this.#bytesDone = offset;
  }

  /** @throws DtstreamError `input` when the file cannot be opened */
  static async open(path: RawPath, options: FileReaderOptions = {}): Promise<FileReader> {
    try {
      const handle = await open(path, 'r');
      const state = await FileState.of(shownPath(path), () => handle.stat({ bigint: true }));
      return new FileReader(path, handle, state, options);
    } catch (cause) {
      throw inputError(shownPath(path), systemProblem(cause), cause);
    }
  }

  get bytesTotal(): number {
    return this.#state.bytesTotal;
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  get file(): OpenFile {
    return { fd: this.#handle.fd, bytesTotal: this.bytesTotal, check: () => this.#check() };
  }

  skipTo(offset: number): void {
    this.#bytesDone = offset;
  }

  async read(target: Uint8Array): Promise<number> {
    const count = await this.#read(target);
    if (count === 0 && target.length > 0) await this.#check();
    return count;
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }

  async #read(target: Uint8Array): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(target, 0, target.length, this.#bytesDone);
      this.#bytesDone += bytesRead;
      return bytesRead;
    } catch (cause) {
      throw inputError(shownPath(this.#path), `at offset ${this.#bytesDone}: ${systemProblem(cause)}`, cause);
    }
  }

  #check(): Promise<void> {
    return this.#state.check(this.#path, { bytesDone: this.#bytesDone, warn: this.#warn });
  }
}
