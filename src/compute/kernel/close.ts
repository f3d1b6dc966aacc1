import { scintillator } from './codes';
import { addHit, entries, setEntries } from './table';

/** Late hits and scintillator rows found by the last {@link closeHits}. */
export let lates: u32 = 0;
/** Scintillator rows published by it. */
export let scintillators: u32 = 0;

/**
 * Closes hits up to the watermark: those at or below it are counted, those above it are carried, those at or below
 * `closed` are late and set aside for the caller.
 *
 * @param orbits f64 a hit; `delta` is added to each
 * @param codes u16 a hit
 * @param hits u32 by row code, counted up
 * @param outOrbits f64: gets the carried hits from the front and the late ones from the back
 * @param outCodes u16, likewise
 * @returns number of carried hits
 */
export function closeHits(
  orbits: usize,
  codes: usize,
  count: u32,
  delta: f64,
  closed: f64,
  watermark: f64,
  hits: usize,
  outOrbits: usize,
  outCodes: usize,
): u32 {
  let carried: u32 = 0;
  let late: u32 = 0;
  let triggers: u32 = 0;
  let known = entries;
  for (let index: u32 = 0; index < count; index++) {
    const orbit = load<f64>(orbits + (index << 3)) + delta;
    const code: u32 = load<u16>(codes + (index << 1));
    if (orbit > watermark) {
      store<f64>(outOrbits + (carried << 3), orbit);
      store<u16>(outCodes + (carried << 1), code);
      carried++;
    } else if (orbit <= closed) {
      late++;
      store<f64>(outOrbits + ((count - late) << 3), orbit);
      store<u16>(outCodes + ((count - late) << 1), code);
    } else if (code >= scintillator) {
      // An entry that is no hit any more is neither.
      triggers += u32(code == scintillator);
    } else {
      const at = hits + (code << 2);
      store<u32>(at, load<u32>(at) + 1);
      known = addHit(orbit, code, known);
    }
  }
  setEntries(known);
  lates = late;
  scintillators = triggers;
  return carried;
}
