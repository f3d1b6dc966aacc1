import { slotRate } from '../physics/rates.js';

/** What a reference is moved by, in standard deviations, to the side of fewer alarms. */
const sigmas = 3;

/** Towards which side a test looks for a change. */
export type Side = 'low' | 'high';

/** A count moved by its error: down for a test that finds too little, up for one that finds too much. */
function movedCount(count: number, side: Side): number {
  const error = sigmas * Math.sqrt(count + 1);
  return side === 'low' ? Math.max(0, count - error) : count + error + sigmas;
}

/** Rate of a channel from its active slots, moved, in Hz. */
export function movedSlotRate(active: number, slots: number, slotS: number, side: Side): number {
  return slotRate(movedCount(active, side), slots, slotS)?.hz ?? 0;
}

/** Rate of events, moved, in Hz. */
export function movedRate(events: number, liveS: number, side: Side): number {
  return movedCount(events, side) / liveS;
}

/** A share, moved down. */
export function movedShare(n: number, of: number): number {
  const share = n / of;
  return Math.max(0, share - sigmas * Math.sqrt((share * (1 - share)) / of));
}
