import { scintillator } from './codes';
import { codeOf, tickMask } from './keys';
import { activeOrbitsAt, blockOf, count, setOf, sets, setsOf, sums, untimedAt } from './plan';

/**
 * What is kept of hits and trigger rows until all of a shard are closed. Hits are counted from 1, and those of an orbit are
 * a linked list, the newest first.
 *
 * ```
 *  links     u32  hit before, 0 = none; if it may be a duplicate   by hit
 *  linkKeys  u32  key                                              by hit
 *  heads     u64  newest hit, why to look closely, last bits seen  by entry
 *  seen      u32  triggers: those seen, 16 bits, those seen twice  by entry
 *  earliest  u32  2^17 - tick, 0 = no reference                    by entry and set of triggers
 *  touched   u32  entry * 64 + chamber                             each chamber that saw an orbit, once
 * ```
 */
let links: usize = 0;
let linkKeys: usize = 0;
export let heads: usize = 0;
export let seen: usize = 0;
let earliest: usize = 0;
export let touched: usize = 0;
export let hitCount: u32 = 0;
export let touchedCount: u32 = 0;

/** Why an orbit is looked at closely: it has a trigger; perhaps a hit twice; enough channels for a segment. */
export const hasTrigger: u32 = 1 << 31;
export const hasDuplicate: u32 = 1 << 30;
export const hasMany: u32 = 1 << 29;
/** The newest hit in a head. */
export const newestHit: u32 = hasMany - 1;
const duplicateBit: u32 = 30;
/** The upper half of a head: which last five bits of ticks its hits have. */
const lastBits: u32 = 31;
const lastBitsAt: u32 = 32;

const noReference: u32 = 1 << 17;

/** Takes memory with so many hits, and chambers that saw an orbit, in it; all by entry must be 0 where there is none yet. */
export function useNotes(
  linksAt: usize,
  linkKeysAt: usize,
  headsAt: usize,
  seenAt: usize,
  earliestAt: usize,
  touchedAt: usize,
  hits: u32,
  touches: u32,
): void {
  links = linksAt;
  linkKeys = linkKeysAt;
  heads = headsAt;
  seen = seenAt;
  earliest = earliestAt;
  touched = touchedAt;
  hitCount = hits;
  touchedCount = touches;
}

/**
 * Notes a hit; nothing but a missing time is a branch, since it is too random to be predicted.
 *
 * @param first 1 where its chamber had no hit in the orbit before
 * @param again 1 where its channel had one
 */
export function noteHit(entry: u32, key: u32, first: u32, again: u32): void {
  const head = heads + (entry << 3);
  const before = load<u64>(head);
  const last = u64(lastBitsAt + (key & lastBits));
  // A channel twice is a duplicate only if its tick is, too.
  const duplicate = (again & u32(before >>> last)) << duplicateBit;
  store<u32>(links + (hitCount << 2), (u32(before) & newestHit) | duplicate);
  store<u32>(linkKeys + (hitCount << 2), key);
  hitCount++;
  store<u64>(head, (before & ~u64(newestHit)) | (u64(1) << last) | u64(duplicate | hitCount));
  const code = codeOf(key);
  const chamber = code >>> 6;
  store<u32>(touched + (touchedCount << 2), (entry << 6) | chamber);
  touchedCount += first;
  count(blockOf(chamber), activeOrbitsAt + (code & 63), -again);
  if (isUntimed(key)) count(blockOf(chamber), untimedAt, 1);
}

/** Notes a trigger row: each of its sets begins with its earliest one. */
export function noteTrigger(entry: u32, key: u32): void {
  const trigger = codeOf(key) - scintillator;
  count(sums, trigger, 1);
  const at = seen + (entry << 2);
  const bit: u32 = 1 << trigger;
  const before = load<u32>(at);
  store<u32>(at, before | bit | ((before & bit) << 16));
  const head = heads + (entry << 3);
  store<u32>(head, load<u32>(head) | hasTrigger);
  if (isUntimed(key)) return;
  for (let rest = setsOf(trigger); rest != 0; rest &= rest - 1) {
    const set = earliest + ((entry * sets + ctz(rest)) << 2);
    store<u32>(set, max(load<u32>(set), noReference - (key & tickMask)));
  }
}

/** Forgets the triggers of an orbit. */
export function forgetTriggers(entry: u32): void {
  store<u32>(seen + (entry << 2), 0);
  for (let set: u32 = 0; set < sets; set++) store<u32>(earliest + ((entry * sets + set) << 2), 0);
}

/** Forgets all hits. */
export function forgetHits(): void {
  hitCount = 0;
  touchedCount = 0;
}

/** Earliest tick of the triggers of a chamber in an orbit, -1 without one. */
export function referenceOf(entry: u32, chamber: u32): i32 {
  const set = setOf(chamber);
  if (set < 0) return -1;
  const early = load<u32>(earliest + ((entry * sets + set) << 2));
  return early == 0 ? -1 : i32(noReference - early);
}

/** The hit before one of the same orbit, 0 for the first. */
export function linkOf(hit: u32): u32 {
  return load<u32>(links + ((hit - 1) << 2)) & newestHit;
}

/** Whether a hit may be the same as one before in its orbit. */
export function mayBeDuplicate(hit: u32): boolean {
  return (load<u32>(links + ((hit - 1) << 2)) & hasDuplicate) != 0;
}

export function keyOfHit(hit: u32): u32 {
  return load<u32>(linkKeys + ((hit - 1) << 2));
}

export function isUntimed(key: u32): boolean {
  return i32(key) < 0;
}
