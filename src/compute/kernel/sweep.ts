import { chambers, entries, keys, masks, setEntries } from './table';

/** First and last orbit found by the last {@link sweep}; Infinity and -Infinity when there was none. */
export let orbitFirst: f64 = Infinity;
export let orbitLast: f64 = -Infinity;

/** Entries of a distribution of active channels: none to all 64. */
const activeBins: u32 = 65;

/** Number of masks with a bit: how many orbits all chambers saw, added up. */
export function countSeen(): u32 {
  const end = masks + ((entries * chambers) << 3);
  let seen: u32 = 0;
  for (let mask = masks; mask < end; mask += 8) seen += u32(load<u64>(mask) != 0);
  return seen;
}

/**
 * Takes the distributions of active channels from the table and clears its masks; the table itself is empty as soon as
 * it is used again.
 *
 * @param active u32 by `chamber * 65 + active channels`, counted up
 */
export function sweep(active: usize): void {
  const chamberCount = chambers;
  let mask = masks;
  let first: f64 = Infinity;
  let last: f64 = -Infinity;
  for (let entry: u32 = 0; entry < entries; entry++) {
    const orbit = load<f64>(keys + (entry << 3));
    first = orbit < first ? orbit : first;
    last = orbit > last ? orbit : last;
    let bins = active;
    for (let chamber: u32 = 0; chamber < chamberCount; chamber++) {
      const bin = bins + (u32(popcnt(load<u64>(mask))) << 2);
      store<u32>(bin, load<u32>(bin) + 1);
      store<u64>(mask, 0);
      mask += 8;
      bins += activeBins << 2;
    }
  }
  orbitFirst = first;
  orbitLast = last;
  setEntries(0);
}
