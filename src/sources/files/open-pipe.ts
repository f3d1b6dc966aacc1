import { constants, createReadStream, open, readSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { blockBytes } from '../byte-reader.js';
import { inputError, systemProblem, type WarnInput } from '../input-error.js';
import { type RawPath, shownPath } from './raw-path.js';

/** Waiting time for a writer after which a message is logged. */
const writerMsDefault = 1000;

/**
 * Opens a named pipe, or one of `<(…)`, without waiting for a writer, and logs a message when none comes within a second.
 * It ends when all its writers have closed it.
 *
 * @throws DtstreamError `input` when it cannot be opened
 */
export async function openPipe(
  path: RawPath,
  { warn, writerMs = writerMsDefault }: { readonly warn: WarnInput; readonly writerMs?: number },
): Promise<Readable> {
  // Elsewhere a pipe that had no writer yet looks like one whose writers have gone.
  if (process.platform !== 'linux') return createReadStream(path);
  const name = shownPath(path);
  const fd = await openWithoutWaiting(path).catch((cause: unknown) => {
    throw inputError(name, systemProblem(cause), cause);
  });
  const socket = new Socket({ fd, readable: true, writable: false });
  const timer = setTimeout(() => {
    if (socket.destroyed || socket.bytesRead > 0 || socket.readableEnded) return;
    const first = readNow(fd);
    if (first === undefined) return;
    if (first.length > 0) socket.unshift(first);
    else warn({ source: name, message: `waiting for a writer of pipe ${name}` });
  }, writerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  return socket;
}

/** The number of the open pipe. Not a `FileHandle`, which would close it when it is collected. */
function openWithoutWaiting(path: RawPath): Promise<number> {
  return promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** The bytes in the pipe: none without a writer, undefined with a writer that has written nothing. */
function readNow(fd: number): Buffer | undefined {
  const bytes = Buffer.alloc(blockBytes);
  try {
    return bytes.subarray(0, readSync(fd, bytes));
  } catch {
    // EAGAIN; the socket meets any other error, too.
    return undefined;
  }
}
