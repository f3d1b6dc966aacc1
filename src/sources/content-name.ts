import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { pathOf } from './files/raw-path.js';
import type { InputFile } from './input-file.js';

/** Bytes from the beginning of a file that tell it from others. */
export const beginningBytes = 64 * 1024;

/** What tells an input file from others, whatever its path: a file that has grown keeps it up to `bytes`. */
export interface ContentName {
  /** Length of the beginning; the size of an object. */
  readonly bytes: number;
  /** Hexadecimal, of the beginning; of name, size and version of an object. */
  readonly sha256: string;
}

/**
 * The content name of a file as it is now; undefined for standard input and pipes, and for files that are empty, shorter
 * than asked for or cannot be read.
 *
 * @param bytes exact length of the beginning; undefined = up to 64 KiB
 */
export async function contentName(file: InputFile, bytes?: number): Promise<ContentName | undefined> {
  if (file.bytesTotal === undefined) return undefined;
  if (file.kind === 's3') {
    if (file.bytesTotal === 0) return undefined;
    const version = `${file.name}\n${file.bytesTotal}\n${file.etag ?? ''}`;
    return { bytes: file.bytesTotal, sha256: sha256(Buffer.from(version)) };
  }
  const beginning = await readBeginning(file, bytes ?? beginningBytes).catch(() => undefined);
  if (beginning === undefined || beginning.length === 0) return undefined;
  if (bytes !== undefined && beginning.length < bytes) return undefined;
  return { bytes: beginning.length, sha256: sha256(beginning) };
}

/** Whether a file is the one of a content name, or has grown out of it. */
export async function hasContent(file: InputFile, name: ContentName): Promise<boolean> {
  const found = await contentName(file, name.bytes);
  return found?.bytes === name.bytes && found.sha256 === name.sha256;
}

async function readBeginning(file: InputFile & { kind: 'file' }, bytesMax: number): Promise<Buffer> {
  const handle = await open(pathOf(file));
  try {
    const beginning = Buffer.alloc(bytesMax);
    let length = 0;
    for (let read = 1; read > 0 && length < bytesMax; length += read) {
      const { bytesRead } = await handle.read(beginning, length, bytesMax - length, length);
      read = bytesRead;
    }
    return beginning.subarray(0, length);
  } finally {
    await handle.close();
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
