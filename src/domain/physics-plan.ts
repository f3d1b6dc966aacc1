import { type Geometry, orbitNsOf } from './geometry.js';
import type { PhysicsSettings } from './physics-settings.js';
import { referenceSetsOf } from './reference-sets.js';
import { slotOrbits } from './slot.js';

/** The whole numbers that physics is counted with, made once of geometry and settings; see docs/physics.md. */
export interface PhysicsPlan {
  /** Hash of {@link physicsText}. */
  readonly geometry: string;
  /** Whether segments are searched. */
  readonly isFull: boolean;
  /** What segments are timed by. */
  readonly time: 'trigger' | 'chambers';
  /** Length of a tick, in ns. */
  readonly tickNs: number;
  readonly orbitTicks: number;
  readonly orbitBx: number;
  readonly bxTdcCounts: number;
  /** Length of a slot, in s. */
  readonly slotS: number;
  /** Most empty slots in a row that are live. */
  readonly gapSlots: number;
  /** By trigger: whether it gives time, and the sets that it is in, as bits. */
  readonly triggers: readonly { readonly isTime: boolean; readonly sets: number }[];
  readonly sets: number;
  readonly ticksBin: number;
  readonly bins: number;
  readonly velocityUmNs: number;
  /** Error of a position in whole um, and the bounds of a segment. */
  readonly sigmaXUm: number;
  readonly chi2Four: number;
  readonly chi2Three: number;
  readonly slopeMax: number;
  readonly chambers: readonly ChamberPlan[];
}

/** What differs between chambers. */
export interface ChamberPlan {
  /** Set of triggers whose earliest tick is the chamber's reference, -1 without one. */
  readonly set: number;
  readonly channels: number;
  readonly xUm: number;
  readonly t0Ns: number;
  /** First and last tick after the reference that are in time. */
  readonly windowFirst: number;
  readonly windowLast: number;
  /** First tick after the reference that the drift-time histogram has. */
  readonly tickFirst: number;
  /** Lower edge of the histogram as a drift time, in ns. */
  readonly offsetNs: number;
}

/** Rounding of quotients that are whole numbers. */
const slack = 1e-9;

/** The plan of a geometry that was checked. */
export function physicsPlan(
  geometry: Geometry,
  physics: PhysicsSettings,
  { isFull, hash }: { readonly isFull: boolean; readonly hash: string },
): PhysicsPlan {
  const { clock, chambers, triggers } = geometry;
  const tickNs = clock.bxNs / clock.bxTdcCounts;
  const slotS = (slotOrbits * orbitNsOf(clock)) / 1e9;
  const sets = referenceSetsOf(geometry);
  const sigmaXUm = Math.round(1000 * physics.segments.sigmaXMm);
  const { chi2Four, chi2Three, slopeMax } = physics.segments;
  return {
    geometry: hash,
    isFull,
    time: physics.time === 'auto' ? (sets.length > 0 ? 'trigger' : 'chambers') : physics.time,
    tickNs,
    orbitTicks: clock.orbitBx * clock.bxTdcCounts,
    orbitBx: clock.orbitBx,
    bxTdcCounts: clock.bxTdcCounts,
    slotS,
    gapSlots: physics.gapSlots ?? Math.ceil(5 / slotS - slack),
    triggers: triggers.map(({ time }, trigger) => ({
      isTime: time,
      sets: sets.reduce((bits, { triggers: timing }, set) => bits | (timing.includes(trigger) ? 1 << set : 0), 0),
    })),
    sets: sets.length,
    ticksBin: physics.ticksBin,
    bins: physics.bins,
    velocityUmNs: geometry.driftVelocityUmNs,
    ...{ sigmaXUm, chi2Four, chi2Three, slopeMax },
    chambers: chambers.map(({ channels, xMm, t0Ns }, chamber) => {
      const tickAt = (ns: number): number => (ns - t0Ns) / tickNs;
      const tickFirst = Math.ceil(tickAt(physics.driftFromNs) - slack);
      return {
        set: sets.findIndex((set) => set.chambers.includes(chamber)),
        channels,
        xUm: Math.round(1000 * xMm),
        t0Ns,
        windowFirst: Math.ceil(tickAt(physics.inTimeNs[0]) - slack),
        windowLast: Math.floor(tickAt(physics.inTimeNs[1]) + slack),
        tickFirst,
        offsetNs: (tickFirst - 0.5) * tickNs + t0Ns,
      };
    }),
  };
}

/**
 * What tells apart configurations whose physics must not be added up: the canonical JSON (keys sorted, no blanks, defaults
 * filled in) of geometry and physics, without names of triggers and without what only readers use.
 */
export function physicsText(geometry: Geometry, physics: PhysicsSettings): string {
  const triggers = geometry.triggers.map((trigger) => ({ ...trigger, name: undefined }));
  return JSON.stringify(
    sorted({ geometry: { ...geometry, triggers }, physics: { ...physics, boxEntries: undefined } }),
  );
}

/** The same value with the keys of its objects in order, and without those that have none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
