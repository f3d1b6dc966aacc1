import type { Summary } from '../domain/batch-message.js';
import { type Geometry, orbitNsOf } from '../domain/geometry.js';
import { plainText } from '../domain/plain-text.js';
import type { SummaryPhysics } from '../domain/physics-message.js';
import { slotOrbits } from '../domain/slot.js';
import type { Rate } from '../physics/rates.js';
import { type ChamberView, chamberView } from './chamber-view.js';

/** What is shown of the physics of a sum of messages. Undefined = there is nothing that says it. */
export interface PhysicsView {
  /** Live time of the detector, in s and in slots of `slotMs`; `lit` = slots with a row. */
  readonly live: {
    readonly seconds: number;
    readonly slots: number;
    readonly lit: number;
    readonly slotMs: number;
    /** Pauses that are not live, and their length in s. */
    readonly gaps: number;
    readonly gapS: number;
  };
  /** Undefined where no trigger is configured. */
  readonly trigger: TriggerView | undefined;
  readonly chambers: readonly ChamberView[];
}

interface TriggerView {
  /** Whether any of them gives time; the numbers of orbits are of such alone. */
  readonly isTime: boolean;
  /** Orbits with a time trigger per live second; undefined without live time. */
  readonly rate: Rate | undefined;
  readonly orbits: number;
  /** Of them: with two or more rows of one trigger; with a window that leaves the orbit. */
  readonly multiple: number;
  readonly border: number;
  /** By configured trigger. */
  readonly rows: readonly { readonly name: string; readonly rows: number }[];
}

/** Longest name of a trigger. */
const nameMax = 20;

/**
 * @param sums of one geometry
 * @param lanes of the group: each of them counts the live time of the whole detector
 */
export function physicsView(
  sums: Pick<Summary, 'active_channels_chamber'> & { readonly physics: SummaryPhysics },
  { clock, chambers, triggers }: Pick<Geometry, 'clock' | 'chambers' | 'triggers'>,
  lanes = 1,
): PhysicsView {
  const { slots, trigger, chambers: counts } = sums.physics;
  const slotS = (slotOrbits * orbitNsOf(clock)) / 1e9;
  const [liveSlots, lit, gaps, gapSlots] = [slots.live, slots.lit, slots.gaps, slots.gap_slots].map((n) => n / lanes);
  const seconds = liveSlots * slotS;
  return {
    live: { seconds, slots: liveSlots, lit, slotMs: 1000 * slotS, gaps, gapS: gapSlots * slotS },
    trigger:
      triggers.length === 0
        ? undefined
        : {
            isTime: triggers.some(({ time }) => time),
            rate:
              seconds === 0
                ? undefined
                : { hz: trigger.orbits / seconds, sigmaHz: Math.sqrt(trigger.orbits) / seconds },
            orbits: trigger.orbits,
            multiple: trigger.multiple,
            border: trigger.border,
            rows: triggers.map(({ name, fpga, channel }, index) => ({
              name: plainText(name ?? `${fpga}:${channel}`, nameMax),
              rows: trigger.rows[index] ?? 0,
            })),
          },
    chambers: chambers.flatMap((geometry, chamber) => {
      const physics = counts[String(chamber)];
      const activeChannels = sums.active_channels_chamber[String(chamber)] ?? [];
      return physics === undefined
        ? []
        : [chamberView({ chamber, geometry, clock, physics, activeChannels, liveSlots })];
    }),
  };
}
