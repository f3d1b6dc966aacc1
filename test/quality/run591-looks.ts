import type { LookSums } from '../../src/quality/look.js';
import { chamberChannels } from '../../src/domain/geometry.js';
import { slotOf } from '../../src/domain/slot.js';
import { decodeWord, wordBytes } from '../../src/domain/word.js';
import { segmentTotals } from '../../src/physics/segment-counts.js';
import { countEvents } from '../physics/run591-count.js';
import { type OrbitHits, orbitsOf } from '../physics/run591-events.js';
import { emptyChamber } from './looks-of.js';

const triggerChannel = 138;
const slotS = (64 * 89_100) / 1e9;

/** Run 591 in looks of so many lit slots each, counted plainly; the last one is what is left. */
export function run591Looks(words: Uint8Array, slots: number): LookSums[] {
  const bySlot = new Map<number, OrbitHits[]>();
  for (const hits of orbitsOf(words)) {
    const slot = slotOf(hits.orbit);
    bySlot.set(slot, [...(bySlot.get(slot) ?? []), hits]);
  }
  const lit = [...new Set([...bySlot.keys(), ...triggerSlots(words)])].sort((one, other) => one - other);
  const looks: LookSums[] = [];
  for (let first = 0; first < lit.length; first += slots) {
    const some = lit.slice(first, first + slots);
    const last = some[some.length - 1];
    const orbits = some.map((slot) => bySlot.get(slot) ?? []);
    looks.push({
      ...{ last, closed: new Date(1000 * looks.length).toISOString(), runS: (first + some.length) * slotS },
      ...{ run: 0, isCut: false, slots: some.length, liveS: some.length * slotS },
      ...{ rowsRead: 0, rejected: { fields: 0, number: 0, range: 0 }, droppedChannel: 0, triggerOrbits: 0 },
      chambers: chambersOf(orbits),
    });
  }
  return looks;
}

function chambersOf(slots: readonly (readonly OrbitHits[])[]): LookSums['chambers'] {
  const { counts } = countEvents(slots.flat(), [365, 365, 365, 365]);
  return [0, 1, 2, 3].map((chamber) => {
    const activeSlots = new Array<number>(chamberChannels).fill(0);
    for (const orbits of slots) {
      const channels = new Set(orbits.flatMap(({ chambers }) => chambers[chamber].channels));
      for (const channel of channels) activeSlots[channel]++;
    }
    return { ...emptyChamber(), active_slots: activeSlots, segments: segmentTotals(counts.values, chamber) };
  });
}

function triggerSlots(words: Uint8Array): number[] {
  const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
  const slots: number[] = [];
  for (let at = 0; at < words.length; at += wordBytes) {
    const { head, tdcChannel, orbitCnt } = decodeWord(view, at);
    if (head === 2 && tdcChannel === triggerChannel) slots.push(slotOf(orbitCnt));
  }
  return slots;
}
