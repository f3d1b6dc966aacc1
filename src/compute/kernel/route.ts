import { droppedHead, scintillator } from './codes';
import { codeOf } from './keys';

/** Largest step of one clock, see src/domain/orbit-clock.ts. */
const clockStepMax: i32 = 1 << 20;
/** Bytes of a stretch. */
const stretchBytes: usize = 24;

/** Orbits of a slot are in one shard. */
const slotBits: u32 = 6;

/** Trigger rows of the last chunk. */
export let triggerRows: u32 = 0;

/** The first row that is a hit or a trigger row; `rows` when none is. */
export function findFirst(keys: usize, rows: u32): u32 {
  let found: u32 = 0;
  while (found < rows && ifClockRow(load<u32>(keys + (found << 2))) == 0) found++;
  return found;
}

/**
 * Routes rows into lists, see src/compute/route.ts.
 *
 * The loops have no branch that depends on a row: which row is no hit, or has another orbit than the one before, is
 * too random to be predicted, and a wrong guess costs more than either way.
 *
 * @param shardOf u16 a row, scratch
 * @param first row that the orbits are relative to
 * @param next u32 a list: gets where each list starts, and at the end where it ends
 * @param listOrbits f64 a row
 * @param listRows u32 a row
 * @param listKeys u32 a row
 * @param maxBefore f64: the largest relative orbit of its stretch before every `stride`th row
 * @param partRows u32 a part: its first row, that of the first part 0; a stretch ends with its part
 * @param stretches six i32 a stretch: its first row; orbits relative to the chunk's first: first, last, lowest, highest;
 *   whether there are steps in it, because there are more than `stepsMax`
 * @returns number of stretches
 */
export function routeRows(
  orbits: usize,
  keys: usize,
  rows: u32,
  shards: u32,
  shardOf: usize,
  first: u32,
  next: usize,
  listOrbits: usize,
  listRows: usize,
  listKeys: usize,
  maxBefore: usize,
  stride: u32,
  partRows: usize,
  parts: u32,
  stretches: usize,
  stepsMax: u32,
): u32 {
  memory.fill(next, 0, (shards + 2) << 2);
  const isPowerOfTwo = (shards & (shards - 1)) == 0;
  let triggers: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const key = load<u32>(keys + (row << 2));
    const slot = load<u32>(orbits + (row << 2)) >>> slotBits;
    const ifOwn = ifClockRow(key);
    const shard = isPowerOfTwo ? slot & (shards - 1) : slot % shards;
    const list = (shard & ifOwn) | (shards & ~ifOwn);
    triggers += isTrigger(key);
    store<u16>(shardOf + (row << 1), list);
    // Counted one list up, so that the sums are starts.
    const at = next + (list << 2);
    store<u32>(at, load<u32>(at, 4) + 1, 4);
  }
  for (let list: u32 = 0; list <= shards; list++) {
    const at = next + (list << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
  triggerRows = triggers;

  const base = first < rows ? load<u32>(orbits + (first << 2)) : 0;
  let orbit: i32 = 0;
  let lowest: i32 = 0;
  let highest: i32 = 0;
  let steps: u32 = 0;
  let count: u32 = 0;
  let stretch = stretches - stretchBytes;
  let stretchRow: u32 = 0;
  let part: u32 = 0;
  let nextPart: u32 = 0;
  for (let from: u32 = 0; from < rows;) {
    if (from == nextPart) {
      while (part < parts && load<u32>(partRows + (part << 2)) <= from) part++;
      nextPart = part < parts ? load<u32>(partRows + (part << 2)) : rows;
      const head = from + findFirst(keys + (from << 2), nextPart - from);
      if (head < nextPart) {
        if (count > 0) endStretch(stretch, orbit, lowest, highest);
        orbit = i32(load<u32>(orbits + (head << 2)) - base);
        lowest = orbit;
        highest = orbit;
        count++;
        stretch += stretchBytes;
        stretchRow = head;
        beginStretch(stretch, head, orbit);
      }
    }
    const nextStride = from - (from % stride) + stride;
    if (nextStride == from + stride) {
      store<f64>(maxBefore, from > stretchRow ? f64(base) + f64(highest) : -Infinity);
      maxBefore += 8;
    }
    const to = min(nextPart, nextStride);
    for (let row = from; row < to; row++) {
      const key = load<u32>(keys + (row << 2));
      const raw = load<u32>(orbits + (row << 2));
      // A row without an orbit of its own stands where the one before it does.
      const step = (i32(raw - base) - orbit) & ifClockRow(key);
      const before = orbit;
      orbit += step;
      if (isBeyond(step, clockStepMax) | hasOverflown(before, step, orbit)) {
        if (steps < stepsMax) {
          steps++;
          count++;
          endStretch(stretch, before, lowest, highest);
          stretch += stretchBytes;
          stretchRow = row;
          beginStretch(stretch, row, orbit);
          lowest = orbit;
          highest = orbit;
        } else {
          store<i32>(stretch, 1, 20);
        }
      }
      lowest = min(lowest, orbit);
      highest = max(highest, orbit);
      const nextAt = next + (u32(load<u16>(shardOf + (row << 1))) << 2);
      const place = load<u32>(nextAt);
      store<u32>(nextAt, place + 1);
      store<f64>(listOrbits + (place << 3), f64(base) + f64(orbit));
      store<u32>(listRows + (place << 2), row);
      store<u32>(listKeys + (place << 2), key);
    }
    from = min(to, rows);
  }
  if (count > 0) endStretch(stretch, orbit, lowest, highest);
  return count;
}

function beginStretch(stretch: usize, row: i32, first: i32): void {
  store<i32>(stretch, row);
  store<i32>(stretch, first, 4);
  store<i32>(stretch, 0, 20);
}

function endStretch(stretch: usize, last: i32, lowest: i32, highest: i32): void {
  store<i32>(stretch, last, 8);
  store<i32>(stretch, lowest, 12);
  store<i32>(stretch, highest, 16);
}

/**
 * Counts rows that are neither hits nor trigger rows.
 *
 * @param keys u32 a row
 * @param kinds u32 by `kindOf` of src/domain/row-code.ts, counted up
 */
export function countKinds(keys: usize, rows: u32, kinds: usize): void {
  for (let row: u32 = 0; row < rows; row++) {
    const kind = kinds + ((codeOf(load<u32>(keys + (row << 2))) + 1 - droppedHead) << 2);
    store<u32>(kind, load<u32>(kind) + 1);
  }
}

/** All ones for a hit or a trigger row. */
function ifClockRow(key: u32): i32 {
  return (i32(codeOf(key)) - droppedHead) >> 31;
}

/** 1 for a trigger row. */
function isTrigger(key: u32): u32 {
  return u32(codeOf(key) - scintillator < u32(droppedHead) - scintillator);
}

/** Whether an integer is outside [-limit, limit]. */
function isBeyond(value: i32, limit: i32): boolean {
  return u32(value + limit) > u32(2 * limit);
}

/** Whether a sum of two integers has another sign than both. */
function hasOverflown(one: i32, other: i32, sum: i32): boolean {
  return ((one ^ sum) & (other ^ sum)) < 0;
}
