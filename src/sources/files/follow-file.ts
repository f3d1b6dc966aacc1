import { stat } from 'node:fs/promises';
import type { TextReading } from '../../domain/text-reading.js';
import { isAbortOf } from '../../abort.js';
import { FollowReader } from './follow-reader.js';
import type { HitSource, SourceFormat } from '../hit-source.js';
import { type WarnInput, inputError, systemProblem } from '../input-error.js';
import type { InputFormat } from '../input-format.js';
import { rowsInside } from '../open-source-at.js';
import { openRows } from '../open-source.js';
import { PathChanges } from './path-changes.js';
import { pathOf } from './raw-path.js';
import { ReaderSource } from '../reader-source.js';
import type { InputFile } from '../input-file.js';

export interface FollowFileOptions {
  readonly format: InputFormat;
  /** How the numbers of text are to be taken; default: as they stand. */
  readonly reading?: TextReading | undefined;
  /** Called for skipped bytes, and for rotated or truncated files. */
  readonly warn: WarnInput;
  /** Ends the reading: reads then reject with the signal's reason. */
  readonly signal: AbortSignal;
  /** Where to begin in the first file; default its start. */
  readonly from?: { readonly format: SourceFormat; readonly offset: number };
  /** Whether the file is left when nothing was added for so long; default: never. */
  readonly leaves?: (quietMs: number) => boolean;
}

/**
 * Reads a file still being written, and continues when it grows: one source per file. When another file takes its path
 * (rotation), the old one is read to its end first; when it becomes shorter (truncation), it is read again from its
 * start. An incomplete row or word waits for its end. A file that is left ends like one that was rotated.
 *
 * A file that was truncated and outgrew its old length between two looks can't be told from one that only grew.
 *
 * @throws DtstreamError `input` when it cannot be opened, or is too short for `from`
 */
export async function* followFile(file: InputFile, options: FollowFileOptions): AsyncGenerator<HitSource, void> {
  const { signal, warn, leaves } = options;
  const path = pathOf(file);
  const changes = new PathChanges(path);
  let from = options.from;
  if (from !== undefined) await checkLength(file, from.offset);
  try {
    while (!signal.aborted) {
      const reader = await FollowReader.open(path, { changes, signal, leaves, offset: from?.offset ?? 0 });
      if (reader === undefined) return;
      const source =
        from === undefined
          ? await openRows(file, reader, { ...options, columns: 'canonical' })
          : openInside(file, reader, from, options);
      from = undefined;
      try {
        yield source;
      } finally {
        await source.close();
      }
      if (reader.end === 'left') return;
      if (reader.end === 'truncated') {
        warn({ source: file.name, message: `${file.name} was truncated: reading it from the start` });
      }
    }
  } catch (error) {
    if (!isAbortOf(signal, error)) throw error;
  } finally {
    changes.close();
  }
}

function openInside(
  { name }: InputFile,
  bytes: FollowReader,
  { format, offset }: { readonly format: SourceFormat; readonly offset: number },
  { warn, signal }: FollowFileOptions,
): ReaderSource {
  const reader = rowsInside(name, { format, bytes, offset, warn });
  return new ReaderSource(name, { format, reader, offset, signal });
}

async function checkLength(file: InputFile, offset: number): Promise<void> {
  const { name } = file;
  const { size } = await stat(pathOf(file)).catch((cause: unknown) => {
    throw inputError(name, systemProblem(cause), cause);
  });
  if (size > offset) return;
  throw inputError(
    name,
    `offset ${offset}: it must be longer, as it was before, and has ${size} bytes; was it rotated?`,
  );
}
