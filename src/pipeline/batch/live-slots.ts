import type { Run } from '../../domain/timeline.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { slotOf } from '../../domain/slot.js';

/** Live time of a message, in slots; docs/physics.md says what each is. */
export interface LiveSlots {
  readonly live: number;
  readonly lit: number;
  /** On the time line; undefined without a lit slot. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly gaps: number;
  readonly gapSlots: number;
  /** Last slot with a row up to here, for the next message; not one that a row only claims. */
  readonly litLast: number | undefined;
}

/**
 * The live slots of a message: those with a row, and the empty ones between two of them where there are few in a row.
 *
 * @param slots with a row, ascending
 * @param before `lit` is the last slot with a row of the messages before; one of another run, and a slot outside of the
 *   run's orbits, which a row that was never placed has claimed, makes no bridge and no gap
 */
export function liveSlots(
  slots: Float64Array,
  before: {
    readonly lit: number | undefined;
    readonly run: Run | undefined;
    readonly plan: Pick<PhysicsPlan, 'gapSlots'>;
  },
): LiveSlots {
  const { lit, run, plan } = before;
  const [min, max] = run === undefined ? [-Infinity, Infinity] : [slotOf(run.min), slotOf(run.max)];
  let last = lit !== undefined && (run === undefined || lit >= slotOf(run.baseOrbit)) ? lit : undefined;
  let live = slots.length;
  let gaps = 0;
  let gapSlots = 0;
  for (const slot of slots) {
    if (slot < min || slot > max) continue;
    const empty = last === undefined ? 0 : slot - last - 1;
    if (empty > plan.gapSlots) {
      gaps++;
      gapSlots += empty;
    } else if (empty > 0) {
      live += empty;
    }
    last = Math.max(slot, last ?? slot);
  }
  return { live, lit: slots.length, first: slots.at(0), last: slots.at(-1), gaps, gapSlots, litLast: last ?? lit };
}
