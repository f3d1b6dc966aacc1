import { createReadStream, createWriteStream, existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Random } from '../../src/sources/simulator/random.js';
import type { Dress } from './dresses.js';

const partCharacters = 1 << 20;
const lineFeed = 0x0a;

/** The rows of a canonical file in another dress, in a file below `folder`; made once. */
export async function dressedFile(folder: string, canonical: string, rows: number, dress: Dress): Promise<string> {
  const name = dress.name.replaceAll(/[^a-z0-9]+/gi, '-');
  const path = join(folder, `dressed-${name}-${rows}.csv${dress.isGzip === true ? '.gz' : ''}`);
  if (existsSync(path)) return path;
  const unfinished = `${path}.part`;
  const text = Readable.from(dress.isShuffled === true ? shuffledText(canonical) : dressedText(canonical, dress));
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

/** Pieces of the text of a canonical file, its rows in a random order. */
function* shuffledText(canonical: string): Generator<Buffer> {
  const text = readFileSync(canonical);
  const ends: number[] = [];
  for (let end = text.indexOf(lineFeed); end >= 0; end = text.indexOf(lineFeed, end + 1)) ends.push(end + 1);
  const starts = Uint32Array.from(ends.slice(0, -1));
  const lengths = Uint32Array.from(starts, (start, row) => ends[row + 1] - start);
  const order = shuffled(starts.length);
  yield text.subarray(0, ends[0]);
  const part = Buffer.alloc(partCharacters);
  let filled = 0;
  for (const row of order) {
    if (filled + lengths[row] > part.length) {
      yield Buffer.from(part.subarray(0, filled));
      filled = 0;
    }
    filled += text.copy(part, filled, starts[row], starts[row] + lengths[row]);
  }
  yield part.subarray(0, filled);
}

/** The numbers below `count` in a random order (Fisher and Yates, by Durstenfeld, 1964). */
function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const random = new Random(1, 0);
  for (let last = count - 1; last > 0; last--) {
    const other = random.uint32() % (last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
