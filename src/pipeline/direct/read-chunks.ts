import { AsyncEvent } from '../../async-event.js';
import { rangeBytesOf } from '../../compute/read-range.js';
import type { FileRange } from '../../compute/tasks.js';
import { type ChunkBuffers, chunkBytesOf } from '../buffers/chunk-buffers.js';
import { type ByteSource, type ChunkOfSource, type LoadedChunk, loadedChunks } from './loaded-chunks.js';

/** Whole rows of one source; the receiver releases it. */
export type RawChunk = LoadedChunk | FileChunk;

/** Rows that begin in a part of a file, for a thread to read. */
interface FileChunk extends ChunkOfSource {
  readonly range: FileRange;
}

/**
 * Cuts the bytes of sources, one after the other, into chunks of whole rows. Closes each source. When `signal` aborts,
 * reading ends after the last whole row; `quietMs` is that of {@link loadedChunks}.
 *
 * ```
 *  regular file   │ range │ range │ range │ rest │      ranges are read by threads, the rest here
 *  anything else  │ chunk │ chunk │ chunk │ chunk │     all is read here
 * ```
 */
export async function* readChunks(
  sources: AsyncIterable<ByteSource>,
  buffers: ChunkBuffers,
  { signal, quietMs }: { readonly signal?: AbortSignal | undefined; readonly quietMs?: number | undefined } = {},
): AsyncGenerator<RawChunk> {
  for await (const source of sources) {
    const ranges = new OpenRanges();
    try {
      const end = yield* rangesOf(source, buffers.chunkBytes, ranges, signal);
      if (signal?.aborted !== true) yield* loadedChunks(source, buffers, { start: end, signal, quietMs });
      // The threads may have come to their ranges after the end was read here.
      await ranges.released();
      if (end !== undefined && signal?.aborted !== true) await source.file?.check();
    } finally {
      await ranges.released();
      await source.close();
    }
    if (signal?.aborted === true) return;
  }
}

/** Ranges that threads may be reading: the file must stay open for them. */
class OpenRanges {
  #open = 0;
  readonly #released = new AsyncEvent();

  take(): () => void {
    this.#open++;
    return () => {
      if (--this.#open === 0) this.#released.notify();
    };
  }

  async released(): Promise<void> {
    while (this.#open > 0) await this.#released.wait();
  }
}

/**
 * The ranges of a regular file, all of the same size. The rest at the end is read like any source: only there a file may
 * grow or end in the middle of a row.
 *
 * @returns where in the file the ranges end; undefined when there was none
 */
function* rangesOf(
  source: ByteSource,
  chunkBytes: number,
  ranges: OpenRanges,
  signal?: AbortSignal,
): Generator<FileChunk, number | undefined> {
  const { file, offset } = source;
  if (file === undefined || offset === undefined) return undefined;
  const bytes = rangeBytesOf(chunkBytesOf(source.format, chunkBytes));
  let from = offset;
  for (; from + bytes < file.bytesTotal && signal?.aborted !== true; from += bytes) {
    const range = { fd: file.fd, from, to: from + bytes, isInside: from > offset };
    yield { source, range, bytesDone: range.to, release: ranges.take() };
  }
  return from > offset ? from : undefined;
}
