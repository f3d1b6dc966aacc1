import { decodeWord, wordBytes } from '../../src/domain/word.js';

/** Counts of a bunch crossing, and the length of one in ns. */
const bxTdcCounts = 30;
export const tickNs = 25 / bxTdcCounts;
export const orbitTicks = 3564 * bxTdcCounts;

/** The hits of run 591 in one orbit. */
export interface OrbitHits {
  readonly orbit: number;
  /** By chamber: channel and tick of each hit, in the order of the rows. */
  readonly chambers: { readonly channels: number[]; readonly ticks: number[] }[];
}

/** The rows of run 591 by orbit, read plainly: chambers of 64 channels, two on each board. */
export function orbitsOf(words: Uint8Array): readonly OrbitHits[] {
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const orbits = new Map<number, OrbitHits>();
  for (let at = 0; at < words.length; at += wordBytes) {
    const { head, fpga, tdcChannel, orbitCnt, bxCounter, tdcMeas } = decodeWord(view, at);
    if (head !== 2 || tdcChannel >= 128) continue;
    let orbit = orbits.get(orbitCnt);
    if (orbit === undefined) {
      orbit = { orbit: orbitCnt, chambers: Array.from({ length: 4 }, () => ({ channels: [], ticks: [] })) };
      orbits.set(orbitCnt, orbit);
    }
    const { channels, ticks } = orbit.chambers[2 * fpga + (tdcChannel >> 6)];
    channels.push(tdcChannel & 63);
    ticks.push(bxCounter * bxTdcCounts + tdcMeas);
  }
  return [...orbits.values()];
}
