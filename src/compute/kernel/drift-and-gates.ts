import { codeOf, tickMask } from './keys';
import {
  forgetTriggers,
  hasMany,
  hasDuplicate,
  hasTrigger,
  isUntimed,
  keyOfHit,
  linkOf,
  mayBeDuplicate,
  newestHit,
  referenceOf,
  seen,
} from './notes';
import {
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
  wantsSegments,
  windowFirst,
  windowLast,
} from './plan';
import { countSegment } from './segment-counts';
import { firstTicks } from './segment-search';
import { chambers, masks } from './table';

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
/** Earliest tick of the triggers, -1 without one, i32. */
const references = memory.data(256, 16);
const inTimeMasks = memory.data(512, 16);

/** So many hits of an orbit, at most, are compared with all before them. */
const fewDuplicates: u32 = 16;
const noKey: u32 = 0xffffffff;

/** Takes memory; behind the ticks of all hits of a table there must be room for four times as many numbers. */
export function useUnits(unitsAt: usize, channelsAt: usize, ticksAt: usize): void {
  units = unitsAt;
  unitChannels = channelsAt;
  unitTicks = ticksAt;
}

export function beginGroups(): void {
  unitCount = 0;
  unitHits = 0;
}

/** Closes an orbit that is looked at closely, with its head. */
export function closeGroup(entry: u32, head: u32): void {
  const newest = head & newestHit;
  if ((head & hasDuplicate) != 0) countDuplicates(newest);
  if ((head & hasTrigger) != 0) {
    if ((load<u32>(seen + (entry << 2)) & timeTriggers) != 0) closeTriggered(entry, newest);
    forgetTriggers(entry);
  }
  if ((head & hasMany) != 0) listAll(entry, newest);
}

/** Counts hits that have the channel and the tick of another one in the orbit. */
function countDuplicates(newest: u32): void {
  let number: u32 = 0;
  let left: u32 = 0;
  for (let hit = newest; hit != 0; hit = linkOf(hit)) {
    number++;
    left += u32(mayBeDuplicate(hit));
  }
  if (left > fewDuplicates) {
    countManyDuplicates(newest, number);
    return;
  }
  for (let hit = newest; left > 0; hit = linkOf(hit)) {
    if (!mayBeDuplicate(hit)) continue;
    left--;
    const key = timeKey(hit);
    let other = linkOf(hit);
    while (other != 0 && timeKey(other) != key) other = linkOf(other);
    count(blockOf(codeOf(key) >>> 6), duplicatesAt, u32(other != 0));
  }
}

/** The same with a set of keys behind the ticks of the units so far. */
function countManyDuplicates(newest: u32, number: u32): void {
  let places: u32 = 1;
  while (places < 2 * number) places <<= 1;
  const set = unitTicks + (unitHits << 2);
  memory.fill(set, 0xff, usize(places) << 2);
  for (let hit = newest; hit != 0; hit = linkOf(hit)) {
    const key = timeKey(hit);
    let place = ((key * 0x9e3779b1) >>> 8) & (places - 1);
    let found = load<u32>(set + (place << 2));
    while (found != noKey && found != key) {
      place = (place + 1) & (places - 1);
      found = load<u32>(set + (place << 2));
    }
    count(blockOf(codeOf(key) >>> 6), duplicatesAt, u32(found == key));
    store<u32>(set + (place << 2), key);
  }
}

/** Counts what an orbit's triggers gate. */
function closeTriggered(entry: u32, first: u32): void {
  const triggers = load<u32>(seen + (entry << 2));
  count(sums, orbitsAt, 1);
  count(sums, multipleAt, u32(((triggers >>> 16) & timeTriggers) != 0));
  for (let chamber: u32 = 0; chamber < chambers; chamber++) {
    store<i32>(references + (chamber << 2), referenceOf(entry, chamber));
  }
  for (let hit = first; hit != 0; hit = linkOf(hit)) gateHit(hit);
  let isAtBorder = false;
  const mask = masks + ((entry * chambers) << 3);
  for (let chamber: u32 = 0; chamber < chambers; chamber++) {
    const reference = load<i32>(references + (chamber << 2));
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
function gateHit(hit: u32): void {
  const key = keyOfHit(hit);
  const code = codeOf(key);
  const chamber = code >>> 6;
  const reference = load<i32>(references + (chamber << 2));
  if (reference < 0) return;
  const counts = blockOf(chamber);
  count(counts, gatedHitsAt, 1);
  count(counts, gatedChannelsAt + (code & 63), 1);
  let bin = bins;
  if (!isUntimed(key)) {
    // No branch: which hits are in time is too random to be predicted.
    const ticks = i32(key & tickMask) - reference;
    const after = ticks - tickFirst(chamber);
    const ifBefore = after >> 31;
    bin = min(after / ticksBin, bins) | ifBefore;
    const inTime = u32(u32(ticks - windowFirst(chamber)) <= u32(windowLast(chamber) - windowFirst(chamber)));
    const mask = inTimeMasks + (chamber << 3);
    const before = load<u64>(mask);
    store<u64>(mask, before | (u64(inTime) << (code & 63)));
    const isNew = ~u32(before >>> (code & 63)) & 1;
    const earliest = firstTicks + (code << 2);
    const known = load<i32>(earliest);
    const ifEarliest = -i32(inTime & (isNew | u32(ticks < known)));
    store<i32>(earliest, known ^ ((known ^ ticks) & ifEarliest));
  }
  count(counts, driftAt + u32(bin + 1), 1);
}

/** Lists all hits of an orbit, chamber by chamber. */
function listAll(entry: u32, first: u32): void {
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
