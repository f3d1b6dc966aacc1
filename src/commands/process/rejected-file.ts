import type { RejectedRow } from '../../pipeline/direct/decode-raw.js';
import type { InputFile } from '../../sources/input-file.js';
import { OutputFile } from '../flags/output-file.js';
import type { Console } from '../console/console.js';

/** The file of rejected rows: one JSON object per line. */
export interface RejectedFile {
  write(rows: readonly RejectedRow[]): Promise<void>;
  close(): Promise<void>;
}

export interface RejectedFileOptions {
  readonly force: boolean;
  readonly inputs: readonly InputFile[];
  readonly signal?: AbortSignal;
}

/**
 * Creates the file, or empties one of an earlier run.
 *
 * @throws DtstreamError as `OutputFile.open`
 */
export async function createRejectedFile(
  console: Console,
  path: string,
  { force, inputs, signal }: RejectedFileOptions,
): Promise<RejectedFile> {
  const content = 'rejected rows';
  const output = { flag: '--rejected', path, force, content, isOwn: startsAsRecord, inputs };
  const file = await OutputFile.open(console, output, signal);
  return {
    write: (rows) => file.write(rows.map((row) => `${JSON.stringify(record(row))}\n`).join('')),
    close: () => file.close(),
  };
}

/** Whether a text begins as {@link record} writes it, whose row may be longer than the text. */
function startsAsRecord(text: string): boolean {
  return /^\{"source":"(?:[^"\\]|\\.)*","line":\d+,"reason":"\w+","row(?:_base64)?":"/.test(text);
}

/** The row as text, or in base64 where it is not UTF-8: nothing of it is lost. */
function record({ source, line, reason, bytes }: RejectedRow): object {
  const text = Buffer.from(bytes).toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(bytes);
  return { source, line, reason, ...(isText ? { row: text } : { row_base64: Buffer.from(bytes).toString('base64') }) };
}
