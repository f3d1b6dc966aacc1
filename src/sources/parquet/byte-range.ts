import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { OpenFile } from '../byte-reader.js';
import { inputError, systemProblem } from '../input-error.js';

const readAt = promisify(read);

/** Bytes [from, to) of an open file. @throws DtstreamError `input` when they cannot be read */
export async function readRange(name: string, { fd }: OpenFile, from: number, to: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(to - from);
  for (let filled = 0; filled < bytes.length;) {
    const at = from + filled;
    const { bytesRead } = await readAt(fd, bytes, filled, bytes.length - filled, at).catch((cause: unknown) => {
      throw inputError(name, `at offset ${at}: ${systemProblem(cause)}`, cause);
    });
    if (bytesRead === 0) throw inputError(name, `it ends at offset ${at}, before byte ${to}`);
    filled += bytesRead;
  }
  return bytes.buffer;
}
