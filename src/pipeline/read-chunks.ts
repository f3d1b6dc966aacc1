import { wordBytes } from '../domain/word.js';
import { DtstreamError } from '../errors.js';
import type { ChunkBuffer, ChunkBuffers } from './chunk-buffers.js';

/** What the reader needs of a source of rows; see `HitSource`. */
export interface ByteSource {
  readonly name: string;
  readonly format: 'csv' | 'words';
  readonly bytesDone: number;
  read(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** Whole rows of one source; whoever gets it gives the buffer back. */
export interface RawChunk {
  readonly source: ByteSource;
  readonly buffer: ChunkBuffer;
  /** Bytes of whole rows; the last CSV row ends in LF. */
  readonly length: number;
  /** Bytes of the source consumed up to here, for progress. */
  readonly bytesDone: number;
}

const lf = 0x0a;

/**
 * Cuts the bytes of sources, one after the other, into chunks of whole rows. Closes each source. When `signal` aborts,
 * reading ends after the last whole row.
 */
export async function* readChunks(
  sources: AsyncIterable<ByteSource>,
  buffers: ChunkBuffers,
  signal?: AbortSignal,
): AsyncGenerator<RawChunk> {
  for await (const source of sources) {
    try {
      yield* chunksOf(source, buffers, signal);
    } finally {
      await source.close();
    }
    if (signal?.aborted === true) return;
  }
}

async function* chunksOf(source: ByteSource, buffers: ChunkBuffers, signal?: AbortSignal): AsyncGenerator<RawChunk> {
  let buffer = await buffers.take();
  let filled = 0;
  let failure: { readonly error: unknown } | undefined;
  for (;;) {
    // One byte stays free for the LF that the last line may lack.
    const room = buffer.bytes.subarray(filled, buffers.chunkBytes - 1);
    let count = -1;
    try {
      if (room.length > 0) count = await readUnless(signal, source, room);
      else if (wholeRows(source, buffer.bytes, filled) === 0) throw lineTooLong(source, buffers.chunkBytes);
    } catch (error) {
      // A source that gives up for the signal has not failed.
      if (signal?.aborted !== true) failure = { error };
      break;
    }
    if (count === 0) break;
    if (count > 0) {
      filled += count;
      continue;
    }
    const length = wholeRows(source, buffer.bytes, filled);
    const next = await buffers.take();
    next.bytes.set(buffer.bytes.subarray(length, filled));
    const chunk = { source, buffer, length, bytesDone: source.bytesDone };
    buffer = next;
    filled -= length;
    yield chunk;
  }
  // The rows before a failure still count; a line cut off by a failure or a signal does not.
  const cutOff = failure !== undefined || signal?.aborted === true;
  const length = cutOff ? wholeRows(source, buffer.bytes, filled) : endRows(source, buffer.bytes, filled);
  if (length > 0) yield { source, buffer, length, bytesDone: source.bytesDone };
  else buffers.give(buffer);
  if (failure !== undefined) throw failure.error;
}

/** Reads, or resolves with 0 as soon as the signal aborts. */
async function readUnless(signal: AbortSignal | undefined, source: ByteSource, room: Uint8Array): Promise<number> {
  if (signal === undefined) return source.read(room);
  if (signal.aborted) return 0;
  let stop: (() => void) | undefined;
  const aborted = new Promise<number>((resolve) => {
    stop = () => resolve(0);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([source.read(room), aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** Length of the whole rows at the end of a source, whose last line may lack its LF. */
function endRows(source: ByteSource, bytes: Uint8Array, filled: number): number {
  if (source.format === 'words') return wholeRows(source, bytes, filled);
  if (filled > 0 && bytes[filled - 1] !== lf) {
    bytes[filled] = lf;
    return filled + 1;
  }
  return filled;
}

/** Length of the whole rows in the bytes read so far. */
function wholeRows(source: ByteSource, bytes: Uint8Array, filled: number): number {
  if (source.format === 'words') return filled - (filled % wordBytes);
  return filled === 0 ? 0 : bytes.lastIndexOf(lf, filled - 1) + 1;
}

function lineTooLong(source: ByteSource, chunkBytes: number): DtstreamError {
  return new DtstreamError('input', `cannot read ${source.name}: a line must be shorter than ${chunkBytes} bytes`);
}
