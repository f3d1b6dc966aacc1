import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFormat } from '../../src/sources/hit-source.js';
import { openSimulator } from '../../src/sources/simulator/simulator.js';

const seed = 1;
const blockBytes = 1 << 20;

/** A file of simulated rows below `folder`; made once, the same bytes on every machine. */
export async function simulatedFile(folder: string, format: SourceFormat, rows: number): Promise<string> {
  const path = join(folder, `simulated-${seed}-${rows}.${format === 'csv' ? 'csv' : 'dat'}`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.part`;
  const file = await open(unfinished, 'w');
  const simulator = openSimulator({ seed, rows, format });
  const block = new Uint8Array(blockBytes);
  for (let count = await simulator.read(block); count > 0; count = await simulator.read(block)) {
    await file.write(block, 0, count);
  }
  await file.close();
  renameSync(unfinished, path);
  return path;
}
