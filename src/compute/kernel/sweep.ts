import { beginGroups, closeGroup } from './drift-and-gates';
import { forgetHits, hasMany, heads, newestHit, touched, touchedCount } from './notes';
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
/** Whether these ascend; else the caller has to sort them. */
export let slotsAscend: boolean = true;

/** Numbers of slots, f64, and their masks, u64 a chamber. */
let slots: usize = 0;
let slotMasks: usize = 0;

/** Entries of a distribution of active channels: none to all 64. */
const activeBins: u32 = 65;
/** By last bits of a slot: the slot, f64, and where its masks are, usize. Orbits of neighbouring slots come mixed. */
const recent = memory.data(512, 16);
const recentSlots: u32 = 32;

/** Of 16 channels: their counts, and the byte and the bit of a mask that each is. */
const byteCounts = memory.data(16, 16);
const byteOfChannel = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
const bitOfChannel = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
const byteMax: u32 = 255;

const movesPerSlot: u32 = 4;

const slotsPerOrbit: f64 = 1 / 64;
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
    beginGroups();
    emptyDirectory();
    sweepTouched(active);
    sweepOrbits();
    sweepSlots();
    orderSlots();
    forgetHits();
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

/** The same with physics, chamber by chamber that saw an orbit; masks stay, and orbits with enough channels are marked. */
function sweepTouched(active: usize): void {
  const chamberCount = chambers;
  const all = wantsAll;
  const blocks = blockOf(0);
  for (let place: u32 = 0; place < recentSlots; place++) store<f64>(recent + (place << 4), NaN);
  for (let at = touched; at < touched + (touchedCount << 2); at += 4) {
    const touch = load<u32>(at);
    const entry = touch >>> 6;
    const chamber = touch & 63;
    const slot = floor(load<f64>(orbits + (entry << 3)) * slotsPerOrbit);
    const known = recent + ((u32(i64(slot)) & (recentSlots - 1)) << 4);
    if (load<f64>(known) != slot) {
      store<f64>(known, slot);
      store<usize>(known, slotMasks + ((slotOf(slot) * chamberCount) << 3), 8);
    }
    const channels = load<u64>(masks + ((entry * chamberCount + chamber) << 3));
    const number = u32(popcnt(channels));
    count(active + ((chamber * activeBins) << 2), number, 1);
    count(blocks + usize(chamber) * blockBytes, singleAt + u32(ctz(channels)), u32(number == 1));
    const inSlot = load<usize>(known, 8) + (chamber << 3);
    store<u64>(inSlot, load<u64>(inSlot) | channels);
    if (all) {
      const head = heads + (entry << 3);
      store<u32>(head, load<u32>(head) | (u32(number >= segmentChannels) * hasMany));
    }
  }
}

/** Orbits one by one: which ones have a hit, and what has to be looked at closely. */
function sweepOrbits(): void {
  let first: f64 = Infinity;
  let last: f64 = -Infinity;
  let seenOrbits: u32 = 0;
  for (let entry: u32 = 0; entry < entries; entry++) {
    const orbit = load<f64>(orbits + (entry << 3));
    const at = heads + (entry << 3);
    const head = load<u32>(at);
    store<u64>(at, 0);
    if ((head & newestHit) != 0) {
      seenOrbits++;
      first = orbit < first ? orbit : first;
      last = orbit > last ? orbit : last;
    } else {
      slotOf(floor(orbit * slotsPerOrbit));
    }
    if (head > newestHit) closeGroup(entry, head);
  }
  orbitFirst = first;
  orbitLast = last;
  orbitCount = seenOrbits;
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
    const masksAt = slotMasks + ((place * chambers) << 3);
    for (let chamber: u32 = 0; chamber < chambers; chamber++) store<u64>(masksAt + (chamber << 3), 0);
    slotCount++;
  }
  return place;
}

/** Counts the slots of each channel, in bytes for as many slots as these can count. */
function sweepSlots(): void {
  for (let chamber: u32 = 0; chamber < chambers; chamber++) {
    for (let slot: u32 = 0; slot < slotCount; slot += byteMax) {
      countChannels(chamber, slot, min(slotCount - slot, byteMax));
    }
  }
}

/** Puts the slots in order by insertion, if they are nearly so; most are. Their masks stay where they are. */
function orderSlots(): void {
  let moves: u32 = 0;
  slotsAscend = true;
  for (let next: u32 = 1; next < slotCount; next++) {
    const slot = load<f64>(slots + (next << 3));
    let place = next;
    while (place > 0 && load<f64>(slots + ((place - 1) << 3)) > slot) {
      store<f64>(slots + (place << 3), load<f64>(slots + ((place - 1) << 3)));
      place--;
    }
    store<f64>(slots + (place << 3), slot);
    moves += next - place;
    if (moves > movesPerSlot * slotCount) {
      slotsAscend = false;
      return;
    }
  }
}

/** Adds up to {@link byteMax} masks of a chamber to its active slots: 16 channels at once. */
function countChannels(chamber: u32, firstSlot: u32, number: u32): void {
  const stride = chambers << 3;
  const counts = blockOf(chamber) + (activeSlotsAt << 2);
  for (let channel: u32 = 0; channel < 64; channel += 16) {
    let mask = slotMasks + firstSlot * stride + (chamber << 3) + (channel >>> 3);
    let sums = i8x16.splat(0);
    for (let slot: u32 = 0; slot < number; slot++) {
      const bits = v128.and(i8x16.swizzle(v128.load16_splat(mask), byteOfChannel), bitOfChannel);
      sums = i8x16.sub(sums, i8x16.eq(bits, bitOfChannel));
      mask += stride;
    }
    v128.store(byteCounts, sums);
    for (let next: u32 = 0; next < 16; next++) count(counts, channel + next, load<u8>(byteCounts + next));
  }
}
