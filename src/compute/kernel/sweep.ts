import { closeGroups, groups, isGroup, linkHits } from './drift-and-gates';
import { forgetNotes, ifSpecial } from './notes';
import {
  activeOrbitsAt,
  activeSlotsAt,
  blockBytes,
  blockOf,
  burstsAt,
  count,
  hasPhysics,
  segmentChannels,
  singleAt,
  wantsAll,
} from './plan';
import { chambers, emptyDirectory, entries, masks, numberOf, orbits, setEntries } from './table';

/** Orbits of the last sweep that have a hit; the first and the last of them, Infinity and -Infinity without one. */
export let orbitCount: u32 = 0;
export let orbitFirst: f64 = Infinity;
export let orbitLast: f64 = -Infinity;
/** Slots of the last sweep that have a row. */
export let slotCount: u32 = 0;

/** Numbers of slots, f64, and their masks, u64 a chamber. */
let slots: usize = 0;
let slotMasks: usize = 0;

/** Entries of a distribution of active channels: none to all 64. */
const activeBins: u32 = 65;
/** Active channels of a burst are more. */
const burstChannels: u32 = 20;

export function useSlots(slotsAt: usize, slotMasksAt: usize): void {
  slots = slotsAt;
  slotMasks = slotMasksAt;
}

/** Number of masks with a bit: how many orbits all chambers saw, added up. */
export function countSeen(): u32 {
  const end = masks + ((entries * chambers) << 3);
  let seen: u32 = 0;
  for (let mask = masks; mask < end; mask += 8) seen += u32(load<u64>(mask) != 0);
  return seen;
}

/**
 * Takes the distributions of active channels, and physics, from the table and clears it; the table itself is empty as soon
 * as it is used again.
 *
 * @param active u32 by `chamber * 65 + active channels`, counted up
 */
export function sweep(active: usize): void {
  slotCount = 0;
  if (!hasPhysics) {
    sweepMasks(active);
  } else {
    sweepOrbits(active);
    sweepSlots();
    linkHits();
    closeGroups();
    forgetNotes(entries);
    memory.fill(masks, 0, usize(entries * chambers) << 3);
  }
  setEntries(0);
}

function sweepMasks(active: usize): void {
  const chamberCount = chambers;
  let mask = masks;
  let first: f64 = Infinity;
  let last: f64 = -Infinity;
  for (let entry: u32 = 0; entry < entries; entry++) {
    const orbit = load<f64>(orbits + (entry << 3));
    first = orbit < first ? orbit : first;
    last = orbit > last ? orbit : last;
    let bins = active;
    for (let chamber: u32 = 0; chamber < chamberCount; chamber++) {
      count(bins, u32(popcnt(load<u64>(mask))), 1);
      store<u64>(mask, 0);
      mask += 8;
      bins += activeBins << 2;
    }
  }
  orbitFirst = first;
  orbitLast = last;
  orbitCount = entries;
}

/**
 * The same with physics: masks stay, and orbits to be looked at closely become groups. No branch depends on a chamber: which
 * ones have hits is too random to be predicted.
 */
function sweepOrbits(active: usize): void {
  const chamberCount = chambers;
  const ifAll = u32(wantsAll);
  let mask = masks;
  let first: f64 = Infinity;
  let last: f64 = -Infinity;
  let seen: u32 = 0;
  let slot: f64 = NaN;
  let slotMask: usize = 0;
  emptyDirectory();
  for (let entry: u32 = 0; entry < entries; entry++) {
    const orbit = load<f64>(orbits + (entry << 3));
    const itsSlot = floor(orbit * 0.015625);
    if (itsSlot != slot) {
      slot = itsSlot;
      slotMask = slotMasks + ((slotOf(slot) * chamberCount) << 3);
    }
    let any: u64 = 0;
    let wanted = ifSpecial(entry);
    let inSlot = slotMask;
    let bins = active;
    let single = blockOf(0) + (singleAt << 2);
    for (let chamber: u32 = 0; chamber < chamberCount; chamber++) {
      const channels = load<u64>(mask);
      const number = u32(popcnt(channels));
      any |= channels;
      wanted |= u32(number >= segmentChannels) & ifAll;
      count(bins, number, 1);
      // Without a channel, nothing is added to what follows.
      count(single, u32(ctz(channels)), u32(number == 1));
      store<u64>(inSlot, load<u64>(inSlot) | channels);
      mask += 8;
      inSlot += 8;
      bins += activeBins << 2;
      single += blockBytes;
    }
    store<u32>(groups + (entry << 2), wanted * isGroup);
    if (any != 0) {
      seen++;
      first = orbit < first ? orbit : first;
      last = orbit > last ? orbit : last;
    }
  }
  orbitFirst = first;
  orbitLast = last;
  orbitCount = seen;
}

/**
 * Completes the counts of physics: hits whose channel had none in the orbit before are active orbits, and bursts are orbits
 * of many active channels.
 *
 * @param hits u32 by row code, as counted since the counts were 0
 * @param active u32 by `chamber * 65 + active channels`, likewise
 */
export function completeSums(hits: usize, active: usize): void {
  for (let chamber: u32 = 0; chamber < chambers; chamber++) {
    const counts = blockOf(chamber);
    for (let channel: u32 = 0; channel < 64; channel++) {
      count(counts, activeOrbitsAt + channel, load<u32>(hits + (((chamber << 6) + channel) << 2)));
    }
    for (let number = burstChannels + 1; number < activeBins; number++) {
      count(counts, burstsAt, load<u32>(active + ((chamber * activeBins + number) << 2)));
    }
  }
}

/** The place of a slot; a new one has no channels. */
function slotOf(slot: f64): u32 {
  const place = numberOf(slot, slots, slotCount);
  if (place == slotCount) {
    memory.fill(slotMasks + ((slotCount * chambers) << 3), 0, usize(chambers) << 3);
    slotCount++;
  }
  return place;
}

function sweepSlots(): void {
  let mask = slotMasks;
  for (let slot: u32 = 0; slot < slotCount; slot++) {
    let counts = blockOf(0);
    for (let chamber: u32 = 0; chamber < chambers; chamber++) {
      countChannels(counts, activeSlotsAt, load<u64>(mask));
      mask += 8;
      counts += blockBytes;
    }
  }
}

function countChannels(counts: usize, place: u32, channels: u64): void {
  for (; channels != 0; channels &= channels - 1) count(counts, place + u32(ctz(channels)), 1);
}
