import { plainReading, type TextReading } from '../../../src/domain/text-reading.js';
import type { ByteReader } from '../../../src/sources/byte-reader.js';
import { CanonicalReader } from '../../../src/sources/csv/canonical-reader.js';
import { openCsv, type OpenCsv } from '../../../src/sources/csv/open-csv.js';
import { PeekReader } from '../../../src/sources/peek-reader.js';
import { MemoryReader } from '../memory-reader.js';
import { readAll } from '../read-all.js';

/** Text that is open as produce opens it, and what was warned of. */
export interface OpenCanonical {
  readonly open: OpenCsv;
  readonly reader: CanonicalReader;
  readonly warnings: readonly string[];
}

export async function openCanonical(
  text: Uint8Array | string | ByteReader,
  { pieces, reading = plainReading }: { readonly pieces?: readonly number[]; readonly reading?: TextReading } = {},
): Promise<OpenCanonical> {
  const warnings: string[] = [];
  const warn = ({ message }: { readonly message: string }): void => void warnings.push(message);
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const inner = bytes instanceof Uint8Array ? new MemoryReader(bytes, pieces) : bytes;
  const open = await openCsv('run.csv', new PeekReader(inner), { reading, warn });
  const reader = new CanonicalReader(open.reader, open.layout, { name: 'run.csv', line: open.linesBefore + 1, warn });
  return { open, reader, warnings };
}

/** All that comes of the text as canonical lines. */
export async function canonicalBytes(
  text: Uint8Array | string,
  { targets, ...options }: Parameters<typeof openCanonical>[1] & { readonly targets?: readonly number[] } = {},
): Promise<Buffer> {
  return readAll((await openCanonical(text, options)).reader, targets);
}

/** The same by line, without the last line end. */
export async function canonicalLines(
  text: string,
  options: Parameters<typeof canonicalBytes>[1] = {},
): Promise<string[]> {
  return (await canonicalBytes(text, options)).toString('latin1').replace(/\n$/, '').split('\n');
}
