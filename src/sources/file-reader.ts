import { type FileHandle, open } from 'node:fs/promises';
import type { ByteReader, OpenFile } from './byte-reader.js';
import { inputError, systemProblem } from './input-error.js';

/** A regular file, read straight into the caller's memory without a copy; the memory may be shared. */
export class FileReader implements ByteReader {
  readonly bytesTotal: number;
  readonly canOpenAt = true;
  #bytesDone: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  #closing: Promise<void> | undefined;

  private constructor(path: string, handle: FileHandle, place: { bytesTotal: number; offset: number }) {
    this.#path = path;
    this.#handle = handle;
    this.bytesTotal = place.bytesTotal;
    this.#bytesDone = place.offset;
  }

  /**
   * @param offset where to begin
   * @throws DtstreamError `input` when the file cannot be opened
   */
  static async open(path: string, offset = 0): Promise<FileReader> {
    try {
      const handle = await open(path, 'r');
      return new FileReader(path, handle, { bytesTotal: (await handle.stat()).size, offset });
    } catch (cause) {
      throw inputError(path, systemProblem(cause), cause);
    }
  }

  get bytesDone(): number {
    return this.#bytesDone;
  }

  get file(): OpenFile {
    return { fd: this.#handle.fd, bytesTotal: this.bytesTotal };
  }

  skipTo(offset: number): void {
    this.#bytesDone = offset;
  }

  async read(target: Uint8Array): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(target, 0, target.length, this.#bytesDone);
      this.#bytesDone += bytesRead;
      return bytesRead;
    } catch (cause) {
      throw inputError(this.#path, `at offset ${this.#bytesDone}: ${systemProblem(cause)}`, cause);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close();
    return this.#closing;
  }
}
