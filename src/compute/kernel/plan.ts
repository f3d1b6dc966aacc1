/** What physics is counted with, and where its counts are; src/domain/physics-plan.ts has the same plan. */

/** Whether anything of it is counted. */
export let hasPhysics: boolean = false;
/** Whether segments are searched after triggers; whether orbits with enough channels are listed, to be searched otherwise. */
export let wantsSegments: boolean = false;
export let wantsAll: boolean = false;

/** Sets of triggers. */
export let sets: u32 = 0;
/** Triggers that give time, as bits. */
export let timeTriggers: u32 = 0;
export let orbitTicks: i32 = 0;
export let ticksBin: i32 = 1;
export let bins: i32 = 0;
/** u32 a trigger: its sets, as bits. */
const triggerSets = memory.data(64, 16);
/** i32 a chamber, {@link planFields} each: set or -1, first and last tick in time, first tick of the histogram. */
const chamberPlans = memory.data(1024, 16);
const planFields: usize = 4;

/** u32: rows by trigger, orbits, multiple, border; then a block of {@link blockLength} a chamber. */
export let sums: usize = 0;
export const orbitsAt: u32 = 16;
export const multipleAt: u32 = 17;
export const borderAt: u32 = 18;
const totalsLength: u32 = 20;
/** Places in a block; src/compute/physics-block.ts has the same ones. */
/** Less the repeated hits, until `completeSums` adds all of them. */
export const activeOrbitsAt: u32 = 0;
export const singleAt: u32 = 64;
export const activeSlotsAt: u32 = 128;
export const gatedChannelsAt: u32 = 192;
export const gatedActiveAt: u32 = 256;
export const burstsAt: u32 = 321;
export const duplicatesAt: u32 = 322;
export const untimedAt: u32 = 323;
export const gatedOrbitsAt: u32 = 324;
export const matchedAt: u32 = 325;
export const inTimeAt: u32 = 326;
export const gatedHitsAt: u32 = 327;
export const driftAt: u32 = 328;
export let blockBytes: usize = 0;

/** Channels that a segment needs. */
export const segmentChannels: u32 = 3;

export function usePlan(
  physics: boolean,
  segments: boolean,
  all: boolean,
  setCount: u32,
  orbitTickCount: i32,
  binTicks: i32,
  binCount: i32,
): void {
  hasPhysics = physics;
  wantsSegments = segments;
  wantsAll = all;
  sets = setCount;
  orbitTicks = orbitTickCount;
  ticksBin = binTicks;
  bins = binCount;
  blockBytes = usize(driftAt + u32(binCount) + 2) << 2;
  timeTriggers = 0;
}

export function useTrigger(trigger: u32, isTime: boolean, inSets: u32): void {
  store<u32>(triggerSets + (trigger << 2), inSets);
  timeTriggers |= u32(isTime) << trigger;
}

export function useChamber(chamber: u32, set: i32, windowFirst: i32, windowLast: i32, tickFirst: i32): void {
  const at = planOf(chamber);
  store<i32>(at, set);
  store<i32>(at, windowFirst, 4);
  store<i32>(at, windowLast, 8);
  store<i32>(at, tickFirst, 12);
}

export function useSums(sumsAt: usize): void {
  sums = sumsAt;
}

/** The sets that a trigger is in, as bits. */
export function setsOf(trigger: u32): u32 {
  return load<u32>(triggerSets + (trigger << 2));
}

/** The set whose earliest trigger is the reference of a chamber, -1 without one. */
export function setOf(chamber: u32): i32 {
  return load<i32>(planOf(chamber));
}

/** First and last tick after the reference that are in time. */
export function windowFirst(chamber: u32): i32 {
  return load<i32>(planOf(chamber), 4);
}

export function windowLast(chamber: u32): i32 {
  return load<i32>(planOf(chamber), 8);
}

/** First tick after the reference of the drift-time histogram. */
export function tickFirst(chamber: u32): i32 {
  return load<i32>(planOf(chamber), 12);
}

/** Where the counts of a chamber are. */
export function blockOf(chamber: u32): usize {
  return sums + (totalsLength << 2) + usize(chamber) * blockBytes;
}

/** Adds to the number at a place of {@link sums} or of a block. */
export function count(counts: usize, place: u32, more: u32): void {
  const at = counts + (usize(place) << 2);
  store<u32>(at, load<u32>(at) + more);
}

function planOf(chamber: u32): usize {
  return chamberPlans + ((usize(chamber) * planFields) << 2);
}
