import { holeAtEnd, lastLineStart, shortenHoles } from '../../domain/hole.js';
import { wordBytes } from '../../domain/word.js';
import { isAbortOf } from '../../abort.js';
import { inputError } from '../../sources/input-error.js';
import type { PlacedSource, RowSource } from './row-source.js';

/** What rows are read of. */
interface HasSource {
  readonly source: RowSource;
}

/** Whole rows of one source; the memory is used again for the chunk after the next one. */
export interface RowChunk<Placed extends HasSource = PlacedSource> {
  readonly placed: Placed;
  readonly bytes: Uint8Array;
  /** Bytes of whole rows; the last CSV row ends in LF or a hole. */
  readonly length: number;
  /** Bytes that the source gave before these; undefined where a hole was shortened before their end. */
  readonly bytesBefore: number | undefined;
  /** Bytes on disk consumed up to here, for progress. */
  readonly bytesDone: number;
}

/** A CSV line must be shorter: a message of about as much is the longest that brokers take. */
export const lineBytesMax = 1 << 20;
const chunkBytes = 1 << 18;
const lf = 0x0a;

/**
 * Cuts the bytes of sources, one after the other, into chunks of whole rows, each as soon as there is a whole row: a
 * slow pipe's rows do not wait for a full chunk. Closes each source.
 *
 * When `signal` aborts, reading ends after the last whole row; what follows it is not taken for a row.
 */
export async function* readRows<Placed extends HasSource>(
  sources: AsyncIterable<Placed>,
  signal: AbortSignal,
): AsyncGenerator<RowChunk<Placed>, void, undefined> {
  const memory: Memory = { buffers: [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)], turn: 0 };
  for await (const placed of sources) {
    try {
      yield* chunksOf(placed, memory, signal);
    } finally {
      await placed.source.close();
    }
    if (signal.aborted) return;
  }
}

/** Two buffers: while the rows of one are used, the other one is filled. */
interface Memory {
  readonly buffers: [Uint8Array, Uint8Array];
  turn: 0 | 1;
}

async function* chunksOf<Placed extends HasSource>(
  placed: Placed,
  memory: Memory,
  signal: AbortSignal,
): AsyncGenerator<RowChunk<Placed>> {
  const { source } = placed;
  const { buffers } = memory;
  let filled = 0;
  let bytesBefore = 0;
  let isShortened = false;
  for (;;) {
    // One byte stays free for the LF that the last line may lack.
    if (filled === buffers[memory.turn].length - 1)
      buffers[memory.turn] = longer(buffers[memory.turn], source, bytesBefore);
    const bytes = buffers[memory.turn];
    const count = await readUnless(signal, source, bytes.subarray(filled, -1));
    if (isAborted(signal)) return;
    const end = filled + count;
    // Always, not only where there is no room: the row must have the same bytes when it is read again.
    filled = source.format === 'words' ? end : shortenHoles(bytes, holeAtEnd(bytes, filled), end);
    isShortened ||= filled < end;
    const length = count > 0 ? wholeRows(source, bytes, filled) : endRows(source, bytes, filled);
    if (length > 0) {
      memory.turn = memory.turn === 0 ? 1 : 0;
      yield { placed, bytes, length, bytesBefore: isShortened ? undefined : bytesBefore, bytesDone: source.bytesDone };
      bytesBefore += length;
    }
    if (count === 0) return;
    if (length === 0) continue;
    filled -= length;
    if (buffers[memory.turn].length < bytes.length) buffers[memory.turn] = new Uint8Array(bytes.length);
    buffers[memory.turn].set(bytes.subarray(length, length + filled));
  }
}

/** Reads; 0 when the source gives up because of the signal. */
async function readUnless(signal: AbortSignal, source: RowSource, target: Uint8Array): Promise<number> {
  if (signal.aborted) return 0;
  try {
    return await source.read(target);
  } catch (error) {
    if (isAbortOf(signal, error)) return 0;
    throw error;
  }
}

/** A call, for the compiler takes a field to stay as it was across an await. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Length of the whole rows. */
function wholeRows(source: RowSource, bytes: Uint8Array, filled: number): number {
  return source.format === 'words' ? filled - (filled % wordBytes) : lastLineStart(bytes, filled);
}

/** Length of the rows at the end of a source, whose last line may lack its LF. */
function endRows(source: RowSource, bytes: Uint8Array, filled: number): number {
  if (source.format === 'words' || filled === 0) return 0;
  bytes[filled] = lf;
  return filled + 1;
}

function longer(bytes: Uint8Array, source: RowSource, offset: number): Uint8Array {
  if (bytes.length >= lineBytesMax) {
    throw inputError(source.name, `at offset ${offset}: a line must be shorter than ${lineBytesMax} bytes`);
  }
  const grown = new Uint8Array(Math.min(4 * bytes.length, lineBytesMax));
  grown.set(bytes);
  return grown;
}
