/** Orbit and key of the row that {@link lineByMasks} or {@link lineByFields} has found. */
export let foundOrbit: u32 = 0;
export let foundKey: i32 = 0;

export function setFound(orbit: u32, key: i32): void {
  foundOrbit = orbit;
  foundKey = key;
}
