import { chamberChannels, chamberLayers, type Geometry, layerOf } from '../../domain/geometry.js';
import type { ChamberPhysics, Physics } from '../../domain/physics-message.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { rowCode } from '../../domain/row-code.js';
import { slotEnd, slotOf, slotOrbits } from '../../domain/slot.js';
import type { Run } from '../../domain/timeline.js';
import { addDrift, emptyDrift, type RecountedDrift, zeros } from './drift-recount.js';
import { codeOfRow, isTimedRow, orderedRow, tickOfRow } from './ordered-row.js';
import { SegmentRecount } from './segment-recount.js';

/** What a recount says, under the keys of messages: whole numbers only. */
export interface RecountedPhysics {
  readonly slots: Physics['slots'];
  readonly trigger: Omit<Physics['trigger'], 'rate_hz'>;
  readonly chambers: readonly (Omit<ChamberPhysics, 'drift' | 'drift_chambers'> & {
    readonly drift: RecountedDrift;
    readonly drift_chambers?: RecountedDrift;
  })[];
}

export interface PhysicsRecountOptions {
  readonly geometry: Geometry;
  readonly plan: PhysicsPlan;
  /** Whether segments are searched, too. */
  readonly hasSegments: boolean;
  /** Last slot with a row of the messages before, of the same run, as a raw one; undefined = none. */
  readonly rawSlotBefore: number | undefined;
}

interface LitSlot {
  readonly slot: number;
  /** Undefined where all is one run. */
  readonly run: Run | undefined;
}

const rawSlots = 2 ** 26;
const orbitSpan = 2 ** 32;
/** More active channels than this are a burst. */
const burstChannels = 20;

/**
 * Recounts physics in a different way than the pipeline: the rows of a slot are kept until nothing more can come, then
 * sorted by orbit, channel and tick, and each orbit is counted from its rows side by side.
 */
export class PhysicsRecount {
  readonly #options: PhysicsRecountOptions;
  readonly #runOf: (orbit: number) => Run | undefined;
  /** By chamber: the triggers that time it. */
  readonly #timing: readonly (readonly number[])[];
  /** By slot: `orbit in the slot * 2^32 + row`. */
  readonly #open = new Map<number, number[]>();
  /** The last slot with a row, and its run. */
  #lit: LitSlot | undefined;
  readonly #segments: SegmentRecount | undefined;
  #counts: RecountedPhysics;

  /** @param runOf the run that an orbit lies in; undefined where there is only one */
  constructor(options: PhysicsRecountOptions, runOf: (orbit: number) => Run | undefined) {
    const { geometry, plan, hasSegments } = options;
    this.#options = options;
    this.#runOf = runOf;
    this.#timing = geometry.chambers.map((_, chamber) =>
      geometry.triggers.flatMap(({ time, chambers }, trigger) =>
        time && (chambers === 'all' || chambers.includes(chamber)) ? [trigger] : [],
      ),
    );
    this.#segments = hasSegments ? new SegmentRecount(plan) : undefined;
    this.#counts = nothing(options);
  }

  get counts(): RecountedPhysics {
    const segments = this.#segments;
    if (segments === undefined) return this.#counts;
    const chambers = this.#counts.chambers.map((counts, chamber) => ({ ...counts, ...segments.of(chamber) }));
    return { ...this.#counts, chambers };
  }

  /** Counts from here on; time goes on. */
  restart(): void {
    this.#counts = nothing(this.#options);
    this.#segments?.restart();
  }

  /** @param orbit on the time line */
  add(orbit: number, key: number): void {
    const slot = slotOf(orbit);
    const rows = this.#open.get(slot);
    const row = (orbit % slotOrbits) * orbitSpan + orderedRow(key);
    if (rows === undefined) this.#open.set(slot, [row]);
    else rows.push(row);
  }

  /** Counts the slots whose orbits are all below a bound. */
  settleBelow(bound: number): void {
    const slots = [...this.#open.keys()].filter((slot) => slotEnd(slot) < bound);
    for (const slot of slots.sort((a, b) => a - b)) {
      this.addSlot(slot, Float64Array.from(this.#open.get(slot) ?? []).sort());
      this.#open.delete(slot);
    }
  }

  /** Forgets the slots above a bound. */
  dropAbove(bound: number): void {
    for (const slot of this.#open.keys()) if (slot > slotOf(bound)) this.#open.delete(slot);
  }

  /** Counts a slot. @param rows `orbit in the slot * 2^32 + ordered row`, ascending */
  addSlot(slot: number, rows: Float64Array): void {
    this.#addTime(slot);
    const orbits = Uint8Array.from(rows, (row) => Math.floor(row / orbitSpan));
    const ordered = Uint32Array.from(rows, (row) => row % orbitSpan);
    const active = new Set<number>();
    for (let first = 0; first < rows.length;) {
      let end = first + 1;
      while (end < rows.length && orbits[end] === orbits[first]) end++;
      this.#addOrbit(ordered.subarray(first, end));
      first = end;
    }
    for (const row of ordered) if (codeOfRow(row) < rowCode.scintillator) active.add(codeOfRow(row));
    for (const code of active) {
      this.#counts.chambers[Math.floor(code / chamberChannels)].active_slots[code % chamberChannels]++;
    }
  }

  #addTime(slot: number): void {
    const { slots } = this.#counts;
    const { gapSlots } = this.#options.plan;
    const rawSlot = slot % rawSlots;
    slots.lit++;
    slots.live++;
    slots.first ??= rawSlot;
    slots.last = rawSlot;
    const run = this.#runOf(slot * slotOrbits);
    // What a row that was never placed has claimed.
    if (run !== undefined && (slot < slotOf(run.min) || slot > slotOf(run.max))) return;
    const lit = this.#lit ?? this.#litBefore(slot, run);
    const before = lit?.run === run ? lit?.slot : undefined;
    const empty = before === undefined ? 0 : slot - before - 1;
    if (empty > gapSlots) {
      slots.gaps++;
      slots.gap_slots += empty;
    } else if (empty > 0) slots.live += empty;
    this.#lit = { slot: Math.max(slot, before ?? slot), run };
  }

  /** The last slot of the messages before the recount, in the run of the first slot. */
  #litBefore(slot: number, run: Run | undefined): LitSlot | undefined {
    const { rawSlotBefore } = this.#options;
    return rawSlotBefore === undefined ? undefined : { slot: slot - apart(slot % rawSlots, rawSlotBefore), run };
  }

  /** @param rows of one orbit, ascending: hits by chamber, channel and tick, then triggers */
  #addOrbit(rows: Uint32Array): void {
    const { geometry, plan } = this.#options;
    const hitsEnd = rows.findIndex((row) => codeOfRow(row) >= rowCode.scintillator);
    const hits = hitsEnd < 0 ? rows : rows.subarray(0, hitsEnd);
    const references = hitsEnd < 0 ? undefined : this.#addTriggers(rows.subarray(hitsEnd));
    let isBorder = false;
    let first = 0;
    const byChamber = geometry.chambers.map((_, chamber) => {
      let end = first;
      while (end < hits.length && codeOfRow(hits[end]) < (chamber + 1) * chamberChannels) end++;
      const own = hits.subarray(first, end);
      first = end;
      const active = own.length === 0 ? 0 : this.#addHits(chamber, own);
      const reference = references?.[chamber];
      if (reference === undefined) return own;
      const { windowFirst, windowLast } = plan.chambers[chamber];
      const isFiducial = reference + windowFirst >= 0 && reference + windowLast <= plan.orbitTicks - 1;
      isBorder ||= !isFiducial;
      this.#addGated(chamber, own, { reference, active, isFiducial });
      if (isFiducial && plan.time === 'trigger') this.#segments?.addChamber(chamber, own, reference);
      return own;
    });
    if (isBorder) this.#counts.trigger.border++;
    if (plan.time === 'chambers') this.#segments?.addOrbit(byChamber);
  }

  /** Counts the trigger rows of an orbit; returns the reference of each chamber. */
  #addTriggers(rows: Uint32Array): (number | undefined)[] {
    const { triggers } = this.#options.geometry;
    const { trigger: counts } = this.#counts;
    const ofTime = new Map<number, number>();
    const ticks = new Map<number, number>();
    for (const row of rows) {
      const trigger = codeOfRow(row) - rowCode.scintillator;
      counts.rows[trigger]++;
      if (triggers[trigger].time) ofTime.set(trigger, (ofTime.get(trigger) ?? 0) + 1);
      if (isTimedRow(row)) ticks.set(trigger, Math.min(tickOfRow(row), ticks.get(trigger) ?? Infinity));
    }
    if (ofTime.size > 0) counts.orbits++;
    if ([...ofTime.values()].some((count) => count > 1)) counts.multiple++;
    return this.#timing.map((timing) => {
      const own = timing.flatMap((trigger) => ticks.get(trigger) ?? []);
      return own.length === 0 ? undefined : Math.min(...own);
    });
  }

  /** Counts the hits of a chamber in an orbit; returns its active channels. */
  #addHits(chamber: number, hits: Uint32Array): number {
    const counts = this.#counts.chambers[chamber];
    let active = 0;
    hits.forEach((row, index) => {
      const channel = codeOfRow(row) % chamberChannels;
      counts.layers[layerOf(channel)]++;
      if (!isTimedRow(row)) counts.untimed++;
      const before = index === 0 ? undefined : hits[index - 1];
      if (before === undefined || codeOfRow(before) !== codeOfRow(row)) {
        active++;
        counts.active_orbits[channel]++;
        return;
      }
      counts.repeats++;
      if (tickOfRow(before) === tickOfRow(row)) counts.duplicates++;
    });
    if (active === 1) counts.single[codeOfRow(hits[0]) % chamberChannels]++;
    if (active > burstChannels) counts.bursts++;
    return active;
  }

  #addGated(
    chamber: number,
    hits: Uint32Array,
    orbit: { readonly reference: number; readonly active: number; readonly isFiducial: boolean },
  ): void {
    const { reference, active, isFiducial } = orbit;
    const { plan } = this.#options;
    const { windowFirst, windowLast } = plan.chambers[chamber];
    const { gated, drift } = this.#counts.chambers[chamber];
    gated.orbits++;
    gated.active[active]++;
    gated.hits += hits.length;
    let isInTime = false;
    for (const row of hits) {
      const ticks = isTimedRow(row) ? tickOfRow(row) - reference : undefined;
      gated.channels[codeOfRow(row) % chamberChannels]++;
      addDrift(drift, ticks, plan, chamber);
      isInTime ||= ticks !== undefined && ticks >= windowFirst && ticks <= windowLast;
    }
    if (isFiducial) gated.matched++;
    if (isFiducial && isInTime) gated.in_time++;
  }
}

function nothing({ geometry, plan }: PhysicsRecountOptions): RecountedPhysics {
  return {
    slots: { live: 0, lit: 0, first: null, last: null, gaps: 0, gap_slots: 0 },
    trigger: { rows: zeros(geometry.triggers.length), orbits: 0, multiple: 0, border: 0 },
    chambers: geometry.chambers.map(() => ({
      active_slots: zeros(chamberChannels),
      active_orbits: zeros(chamberChannels),
      repeats: 0,
      duplicates: 0,
      single: zeros(chamberChannels),
      bursts: 0,
      untimed: 0,
      layers: zeros(chamberLayers),
      gated: {
        orbits: 0,
        matched: 0,
        in_time: 0,
        hits: 0,
        channels: zeros(chamberChannels),
        active: zeros(chamberChannels + 1),
      },
      drift: emptyDrift(plan),
    })),
  };
}

/** Slots from one raw slot to a later one; the counter may have wrapped. */
function apart(rawSlot: number, before: number): number {
  return ((rawSlot - before + rawSlots * 1.5) % rawSlots) - rawSlots / 2;
}
