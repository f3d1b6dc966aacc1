import type { CsvLayout } from '../../domain/csv-layout.js';
import { holeAtEnd, holeKeptMax, lastLineStart, lookBehind, nextLineStart } from '../../domain/hole.js';
import { wordBytes } from '../../domain/word.js';
import { DtstreamError } from '../../errors.js';
import { isAbortOf } from '../../abort.js';
import { type ChunkBuffer, type ChunkBuffers, chunkBytesOf } from '../buffers/chunk-buffers.js';

/** What the reader needs of a source of rows; see `HitSource`. */
export interface ByteSource {
  readonly name: string;
  readonly format: 'csv' | 'words';
  readonly layout?: CsvLayout | undefined;
  readonly linesBefore?: number | undefined;
  readonly bytesDone: number;
  readonly offset?: number | undefined;
  readonly file?: { readonly fd: number; readonly bytesTotal: number; check(): Promise<void> } | undefined;
  skipTo?(offset: number): void;
  read(target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** What every chunk tells. */
export interface ChunkOfSource {
  readonly source: ByteSource;
  /** Bytes of the source consumed up to here, for progress. */
  readonly bytesDone: number;
  /** Releases its bytes. */
  readonly release: () => void;
}

/** Rows in memory. */
export interface LoadedChunk extends ChunkOfSource {
  readonly buffer: ChunkBuffer;
  /** Bytes of whole rows; the last CSV row ends in LF. */
  readonly length: number;
}

/** Silence of a source after which rows in hand are passed on: a user may be watching. */
const quietMsDefault = 200;

const lf = 0x0a;

/**
 * Reads a source into chunks of whole rows, each as full as it gets; fewer rows only at the end and where the source
 * falls silent.
 *
 * ```
 *  buffer  │ given out early │ whole rows │ part of a row │ room │
 *          0               given         end            filled
 * ```
 *
 * @param options.start where in its file to begin: with the first row there or later; default: where the source is
 */
export async function* loadedChunks(
  source: ByteSource,
  buffers: ChunkBuffers,
  options: {
    readonly start?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly quietMs?: number | undefined;
  } = {},
): AsyncGenerator<LoadedChunk> {
  const { start, signal, quietMs = quietMsDefault } = options;
  // Half the size of a range: these bytes are in memory twice, here and in the source.
  const bytesMax = chunkBytesOf(source.format, buffers.chunkBytes) >> 1;
  let buffer = await buffers.acquire();
  let filled = 0;
  let given = 0;
  let failure: { readonly error: unknown } | undefined;
  let coming: Promise<number> | undefined;
  const chunk = (taken: ChunkBuffer, length: number): LoadedChunk => {
    return { source, buffer: taken, length, bytesDone: source.bytesDone, release: () => buffers.release(taken) };
  };
  try {
    if (start !== undefined) filled = await skipTo(source, start, buffer.bytes);
    for (;;) {
      // One byte stays free for the LF that the last line may lack.
      const room = buffer.bytes.subarray(filled, bytesMax - 1);
      const end = wholeRows(source, buffer.bytes, filled, room.length === 0);
      if (room.length === 0) {
        const kept = withoutHole(source, buffer.bytes, filled);
        if (kept < filled) {
          filled = kept;
          continue;
        }
        if (end === 0) throw lineTooLong(source, bytesMax);
        const next = await buffers.acquire();
        next.bytes.set(buffer.bytes.subarray(end, filled));
        const full = chunk(withoutStart(buffer, given, end), end - given);
        buffer = next;
        filled -= end;
        given = 0;
        if (full.length > 0) yield full;
        else full.release();
        continue;
      }
      coming ??= readUnless(signal, source, room);
      const count = end > given ? await within(coming, quietMs) : await coming;
      if (count === undefined) {
        const early = await buffers.acquire();
        early.bytes.set(buffer.bytes.subarray(given, end));
        const length = end - given;
        given = end;
        yield chunk(early, length);
        continue;
      }
      coming = undefined;
      if (count === 0) break;
      filled += count;
    }
  } catch (error) {
    // A source that gives up for the signal has not failed.
    if (!isAbortOf(signal, error)) failure = { error };
  }
  // The rows before a failure still count; a line cut off by a failure or a signal does not.
  const cutOff = failure !== undefined || signal?.aborted === true;
  const end = cutOff ? wholeRows(source, buffer.bytes, filled) : endRows(source, buffer.bytes, filled);
  if (end > given) yield chunk(withoutStart(buffer, given, end), end - given);
  else buffers.release(buffer);
  if (failure !== undefined) throw failure.error;
}

/** The buffer with bytes [from, to) moved to its start. */
function withoutStart(buffer: ChunkBuffer, from: number, to: number): ChunkBuffer {
  if (from > 0) buffer.bytes.copyWithin(0, from, to);
  return buffer;
}

/** A result that comes in time; undefined when it does not, and is still to be waited for. */
async function within<T>(result: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Continues with the first row that begins at `offset` of a source's file or later.
 *
 * @returns how many bytes from there on are already in `target`
 */
async function skipTo(source: ByteSource, offset: number, target: Uint8Array): Promise<number> {
  if (source.format === 'words') {
    source.skipTo?.(offset);
    return 0;
  }
  // With those before: they tell whether a line begins at the offset.
  source.skipTo?.(offset - lookBehind);
  for (let filled = 0; ;) {
    const count = await source.read(target.subarray(filled, target.length - 1));
    if (count === 0) return 0;
    filled += count;
    if (filled < lookBehind) continue;
    const start = nextLineStart(target, lookBehind, filled);
    const kept = start === -1 ? filled - lookBehind : start;
    target.copyWithin(0, kept, filled);
    filled -= kept;
    if (start !== -1) return filled;
  }
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

/** Length of the whole rows in the bytes read so far; where they are many and without an LF, up to the last hole. */
function wholeRows(source: ByteSource, bytes: Uint8Array, filled: number, isFull = false): number {
  if (source.format === 'words') return filled - (filled % wordBytes);
  if (isFull) return lastLineStart(bytes, filled);
  return filled === 0 ? 0 : bytes.lastIndexOf(lf, filled - 1) + 1;
}

/** Length of the filled part after shortening a long hole at its end. */
function withoutHole(source: ByteSource, bytes: Uint8Array, filled: number): number {
  return source.format === 'words' ? filled : Math.min(filled, holeAtEnd(bytes, filled) + holeKeptMax);
}

function lineTooLong(source: ByteSource, chunkBytes: number): DtstreamError {
  return new DtstreamError('input', `cannot read ${source.name}: a line must be shorter than ${chunkBytes} bytes`);
}
