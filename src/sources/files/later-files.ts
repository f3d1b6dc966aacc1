import { stat } from 'node:fs/promises';
import type { InputFile } from '../input-file.js';
import type { WarnInput } from '../input-error.js';
import { pathOf } from './raw-path.js';

/** How often the list is read again, and at most this part of the time is spent on that. */
const lookMs = 1000;
const lookShareMax = 0.05;
/** Time without a new byte after which a file is left, when a later one is there. */
export const leaveAfterMs = 2000;
/** Files that were left and are checked for growth: the newest. */
const leftMax = 64;

/** A file that was left, and its size then. */
interface LeftFile {
  readonly file: InputFile;
  bytes: number;
}

export interface LaterFilesOptions {
  /** Reads the list again; a failure counts as no news. */
  readonly list: () => Promise<readonly InputFile[]>;
  /** Called once for each file that comes too late to be read, and for each that grew after it was left. */
  readonly warn: WarnInput;
  readonly onGrown: (message: string) => void;
}

/**
 * The files that inputs stand for, as they appear: which one comes after the one being read. The order is that of the
 * list; a file that appears before one that was begun is not read.
 */
export class LaterFiles {
  readonly #options: LaterFilesOptions;
  /** Names of the files that were begun, or are not to be read. */
  readonly #done = new Set<string>();
  readonly #left: LeftFile[] = [];
  #files: readonly InputFile[];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param done how many of the files are already read */
  constructor(files: readonly InputFile[], done: number, options: LaterFilesOptions) {
    this.#options = options;
    this.#files = files;
    for (const { name } of files.slice(0, done)) this.#done.add(name);
    this.#lookIn(lookMs);
  }

  /** The first file after those that were begun, where there is one. */
  get next(): InputFile | undefined {
    return this.#files[this.#begun];
  }

  /** Begins the next file, where there is one. */
  take(): InputFile | undefined {
    const file = this.next;
    if (file !== undefined) this.#done.add(file.name);
    return file;
  }

  /** A file will not be read any further. @param bytes of it that were read */
  leave(file: InputFile, bytes: number): void {
    this.#left.push({ file, bytes });
    if (this.#left.length > leftMax) this.#left.shift();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Place after the last file that was begun. */
  get #begun(): number {
    return this.#files.findLastIndex(({ name }) => this.#done.has(name)) + 1;
  }

  #lookIn(ms: number): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#look(), ms);
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const startMs = performance.now();
    await Promise.all([this.#list(), this.#checkLeft()]);
    this.#lookIn(Math.max(lookMs, (performance.now() - startMs) / lookShareMax));
  }

  async #list(): Promise<void> {
    const files = await this.#options.list().catch(() => undefined);
    if (files === undefined || this.#isClosed) return;
    this.#files = files;
    for (const { name } of files.slice(0, this.#begun)) {
      if (this.#done.has(name)) continue;
      this.#done.add(name);
      const message = `${name} appeared after a later file was begun: it is not read`;
      this.#options.warn({ source: name, message });
    }
  }

  async #checkLeft(): Promise<void> {
    for (const left of this.#left) {
      const { file, bytes } = left;
      if (file.kind !== 'file') continue;
      const size = await stat(pathOf(file)).then(
        (found) => found.size,
        () => 0,
      );
      if (size <= bytes || this.#isClosed) continue;
      left.bytes = Infinity;
      const more = `grew from ${bytes.toLocaleString('en-US')} to ${size.toLocaleString('en-US')} bytes`;
      this.#options.onGrown(`${file.name} ${more} after it was left: the rows that were added are not read`);
    }
  }
}
