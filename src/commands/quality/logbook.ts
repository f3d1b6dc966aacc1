import { constants } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DtstreamError } from '../../errors.js';
import { makeFolder } from '../../make-folder.js';
import { alarmSchema } from '../../quality/events.js';
import { systemProblem } from '../../sources/input-error.js';

/** The lock is held for a few ms; one that is older is of a process that was killed. */
const lockStaleMs = 2000;
const lockPollMs = 20;
/** Longest wait for the lock. */
const lockWaitMs = 4000;
/** Bytes read at once. */
const readBytes = 1 << 20;

const signed = { time: z.string(), group: z.string().optional() };
const said = { ...signed, by: z.string(), note: z.string().optional() };
const entrySchema = z.discriminatedUnion('entry', [
  /** A monitor began to report with what is published after this time. */
  z.object({ entry: z.literal('began'), ...signed, after: z.string() }),
  /** A change that a monitor has reported, and when the message was published with which it came. */
  z.object({
    entry: z.literal('reported'),
    ...signed,
    at: z.string(),
    change: alarmSchema.extend({ event: z.enum(['raised', 'changed', 'cleared', 'acknowledged']) }),
  }),
  z.object({ entry: z.literal('acknowledged'), ...said, id: z.string() }),
  /** An acknowledged alarm is over: the next one of its test and object is another one. */
  z.object({ entry: z.literal('over'), ...signed, id: z.string() }),
  /** An object is known to be bad, with the tests in alarm then, or no longer. */
  z.object({ entry: z.literal('known'), ...said, object: z.string(), tests: z.array(z.string()).optional() }),
  z.object({ entry: z.literal('unknown'), ...said, object: z.string() }),
  z.object({ entry: z.literal('mark'), ...said, text: z.string(), moment: z.string().optional() }),
]);
/** A line of the logbook. */
export type LogbookEntry = z.infer<typeof entrySchema>;
type WithoutTime<T> = T extends unknown ? Omit<T, 'time'> : never;
export type NewEntry = WithoutTime<LogbookEntry>;

/**
 * `logbook.ndjson`: one JSON object per line, appended by any monitor under a lock, so that a line is whole. Lines that
 * are of another form, as of a later version, are passed over.
 */
export class Logbook {
  readonly #folder: string;
  readonly #path: string;
  /** Bytes of whole lines that were read. */
  #read = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'logbook.ndjson');
  }

  /**
   * Entries since the last call; all at the first one. None where there is no file.
   *
   * @throws DtstreamError `store` when it cannot be read
   */
  async news(): Promise<LogbookEntry[]> {
    try {
      const found = await stat(this.#path).catch(ignoreMissing);
      if (found === undefined) return [];
      // Another file has taken its place.
      if (found.size < this.#read) this.#read = 0;
      return found.size === this.#read ? [] : await this.#readFrom();
    } catch (cause) {
      throw this.#error('read', cause);
    }
  }

  /**
   * Appends entries; {@link news} returns them, too.
   *
   * @throws DtstreamError `store` when it cannot be written
   */
  async append(entries: readonly NewEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const time = new Date().toISOString();
    const lines = entries.map(({ entry, ...rest }) => `${JSON.stringify({ entry, time, ...rest })}\n`).join('');
    try {
      makeFolder(this.#folder);
      await withLock(`${this.#path}.lock`, () => this.#write(lines));
    } catch (cause) {
      throw this.#error('write', cause);
    }
  }

  async #write(lines: string): Promise<void> {
    const handle = await open(this.#path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND);
    try {
      const { size } = await handle.stat();
      const last = size === 0 ? '\n' : (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString();
      // A line that was cut, as by a full disk, must not take the next one with it.
      await handle.appendFile(last === '\n' ? lines : `\n${lines}`);
    } finally {
      await handle.close();
    }
  }

  async #readFrom(): Promise<LogbookEntry[]> {
    const entries: LogbookEntry[] = [];
    const handle = await open(this.#path);
    try {
      let rest = Buffer.alloc(0);
      for (;;) {
        const { bytesRead, buffer } = await handle.read(
          Buffer.alloc(readBytes),
          0,
          readBytes,
          this.#read + rest.length,
        );
        if (bytesRead === 0) return entries;
        const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf('\n') + 1;
        entries.push(...bytes.toString('utf8', 0, end).split('\n').flatMap(entryOf));
        this.#read += end;
        rest = bytes.subarray(end);
      }
    } finally {
      await handle.close();
    }
  }

  #error(what: string, cause: unknown): DtstreamError {
    return new DtstreamError('store', `cannot ${what} ${this.#path}: ${systemProblem(cause)}`, { cause });
  }
}

function entryOf(line: string): LogbookEntry[] {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

/** Does something while no other process holds a lock file. */
async function withLock(path: string, work: () => Promise<void>): Promise<void> {
  const untilMs = Date.now() + lockWaitMs;
  for (;;) {
    try {
      await (await open(path, 'wx')).close();
      break;
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error;
    }
    if (Date.now() > untilMs) throw new Error(`another process holds ${path}`);
    await removeStale(path);
    await delay(lockPollMs);
  }
  try {
    await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** Takes away a lock that a killed process has left; of several that see it, one does. */
async function removeStale(path: string): Promise<void> {
  const found = await stat(path).catch(ignoreMissing);
  if (found === undefined || Date.now() - found.mtimeMs < lockStaleMs) return;
  const aside = `${path}.${found.ino}`;
  await rename(path, aside).catch(ignoreMissing);
  await rm(aside, { force: true });
}

function ignoreMissing(error: unknown): undefined {
  if (isCode(error, 'ENOENT')) return undefined;
  throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
