import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { DtstreamError } from '../errors.js';
import type { RejectedRow } from '../pipeline/decode-raw.js';
import { systemProblem } from '../sources/input-error.js';

/** Where rejected rows are kept: one JSON object a line. */
export interface RejectedFile {
  write(rows: readonly RejectedRow[]): Promise<void>;
  close(): Promise<void>;
}

/** Creates the file, or empties it. */
export async function createRejectedFile(path: string): Promise<RejectedFile> {
  const stream = createWriteStream(path);
  let failure: Error | undefined;
  stream.on('error', (error) => (failure = error));
  const check = (): void => {
    if (failure !== undefined) {
      throw new DtstreamError('input', `cannot write ${path}: ${systemProblem(failure)}`, { cause: failure });
    }
  };
  await once(stream, 'open').catch(check);
  return {
    async write(rows) {
      check();
      if (!stream.write(rows.map((row) => `${JSON.stringify(record(row))}\n`).join(''))) {
        await once(stream, 'drain').catch(check);
      }
    },
    async close() {
      stream.end();
      await finished(stream).catch(check);
    },
  };
}

/** The row as text, or in base64 where it is not UTF-8: nothing of it is lost. */
function record({ source, line, reason, bytes }: RejectedRow): object {
  const text = Buffer.from(bytes).toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  return { source, line, reason, ...(isText ? { row: text } : { row_base64: Buffer.from(bytes).toString('base64') }) };
}
