import { scintillator } from './codes';
import { codeOf, tickMask } from './keys';
import { blockOf, count, setOf, sets, setsOf, sums, untimedAt } from './plan';

/**
 * What is kept of hits and trigger rows until all of a shard are closed:
 *
 * ```
 *  noted      u32  entry             by hit
 *  notedKeys  u32  key               by hit
 *  repeated   u8   a channel twice   by entry
 *  seen       u32  triggers          by entry, 16 bits for those seen and 16 for those seen twice
 *  earliest   u32  2^17 - tick       by entry and set of triggers; 0 = no reference
 * ```
 *
 * Of orbits that are looked at closely the hits become a linked list: then `noted` is the hit before, counted from 1.
 */
let noted: usize = 0;
let notedKeys: usize = 0;
export let repeated: usize = 0;
export let seen: usize = 0;
export let earliest: usize = 0;
export let notedCount: u32 = 0;

const noReference: u32 = 1 << 17;

/** Takes memory with so many hits in it; what is kept by entry must be 0 for entries that are not there yet. */
export function useNotes(
  notedAt: usize,
  notedKeysAt: usize,
  repeatedAt: usize,
  seenAt: usize,
  earliestAt: usize,
  hits: u32,
): void {
  noted = notedAt;
  notedKeys = notedKeysAt;
  repeated = repeatedAt;
  seen = seenAt;
  earliest = earliestAt;
  notedCount = hits;
}

/** Notes a hit; `again` is 1 where its channel had one in the orbit before. */
export function noteHit(entry: u32, key: u32, again: u32): void {
  store<u32>(noted + (notedCount << 2), entry);
  store<u32>(notedKeys + (notedCount << 2), key);
  notedCount++;
  const at = repeated + entry;
  store<u8>(at, load<u8>(at) | u8(again));
  if (isUntimed(key)) count(blockOf(codeOf(key) >>> 6), untimedAt, 1);
}

/** Notes a trigger row: each of its sets begins with its earliest one. */
export function noteTrigger(entry: u32, key: u32): void {
  const trigger = codeOf(key) - scintillator;
  count(sums, trigger, 1);
  const at = seen + (entry << 2);
  const bit: u32 = 1 << trigger;
  const before = load<u32>(at);
  store<u32>(at, before | bit | ((before & bit) << 16));
  if (isUntimed(key)) return;
  for (let rest = setsOf(trigger); rest != 0; rest &= rest - 1) {
    const set = earliest + ((entry * sets + ctz(rest)) << 2);
    store<u32>(set, max(load<u32>(set), noReference - (key & tickMask)));
  }
}

/** Forgets everything, of so many entries. */
export function forgetNotes(entries: u32): void {
  memory.fill(repeated, 0, entries);
  memory.fill(seen, 0, usize(entries) << 2);
  memory.fill(earliest, 0, usize(entries * sets) << 2);
  notedCount = 0;
}

/** 1 for an orbit that has a trigger, or a channel twice. */
export function ifSpecial(entry: u32): u32 {
  return u32((load<u8>(repeated + entry) | load<u32>(seen + (entry << 2))) != 0);
}

/** Earliest tick of the triggers of a chamber in an orbit, -1 without one. */
export function referenceOf(entry: u32, chamber: u32): i32 {
  const set = setOf(chamber);
  if (set < 0) return -1;
  const early = load<u32>(earliest + ((entry * sets + set) << 2));
  return early == 0 ? -1 : i32(noReference - early);
}

/** Entry of a hit, or the hit before in a list. */
export function linkOf(hit: u32): u32 {
  return load<u32>(noted + ((hit - 1) << 2));
}

export function setLink(hit: u32, before: u32): void {
  store<u32>(noted + ((hit - 1) << 2), before);
}

export function keyOfHit(hit: u32): u32 {
  return load<u32>(notedKeys + ((hit - 1) << 2));
}

export function isUntimed(key: u32): boolean {
  return i32(key) < 0;
}
