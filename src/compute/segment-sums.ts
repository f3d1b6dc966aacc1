import type { PhysicsPlan } from '../domain/physics-plan.js';
import { ChamberTime, isWeakTime } from '../physics/chamber-time.js';
import { EventReference } from '../physics/event-reference.js';
import { SegmentCounts, segmentCountsSize } from '../physics/segment-counts.js';
import { SegmentSearch } from '../physics/segment-search.js';
import { type SegmentUnits, unitStride, untimedTick } from './orbit-table.js';

/** Where the drift times of a chamber begin, `under`, the bins and `over`: behind the segments of all chambers. */
export function driftChambersAt({ chambers, bins }: Pick<PhysicsPlan, 'chambers' | 'bins'>, chamber: number): number {
  return chambers.length * segmentCountsSize + chamber * (bins + 2);
}

/**
 * Counts of segments that are timed by chambers, and of their drift times, in one array of numbers that add up: those of
 * `SegmentCounts`, then {@link driftChambersAt}. Segments that are timed by triggers are counted in the kernel.
 */
export class SegmentSums {
  readonly #plan: PhysicsPlan;
  readonly #searches: readonly SegmentSearch[];
  readonly #counts: SegmentCounts;
  readonly #times: readonly ChamberTime[];
  readonly #reference: EventReference;
  readonly #drift: Float64Array;
  /** Hits of a unit that have a time, and their ticks. */
  #channels = new Uint8Array(256);
  #ticks = new Int32Array(256);

  constructor(plan: PhysicsPlan) {
    const { chambers, velocityUmNs, tickNs, sigmaXUm, chi2Four, chi2Three, slopeMax, bins } = plan;
    const cuts = { sigmaXUm, chi2Four, chi2Three, slopeMax };
    this.#plan = plan;
    this.#searches = chambers.map((chamber) => new SegmentSearch({ ...chamber, velocityUmNs, tickNs, ...cuts }));
    this.#counts = new SegmentCounts(
      chambers.map(({ xUm, channels }) => ({ xUm, columns: channels / 4, sigmaXUm, chi2Three })),
    );
    this.#times = chambers.map(() => new ChamberTime({ velocityUmNs, tickNs }));
    this.#reference = new EventReference(tickNs);
    this.#drift = new Float64Array(chambers.length * (bins + 2));
  }

  /** Searches the units of a shard. */
  add(found: SegmentUnits): void {
    const { units } = found;
    const count = units.length / unitStride;
    for (let first = 0; first < count;) {
      const orbit = units[first * unitStride + 1];
      let end = first + 1;
      while (end < count && units[end * unitStride + 1] === orbit) end++;
      this.#addOrbit(found, first, end);
      first = end;
    }
  }

  /** All counts since the last time. */
  take(): Float64Array {
    const { values } = this.#counts;
    const all = new Float64Array(values.length + this.#drift.length);
    all.set(values);
    all.set(this.#drift, values.length);
    values.fill(0);
    this.#drift.fill(0);
    return all;
  }

  /** Counts an orbit whose time comes from its chambers: units [first, end), by chamber. */
  #addOrbit(found: SegmentUnits, first: number, end: number): void {
    const { chambers, orbitTicks } = this.#plan;
    const reference = this.#reference;
    reference.clear();
    for (let unit = first; unit < end; unit++) this.#addTimes(found, unit);
    let unit = first;
    for (let chamber = 0; chamber < chambers.length; chamber++) {
      const hasHits = unit < end && found.units[unit * unitStride] === chamber;
      const tick = reference.of(chamber);
      if (tick !== undefined) {
        const hits = hasHits ? this.#timedHits(found, unit, tick) : 0;
        if (hasHits) this.#addDrift(chamber, hits, endOf(found, unit) - found.units[unit * unitStride + 2] - hits);
        const { windowFirst, windowLast } = chambers[chamber];
        if (tick + windowFirst >= 0 && tick + windowLast < orbitTicks) {
          const search = this.#searches[chamber];
          search.find(this.#channels, this.#ticks, 0, hits);
          this.#counts.add(chamber, search);
        }
      }
      if (hasHits) unit++;
    }
  }

  /** Adds the times of the muons that a unit has seen. */
  #addTimes(found: SegmentUnits, unit: number): void {
    const chamber = found.units[unit * unitStride];
    const { t0Ns } = this.#plan.chambers[chamber];
    const time = this.#times[chamber];
    const segments = time.find(this.#channels, this.#ticks, 0, this.#timedHits(found, unit, 0));
    for (let index = 0; index < segments; index++) {
      if (!isWeakTime(time.sides[index])) this.#reference.add(chamber, time.t0Ns[index] + t0Ns);
    }
  }

  /** Takes the hits of a unit that have a time, as ticks after `reference`; returns how many. */
  #timedHits(found: SegmentUnits, unit: number, reference: number): number {
    const from = found.units[unit * unitStride + 2];
    const to = endOf(found, unit);
    if (to - from > this.#ticks.length) {
      this.#channels = new Uint8Array(2 * (to - from));
      this.#ticks = new Int32Array(2 * (to - from));
    }
    let hits = 0;
    for (let hit = from; hit < to; hit++) {
      const tick = found.ticks[hit];
      if (tick === untimedTick) continue;
      this.#channels[hits] = found.channels[hit];
      this.#ticks[hits++] = tick - reference;
    }
    return hits;
  }

  #addDrift(chamber: number, hits: number, untimed: number): void {
    const { bins, ticksBin, chambers } = this.#plan;
    const { tickFirst } = chambers[chamber];
    const under = chamber * (bins + 2);
    for (let hit = 0; hit < hits; hit++) {
      const bin = Math.floor((this.#ticks[hit] - tickFirst) / ticksBin);
      this.#drift[under + 1 + Math.min(Math.max(bin, -1), bins)]++;
    }
    this.#drift[under + 1 + bins] += untimed;
  }
}

function endOf({ units, ticks }: SegmentUnits, unit: number): number {
  const next = (unit + 1) * unitStride;
  return next < units.length ? units[next + 2] : ticks.length;
}
