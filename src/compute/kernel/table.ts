/**
 * The channels seen in each orbit: a 64-bit mask a chamber for every orbit, in the order in which orbits come, found
 * through an open-addressing hash directory.
 *
 * ```
 *  directory  i32   │ 1 │ · │ 0 │ · │ · │ 2 │ …      entry of an orbit, empty = -1
 *  keys       f64   │ orbit │ orbit │ orbit │ …      by entry; one more than there are
 *  masks      u64   │ m m m m │ m m m m │ …          by entry, one per chamber
 * ```
 */
let directory: usize = 0;
/** Number of places in the directory, a power of two, less one. */
let places: u32 = 0;
export let keys: usize = 0;
export let masks: usize = 0;
export let chambers: u32 = 0;
/** Orbits of a shard differ by a multiple of `1 << stepBits` at least. */
let stepBits: u64 = 0;
/** Orbits in the table, as of the last {@link setEntries}. */
export let entries: u32 = 0;

/** 2^32 divided by the golden ratio. */
const hashFactor: u32 = 0x9e3779b1;

/** Takes memory for a table and empties it; the masks of entries that are not there yet must be 0. */
export function useTable(
  directoryAt: usize,
  placeCount: u32,
  keysAt: usize,
  masksAt: usize,
  chamberCount: u32,
  step: u32,
): void {
  directory = directoryAt;
  places = placeCount - 1;
  keys = keysAt;
  masks = masksAt;
  chambers = chamberCount;
  stepBits = 31 - clz(step);
  entries = 0;
  memory.fill(directory, 0xff, placeCount << 2);
}

/** Makes orbits that were moved into memory with their masks findable in an empty directory. */
export function findAgain(count: u32): void {
  for (let entry: u32 = 0; entry < count; entry++) {
    const low = u64(i64(load<f64>(keys + (entry << 3))));
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
 * Sees a hit; there must be room for its orbit. The orbit's entry is a new one when it has none; whether it has one is
 * too random to branch on. A nearly sorted stream walks through the directory from end to end, which the cache likes;
 * only from a place that is taken by another orbit it jumps.
 *
 * @param code `chamber * 64 + channel`
 * @param free orbits in the table
 * @returns orbits in the table now
 */
export function addHit(orbit: f64, code: u32, free: u32): u32 {
  store<f64>(keys + (free << 3), orbit);
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
    if (load<f64>(keys + (entry << 3)) == orbit) break;
    place = nextPlace(place, low);
  }
  store<i32>(at, entry);
  const mask = masks + ((entry * chambers + (code >>> 6)) << 3);
  store<u64>(mask, load<u64>(mask) | (u64(1) << (code & 63)));
  return free + u32(entry == free);
}

function firstPlace(low: u64): u32 {
  return u32(low >>> stepBits) & places;
}

function nextPlace(place: u32, low: u64): u32 {
  return (place + (((u32(low) * hashFactor) >>> 16) | 1)) & places;
}
