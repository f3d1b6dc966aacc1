import type { Hit } from '../../../src/domain/hit.js';
import { encodeWord, wordBytes } from '../../../src/domain/word.js';
import { seededRandom } from '../../helpers/random/seeded-random.js';

/** Hits of a telescope: two boards, the trigger channel, orbits that nearly rise. */
export function someHits(count: number, { seed = 1, orbit = 1000 }: { seed?: number; orbit?: number } = {}): Hit[] {
  const random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, index) => ({
    head: 2,
    fpga: upTo(2),
    tdcChannel: upTo(129),
    orbitCnt: (orbit + 20 * index + upTo(600)) >>> 0,
    bxCounter: upTo(3564),
    tdcMeas: 1 + upTo(30),
  }));
}

export function wordsOf(hits: readonly Hit[]): Buffer {
  const bytes = Buffer.alloc(hits.length * wordBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [index, hit] of hits.entries()) encodeWord(hit, view, index * wordBytes);
  return bytes;
}
