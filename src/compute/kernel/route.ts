import { scintillator } from './codes';

/** Largest step of one clock, see src/domain/orbit-clock.ts. */
const clockStepMax: i32 = 1 << 20;
/** Bytes of a stretch. */
const stretchBytes: usize = 24;

/** Scintillator rows of the last chunk. */
export let scintillatorRows: u32 = 0;

/** The first row that is a hit or a scintillator row; `rows` when none is. */
export function findFirst(codes: usize, rows: u32): u32 {
  let found: u32 = 0;
  while (found < rows && load<u16>(codes + (found << 1)) > scintillator) found++;
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
 * @param listCodes u16 a row
 * @param maxBefore f64: the largest relative orbit of its stretch before every `stride`th row
 * @param partRows u32 a part: its first row, that of the first part 0; a stretch ends with its part
 * @param stretches six i32 a stretch: its first row; orbits relative to the chunk's first: first, last, lowest, highest;
 *   whether there are steps in it, because there are more than `stepsMax`
 * @returns number of stretches
 */
export function routeRows(
  orbits: usize,
  codes: usize,
  rows: u32,
  shards: u32,
  shardOf: usize,
  first: u32,
  next: usize,
  listOrbits: usize,
  listRows: usize,
  listCodes: usize,
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
    const code: u32 = load<u16>(codes + (row << 1));
    const raw = load<u32>(orbits + (row << 2));
    const ifOwn = ifClockRow(code);
    const shard = isPowerOfTwo ? raw & (shards - 1) : raw % shards;
    const list = (shard & ifOwn) | (shards & ~ifOwn);
    triggers += u32(code == scintillator);
    store<u16>(shardOf + (row << 1), list);
    // Counted one list up, so that the sums are starts.
    const at = next + (list << 2);
    store<u32>(at, load<u32>(at, 4) + 1, 4);
  }
  for (let list: u32 = 0; list <= shards; list++) {
    const at = next + (list << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
  scintillatorRows = triggers;

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
      const head = from + findFirst(codes + (from << 1), nextPart - from);
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
      const code: u32 = load<u16>(codes + (row << 1));
      const raw = load<u32>(orbits + (row << 2));
      // A row without an orbit of its own stands where the one before it does.
      const step = (i32(raw - base) - orbit) & ifClockRow(code);
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
      store<u16>(listCodes + (place << 1), code);
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
 * Counts rows that are neither hits nor scintillator rows.
 *
 * @param codes u16 a row
 * @param kinds u32 by `code - scintillator`, counted up
 */
export function countKinds(codes: usize, rows: u32, kinds: usize): void {
  for (let row: u32 = 0; row < rows; row++) {
    const kind = kinds + ((load<u16>(codes + (row << 1)) - scintillator) << 2);
    store<u32>(kind, load<u32>(kind) + 1);
  }
}

/** All ones for a hit or a scintillator row. */
function ifClockRow(code: u32): i32 {
  return ~((i32(scintillator) - i32(code)) >> 31);
}

/** Whether an integer is outside [-limit, limit]. */
function isBeyond(value: i32, limit: i32): boolean {
  return u32(value + limit) > u32(2 * limit);
}

/** Whether a sum of two integers has another sign than both. */
function hasOverflown(one: i32, other: i32, sum: i32): boolean {
  return ((one ^ sum) & (other ^ sum)) < 0;
}
