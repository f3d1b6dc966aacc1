import { createReadStream, createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Dress } from './dresses.js';

const partCharacters = 1 << 20;

/** The rows of a canonical file in another dress, in a file below `folder`; made once. */
export async function dressedFile(folder: string, canonical: string, rows: number, dress: Dress): Promise<string> {
  const name = dress.name.replaceAll(/[^a-z0-9]+/gi, '-');
  const path = join(folder, `dressed-${name}-${rows}.csv${dress.isGzip === true ? '.gz' : ''}`);
  if (existsSync(path)) return path;
  const unfinished = `${path}.part`;
  const text = Readable.from(dressedText(canonical, dress));
  if (dress.isGzip === true) await pipeline(text, createGzip(), createWriteStream(unfinished));
  else await pipeline(text, createWriteStream(unfinished));
  renameSync(unfinished, path);
  return path;
}

/** Pieces of the text of a file. */
async function* dressedText(canonical: string, { header, line, lineEnd = '\n' }: Dress): AsyncGenerator<string> {
  let part = header + lineEnd;
  let row = -1;
  for await (const own of createInterface({ input: createReadStream(canonical) })) {
    if (row >= 0) part += line(own.split(','), row) + lineEnd;
    row++;
    if (part.length < partCharacters) continue;
    yield part;
    part = '';
  }
  yield part;
}
