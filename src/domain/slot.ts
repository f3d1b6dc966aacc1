/** Orbits of a slot: 5.7 ms. A batch is split into messages on the borders of slots only. */
export const slotOrbits = 64;

/** Number of the slot that an orbit lies in. */
export function slotOf(orbit: number): number {
  return Math.floor(orbit / slotOrbits);
}

/** Last orbit of a slot. */
export function slotEnd(slot: number): number {
  return (slot + 1) * slotOrbits - 1;
}
