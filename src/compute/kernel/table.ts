/**
 * The channels seen in each orbit: a 64-bit mask a chamber for every orbit, in the order in which orbits come, found
 * through an open-addressing hash directory.
 *
 * ```
 *  directory  i32   │ 1 │ · │ 0 │ · │ · │ 2 │ …      entry of an orbit, empty = -1
 *  orbits     f64   │ orbit │ orbit │ orbit │ …      by entry; one more than there are
 *  masks      u64   │ m m m m │ m m m m │ …          by entry, one per chamber
 * ```
 */
let directory: usize = 0;
/** Number of places in the directory, a power of two, less one. */
let places: u32 = 0;
export let orbits: usize = 0;
export let masks: usize = 0;
export let chambers: u32 = 0;
/** Slots of a shard differ by a multiple of `1 << stepBits` at least. */
let stepBits: u64 = 0;
/** Orbits in the table, as of the last {@link setEntries}. */
export let entries: u32 = 0;

/** An orbit's place in its slot. */
const slotBits: u64 = 6;
const inSlot: u64 = 63;
/** 2^32 divided by the golden ratio. */
const hashFactor: u32 = 0x9e3779b1;

/** Takes memory for a table and empties it; the masks of entries that are not there yet must be 0. */
export function useTable(
  directoryAt: usize,
  placeCount: u32,
  orbitsAt: usize,
  masksAt: usize,
  chamberCount: u32,
  step: u32,
): void {
  directory = directoryAt;
  places = placeCount - 1;
  orbits = orbitsAt;
  masks = masksAt;
  chambers = chamberCount;
  stepBits = 31 - clz(step);
  entries = 0;
  emptyDirectory();
}

/** Makes orbits that were moved into memory with their masks findable in an empty directory. */
export function findAgain(count: u32): void {
  for (let entry: u32 = 0; entry < count; entry++) {
    const low = u64(i64(load<f64>(orbits + (entry << 3))));
    let place = firstPlace(low);
    while (load<i32>(directory + (place << 2)) >= 0) place = nextPlace(place, low);
    store<i32>(directory + (place << 2), entry);
  }
  entries = count;
}

/** Keeps how many orbits there are, which a loop over hits counts by itself. */
export function setEntries(count: u32): void {
  entries = count;
}

/**
 * The entry of an orbit, for which there must be room: `free` where it is new. Whether it is is too random to branch
 * on. A nearly sorted stream walks through the directory from end to end, which the cache likes; only from a place that
 * is taken by another orbit it jumps.
 *
 * @param free orbits in the table
 */
export function entryOf(orbit: f64, free: u32): u32 {
  store<f64>(orbits + (free << 3), orbit);
  // The low 32 bits are enough: orbits further apart than the counter never share a batch but by accident.
  const low = u64(i64(orbit));
  let place = firstPlace(low);
  let at: usize;
  let entry: u32;
  while (true) {
    at = directory + (place << 2);
    const found = load<i32>(at);
    const isEmpty = found >> 31;
    entry = (free & isEmpty) | (found & ~isEmpty);
    if (load<f64>(orbits + (entry << 3)) == orbit) break;
    place = nextPlace(place, low);
  }
  store<i32>(at, entry);
  return entry;
}

/** The directory is free for something else when the table is not searched any more. */
export function emptyDirectory(): void {
  memory.fill(directory, 0xff, (usize(places) + 1) << 2);
}

/**
 * The place of a number in a directory by itself, likewise: of numbers that are written at `values` in their order.
 *
 * @param free numbers so far
 */
export function numberOf(value: f64, values: usize, free: u32): u32 {
  store<f64>(values + (free << 3), value);
  const low = u64(i64(value));
  let place = u32(low >>> stepBits) & places;
  while (true) {
    const at = directory + (place << 2);
    const found = load<i32>(at);
    if (found < 0) {
      store<i32>(at, free);
      return free;
    }
    if (load<f64>(values + (found << 3)) == value) return found;
    place = nextPlace(place, low);
  }
}

/** The orbits of a slot side by side. */
function firstPlace(low: u64): u32 {
  return u32(((low >>> (slotBits + stepBits)) << slotBits) | (low & inSlot)) & places;
}

function nextPlace(place: u32, low: u64): u32 {
  return (place + (((u32(low) * hashFactor) >>> 16) | 1)) & places;
}
