import { droppedHead, scintillator } from './codes';
import { codeOf } from './keys';
import { noteHit, noteTrigger } from './notes';
import { hasPhysics } from './plan';
import { chambers, entries, entryOf, masks, setEntries } from './table';

/** Late hits and trigger rows found by the last {@link closeHits}. */
export let lates: u32 = 0;
/** Trigger rows published by it. */
export let triggers: u32 = 0;

/**
 * Closes hits up to the watermark: those at or below it are counted, those above it are carried, those at or below
 * `closed` are late and set aside for the caller.
 *
 * @param orbits f64 a hit; `delta` is added to each
 * @param keys u32 a hit
 * @param hits u32 by row code, counted up
 * @param outOrbits f64: gets the carried hits from the front and the late ones from the back
 * @param outKeys u32, likewise
 * @returns number of carried hits
 */
export function closeHits(
  orbits: usize,
  keys: usize,
  count: u32,
  delta: f64,
  closed: f64,
  watermark: f64,
  hits: usize,
  outOrbits: usize,
  outKeys: usize,
): u32 {
  let carried: u32 = 0;
  let late: u32 = 0;
  let triggerRows: u32 = 0;
  let known = entries;
  for (let index: u32 = 0; index < count; index++) {
    const orbit = load<f64>(orbits + (index << 3)) + delta;
    const key = load<u32>(keys + (index << 2));
    if (orbit > watermark) {
      store<f64>(outOrbits + (carried << 3), orbit);
      store<u32>(outKeys + (carried << 2), key);
      carried++;
    } else if (orbit <= closed) {
      late++;
      store<f64>(outOrbits + ((count - late) << 3), orbit);
      store<u32>(outKeys + ((count - late) << 2), key);
    } else {
      const code = codeOf(key);
      if (code < scintillator) {
        const at = hits + (code << 2);
        store<u32>(at, load<u32>(at) + 1);
        const entry = entryOf(orbit, known);
        known += u32(entry == known);
        const mask = masks + ((entry * chambers + (code >>> 6)) << 3);
        const before = load<u64>(mask);
        store<u64>(mask, before | (u64(1) << (code & 63)));
        if (hasPhysics) noteHit(entry, key, u32(before == 0), u32(before >>> (code & 63)) & 1);
      } else if (code < u32(droppedHead)) {
        triggerRows++;
        if (hasPhysics) {
          const entry = entryOf(orbit, known);
          known += u32(entry == known);
          noteTrigger(entry, key);
        }
      }
    }
  }
  setEntries(known);
  lates = late;
  triggers = triggerRows;
  return carried;
}
