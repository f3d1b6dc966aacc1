import { decodeWord, wordBytes } from '../../../src/domain/word.js';
import type { Hit } from '../../../src/domain/hit.js';
import type { SimulatorOptions } from '../../../src/sources/simulator/options.js';
import { type SimulatedRow, openSimulator, simulateRows } from '../../../src/sources/simulator/simulator.js';
import type { HitSource } from '../../../src/sources/hit-source.js';

/** All bytes of a source, read in pieces of the given sizes, over and over. */
export async function readAll(source: HitSource, sizes: readonly number[] = [65_536]): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let index = 0; ; index++) {
    const target = new Uint8Array(sizes[index % sizes.length]);
    const count = await source.read(target);
    if (count === 0) return Buffer.concat(parts);
    parts.push(Buffer.from(target.subarray(0, count)));
  }
}

/** The CSV bytes of a simulation. */
export function simulateCsv(options: SimulatorOptions): Promise<Buffer> {
  return readAll(openSimulator({ ...options, format: 'csv' }));
}

/** The words of a simulation as hits. */
export async function simulateWords(options: SimulatorOptions): Promise<Hit[]> {
  const bytes = await readAll(openSimulator({ ...options, format: 'words' }));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / wordBytes }, (_, index) => decodeWord(view, index * wordBytes));
}

/** The rows of a simulation that are not malformed. */
export function wellFormedRows(options: SimulatorOptions): Hit[] {
  return [...simulateRows(options)].filter(isHit);
}

export function isHit(row: SimulatedRow): row is Hit {
  return 'head' in row;
}

/** Only hits of the physics: nothing mixed in, nothing out of order. */
export const plain = {
  ancillaryShare: 0,
  strayShare: 0,
  disorderOrbits: 0,
} as const;

/** The items by a key, in the order in which the keys first appear. */
export function groupBy<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
