import { codeOf, tickMask } from './keys';
import { isUntimed, keyOfHit, linkOf, notedCount, referenceOf, repeated, seen, setLink } from './notes';
import {
  activeOrbitsAt,
  bins,
  blockOf,
  borderAt,
  count,
  driftAt,
  duplicatesAt,
  gatedActiveAt,
  gatedChannelsAt,
  gatedHitsAt,
  gatedOrbitsAt,
  inTimeAt,
  matchedAt,
  multipleAt,
  orbitsAt,
  orbitTicks,
  segmentChannels,
  sums,
  tickFirst,
  ticksBin,
  timeTriggers,
  wantsAll,
  wantsSegments,
  windowFirst,
  windowLast,
} from './plan';
import { countSegment } from './segment-counts';
import { firstTicks } from './segment-search';
import { chambers, entries, masks } from './table';

/**
 * Orbits that are looked at closely, with their hits: those with a trigger, with a channel twice or, where segments are
 * timed by chambers, with enough channels for one.
 *
 * By entry, u32: 0 for every other orbit, else {@link isGroup} and its newest hit counted from 1, 0 without one.
 */
export let groups: usize = 0;
export const isGroup: u32 = 1 << 31;

/**
 * What is to be searched for segments, by unit: the hits of a chamber in an orbit. Three u32 a unit: chamber, entry of the
 * orbit, first hit; u8 a hit: channel; i32 a hit: tick, {@link untimedTick} without a time.
 */
let units: usize = 0;
let unitChannels: usize = 0;
let unitTicks: usize = 0;
export let unitCount: u32 = 0;
export let unitHits: u32 = 0;
const unitBytes: usize = 12;
const untimedTick: i32 = i32.MAX_VALUE;

/** Of the orbit at hand, by chamber: hits, or where they go, u32; channels in time, u64. */
const chamberHits = memory.data(256, 16);
const inTimeMasks = memory.data(512, 16);
/** Channels seen so far, likewise. */
const channelMasks = memory.data(512, 16);

/** So many hits of an orbit are compared with those before. */
const smallOrbit: u32 = 32;
const noKey: u32 = 0xffffffff;

/** Takes memory; behind the ticks of all hits of a table there must be room for four times as many numbers. */
export function useUnits(groupsAt: usize, unitsAt: usize, channelsAt: usize, ticksAt: usize): void {
  groups = groupsAt;
  units = unitsAt;
  unitChannels = channelsAt;
  unitTicks = ticksAt;
}

/** Makes a list of the hits of each group, without a branch: which hits are of one is too random to be predicted. */
export function linkHits(): void {
  for (let hit: u32 = 1; hit <= notedCount; hit++) {
    const group = groups + (linkOf(hit) << 2);
    const newest = load<u32>(group);
    const ifGroup = i32(newest) >> 31;
    setLink(hit, newest & ~isGroup);
    store<u32>(group, (hit | isGroup) & ifGroup);
  }
}

export function closeGroups(): void {
  unitCount = 0;
  unitHits = 0;
  for (let entry: u32 = 0; entry < entries; entry++) {
    const group = load<u32>(groups + (entry << 2));
    if (group == 0) continue;
    const first = group & ~isGroup;
    if (load<u8>(repeated + entry) != 0) countRepeats(first);
    if ((load<u32>(seen + (entry << 2)) & timeTriggers) != 0) closeTriggered(entry, first);
    if (wantsAll) listAll(entry, first);
  }
}

/** Counts hits whose channel has another one in the orbit, and those of them that have its tick, too. */
function countRepeats(first: u32): void {
  let number: u32 = 0;
  memory.fill(channelMasks, 0, usize(chambers) << 3);
  for (let hit = first; hit != 0; hit = linkOf(hit)) {
    const key = timeKey(hit);
    const code = codeOf(key);
    const mask = channelMasks + ((code >>> 6) << 3);
    const before = load<u64>(mask);
    const bit = u64(1) << (code & 63);
    store<u64>(mask, before | bit);
    number++;
    if ((before & bit) == 0) continue;
    count(blockOf(code >>> 6), activeOrbitsAt + (code & 63), u32(-1));
    if (number > smallOrbit) continue;
    for (let other = first; other != hit; other = linkOf(other)) {
      if (timeKey(other) != key) continue;
      count(blockOf(code >>> 6), duplicatesAt, 1);
      break;
    }
  }
  if (number > smallOrbit) countManyDuplicates(first, number);
}

/** The same of the hits behind the first ones, with a set of keys behind the ticks of the units so far. */
function countManyDuplicates(first: u32, number: u32): void {
  let places: u32 = 1;
  while (places < 2 * number) places <<= 1;
  const set = unitTicks + (unitHits << 2);
  memory.fill(set, 0xff, usize(places) << 2);
  let before: u32 = 0;
  for (let hit = first; hit != 0; hit = linkOf(hit)) {
    const key = timeKey(hit);
    let place = ((key * 0x9e3779b1) >>> 8) & (places - 1);
    let found = load<u32>(set + (place << 2));
    while (found != noKey && found != key) {
      place = (place + 1) & (places - 1);
      found = load<u32>(set + (place << 2));
    }
    if (found == key && before >= smallOrbit) count(blockOf(codeOf(key) >>> 6), duplicatesAt, 1);
    store<u32>(set + (place << 2), key);
    before++;
  }
}

/** Counts what an orbit's triggers gate. */
function closeTriggered(entry: u32, first: u32): void {
  const triggers = load<u32>(seen + (entry << 2));
  count(sums, orbitsAt, 1);
  count(sums, multipleAt, u32(((triggers >>> 16) & timeTriggers) != 0));
  for (let hit = first; hit != 0; hit = linkOf(hit)) gateHit(entry, hit);
  let isAtBorder = false;
  const mask = masks + ((entry * chambers) << 3);
  for (let chamber: u32 = 0; chamber < chambers; chamber++) {
    const reference = referenceOf(entry, chamber);
    if (reference < 0) continue;
    const counts = blockOf(chamber);
    count(counts, gatedOrbitsAt, 1);
    count(counts, gatedActiveAt + u32(popcnt(load<u64>(mask + (chamber << 3)))), 1);
    const inTime = load<u64>(inTimeMasks + (chamber << 3));
    store<u64>(inTimeMasks + (chamber << 3), 0);
    if (reference + windowFirst(chamber) < 0 || reference + windowLast(chamber) >= orbitTicks) {
      isAtBorder = true;
      continue;
    }
    count(counts, matchedAt, 1);
    count(counts, inTimeAt, u32(inTime != 0));
    if (wantsSegments && u32(popcnt(inTime)) >= segmentChannels) countSegment(chamber, inTime);
  }
  count(sums, borderAt, u32(isAtBorder));
}

/** Counts a hit of an orbit with a trigger, if its chamber has a reference. */
function gateHit(entry: u32, hit: u32): void {
  const key = keyOfHit(hit);
  const code = codeOf(key);
  const chamber = code >>> 6;
  const reference = referenceOf(entry, chamber);
  if (reference < 0) return;
  const counts = blockOf(chamber);
  count(counts, gatedHitsAt, 1);
  count(counts, gatedChannelsAt + (code & 63), 1);
  let bin = bins;
  if (!isUntimed(key)) {
    const ticks = i32(key & tickMask) - reference;
    const after = ticks - tickFirst(chamber);
    bin = after < 0 ? -1 : min(after / ticksBin, bins);
    if (ticks >= windowFirst(chamber) && ticks <= windowLast(chamber)) {
      const mask = inTimeMasks + (chamber << 3);
      const before = load<u64>(mask);
      const bit = u64(1) << (code & 63);
      const earliest = firstTicks + (code << 2);
      store<u64>(mask, before | bit);
      if ((before & bit) == 0 || ticks < load<i32>(earliest)) store<i32>(earliest, ticks);
    }
  }
  count(counts, driftAt + u32(bin + 1), 1);
}

/** Lists all hits of an orbit, chamber by chamber, if one of these has enough channels for a segment. */
function listAll(entry: u32, first: u32): void {
  const mask = masks + ((entry * chambers) << 3);
  let most: u32 = 0;
  for (let chamber: u32 = 0; chamber < chambers; chamber++) {
    most = max(most, u32(popcnt(load<u64>(mask + (chamber << 3)))));
  }
  if (most < segmentChannels) return;
  memory.fill(chamberHits, 0, usize(chambers) << 2);
  for (let hit = first; hit != 0; hit = linkOf(hit)) count(chamberHits, codeOf(keyOfHit(hit)) >>> 6, 1);
  for (let chamber: u32 = 0; chamber < chambers; chamber++) {
    const at = chamberHits + (chamber << 2);
    const number = load<u32>(at);
    if (number > 0) beginUnit(chamber, entry);
    store<u32>(at, unitHits);
    unitHits += number;
  }
  for (let hit = first; hit != 0; hit = linkOf(hit)) {
    const key = keyOfHit(hit);
    const at = chamberHits + ((codeOf(key) >>> 6) << 2);
    const place = load<u32>(at);
    store<u32>(at, place + 1);
    listHit(place, codeOf(key) & 63, isUntimed(key) ? untimedTick : i32(key & tickMask));
  }
}

function beginUnit(chamber: u32, entry: u32): void {
  const at = units + usize(unitCount) * unitBytes;
  store<u32>(at, chamber);
  store<u32>(at, entry, 4);
  store<u32>(at, unitHits, 8);
  unitCount++;
}

function listHit(place: u32, channel: u32, tick: i32): void {
  store<u8>(unitChannels + place, channel);
  store<i32>(unitTicks + (place << 2), tick);
}

/** What tells apart hits that are no duplicates. */
function timeKey(hit: u32): u32 {
  return keyOfHit(hit) & 0x7fffffff;
}
