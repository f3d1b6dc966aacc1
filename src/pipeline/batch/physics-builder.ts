import { chamberAt, chamberBlock, detectorAt } from '../../compute/physics-block.js';
import { driftChambersAt } from '../../compute/segment-sums.js';
import type { PhysicsSums } from '../../compute/tasks.js';
import { chamberChannels, chamberLayers } from '../../domain/geometry.js';
import type { ChamberPhysics, DriftHistogram, Physics, SegmentCounts } from '../../domain/physics-message.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { plainNumbers } from '../../domain/plain-numbers.js';
import { segmentTotals } from '../../physics/segment-counts.js';
import type { LiveSlots } from './live-slots.js';

/** Raw slots: those of a 32-bit orbit counter. */
const rawSlots = 2 ** 26;

/** What a message says about physics. */
export function buildPhysics(plan: PhysicsPlan, sums: PhysicsSums, slots: LiveSlots): Physics {
  const { counts } = sums;
  const liveS = slots.live * plan.slotS;
  const orbits = counts[detectorAt.orbits];
  return {
    version: 1,
    geometry: plan.geometry,
    slots: {
      live: slots.live,
      lit: slots.lit,
      first: rawSlot(slots.first),
      last: rawSlot(slots.last),
      gaps: slots.gaps,
      gap_slots: slots.gapSlots,
    },
    live_s: liveS,
    trigger: {
      rows: plainNumbers(counts, detectorAt.rows, plan.triggers.length),
      orbits,
      multiple: counts[detectorAt.multiple],
      border: counts[detectorAt.border],
      rate_hz: liveS === 0 ? null : orbits / liveS,
    },
    chambers: Object.fromEntries(plan.chambers.map((_, chamber) => [chamber, buildChamber(plan, sums, chamber)])),
  };
}

function buildChamber(plan: PhysicsPlan, { counts, layers, segments }: PhysicsSums, chamber: number): ChamberPhysics {
  const block = chamberBlock(counts, plan, chamber);
  const byChannel = (from: number): number[] => plainNumbers(block, from, from + chamberChannels);
  const activeOrbits = byChannel(chamberAt.activeOrbits);
  const byLayer = plainNumbers(layers, chamberLayers * chamber, chamberLayers * (chamber + 1));
  const drift = block.subarray(chamberAt.drift);
  return {
    active_slots: byChannel(chamberAt.activeSlots),
    active_orbits: activeOrbits,
    repeats: sum(byLayer) - sum(activeOrbits),
    duplicates: block[chamberAt.duplicates],
    single: byChannel(chamberAt.single),
    bursts: block[chamberAt.bursts],
    untimed: block[chamberAt.untimed],
    layers: byLayer,
    gated: {
      orbits: block[chamberAt.gatedOrbits],
      matched: block[chamberAt.matched],
      in_time: block[chamberAt.inTime],
      hits: block[chamberAt.gatedHits],
      channels: byChannel(chamberAt.gatedChannels),
      active: plainNumbers(block, chamberAt.gatedActive, chamberAt.gatedActive + chamberChannels + 1),
    },
    drift: driftOf(plan, chamber, drift),
    ...(plan.isFull && {
      ...(plan.time === 'chambers' && {
        drift_chambers: driftOf(plan, chamber, driftChambersOf(plan, segments, chamber)),
      }),
      segments: segmentsOf(plan, segments, { chamber, matched: block[chamberAt.matched] }),
    }),
  };
}

function driftOf(plan: PhysicsPlan, chamber: number, counts: Uint32Array | Float64Array): DriftHistogram {
  const { tickFirst, offsetNs } = plan.chambers[chamber];
  return {
    tick_first: tickFirst,
    ticks_bin: plan.ticksBin,
    offset_ns: offsetNs,
    under: counts[0],
    over: counts[plan.bins + 1],
    counts: plainNumbers(counts, 1, plan.bins + 1),
  };
}

function driftChambersOf(plan: PhysicsPlan, segments: Float64Array, chamber: number): Float64Array {
  const from = driftChambersAt(plan, chamber);
  return segments.subarray(from, from + plan.bins + 2);
}

/** Where a trigger gives the time, every orbit in which the window lies is an event. */
function segmentsOf(
  plan: PhysicsPlan,
  counts: Float64Array,
  { chamber, matched }: { readonly chamber: number; readonly matched: number },
): SegmentCounts {
  const totals = segmentTotals(counts, chamber);
  return plan.time === 'trigger' ? { ...totals, events: matched } : totals;
}

function rawSlot(slot: number | undefined): number | null {
  return slot === undefined ? null : slot % rawSlots;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
