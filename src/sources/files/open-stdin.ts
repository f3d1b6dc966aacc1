import { fstatSync, type Stats, statSync } from 'node:fs';
import { devNull } from 'node:os';
import type { ByteReader } from '../byte-reader.js';
import { FileState } from './file-state.js';
import { inputError, systemProblem, type WarnInput } from '../input-error.js';
import { StreamReader } from './stream-reader.js';

const name = 'stdin';
const fd = 0;

/**
 * The standard input of the process. A regular file is read from its current position, and its end is checked like that
 * of any file; a closed input or the null device gives a warning, because it has no rows.
 *
 * @throws DtstreamError `input` when it is a directory
 */
export async function openStdin(options: {
  readonly warn: WarnInput;
  readonly signal?: AbortSignal | undefined;
}): Promise<ByteReader> {
  const { warn, signal } = options;
  const found = statNow();
  if (found.isDirectory()) throw inputError(name, 'it must be a file or a pipe, got a directory');
  if (isNullDevice(found))
    warn({ source: name, message: `${name}: closed or ${devNull}, nothing to read`, isEmpty: true });
  if (!found.isFile()) return new StreamReader(name, process.stdin, signal);
  const state = await FileState.of(name, () => Promise.resolve(fstatSync(fd, { bigint: true })));
  return new CheckedReader(new StreamReader(name, process.stdin, signal), state, warn);
}

function statNow(): Stats {
  try {
    return fstatSync(fd);
  } catch (cause) {
    throw inputError(name, systemProblem(cause), cause);
  }
}

/** A standard input that is closed at the start becomes the null device. */
function isNullDevice({ rdev }: Stats): boolean {
  return rdev !== 0 && statSync(devNull, { throwIfNoEntry: false })?.rdev === rdev;
}

/** Bytes of a file that has no path here: at their end it must be the file that it was. */
class CheckedReader implements ByteReader {
  readonly bytesTotal = undefined;
  readonly #inner: ByteReader;
  readonly #state: FileState;
  readonly #warn: WarnInput;

  constructor(inner: ByteReader, state: FileState, warn: WarnInput) {
    this.#inner = inner;
    this.#state = state;
    this.#warn = warn;
  }

  get bytesDone(): number {
    return this.#inner.bytesDone;
  }

  async read(target: Uint8Array): Promise<number> {
    const count = await this.#inner.read(target);
    if (count === 0) await this.#state.check(undefined, { bytesDone: this.bytesDone, warn: this.#warn });
    return count;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
