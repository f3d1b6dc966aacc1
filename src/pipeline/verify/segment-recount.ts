import { chamberChannels } from '../../domain/geometry.js';
import type { PhysicsPlan } from '../../domain/physics-plan.js';
import { ChamberTime, isWeakTime } from '../../physics/chamber-time.js';
import { EventReference } from '../../physics/event-reference.js';
import { SegmentCounts, segmentTotals, type SegmentTotals } from '../../physics/segment-counts.js';
import { SegmentSearch } from '../../physics/segment-search.js';
import { addDrift, emptyDrift, type RecountedDrift } from './drift-recount.js';
import { codeOfRow, isTimedRow, tickOfRow } from './ordered-row.js';

/** Most hits of a chamber in an orbit that are searched at once, before the lists grow. */
const hitsFirst = 256;

/** Recounts segments and drift times after the other chambers, with the searches of `src/physics`. */
export class SegmentRecount {
  readonly #plan: PhysicsPlan;
  readonly #searches: readonly SegmentSearch[];
  readonly #counts: SegmentCounts;
  readonly #time: ChamberTime;
  readonly #reference: EventReference;
  #drift: RecountedDrift[];
  #channels = new Uint8Array(hitsFirst);
  #ticks = new Int32Array(hitsFirst);

  constructor(plan: PhysicsPlan) {
    this.#plan = plan;
    this.#searches = plan.chambers.map((chamber) => new SegmentSearch({ ...plan, ...chamber }));
    this.#counts = new SegmentCounts(
      plan.chambers.map(({ xUm, channels }) => ({ ...plan, xUm, columns: channels / 4 })),
    );
    this.#time = new ChamberTime(plan);
    this.#reference = new EventReference(plan.tickNs);
    this.#drift = plan.chambers.map(() => emptyDrift(plan));
  }

  /** What a message says of a chamber's segments. */
  of(chamber: number): { readonly segments: SegmentTotals; readonly drift_chambers?: RecountedDrift } {
    const segments = segmentTotals(this.#counts.values, chamber);
    return this.#plan.time === 'trigger' ? { segments } : { segments, drift_chambers: this.#drift[chamber] };
  }

  restart(): void {
    this.#counts.values.fill(0);
    this.#drift = this.#plan.chambers.map(() => emptyDrift(this.#plan));
  }

  /** Searches the hits of a chamber in an orbit whose time window lies in the orbit. */
  addChamber(chamber: number, hits: Uint32Array, reference: number): void {
    const search = this.#searches[chamber];
    search.find(this.#channels, this.#ticks, 0, this.#take(hits, reference));
    this.#counts.add(chamber, search);
  }

  /** Counts an orbit whose time comes from its chambers. @param byChamber its hits */
  addOrbit(byChamber: readonly Uint32Array[]): void {
    const { chambers, orbitTicks } = this.#plan;
    this.#reference.clear();
    byChamber.forEach((hits, chamber) => {
      const found = this.#time.find(this.#channels, this.#ticks, 0, this.#take(hits, 0));
      for (let index = 0; index < found; index++) {
        const timeNs = this.#time.t0Ns[index] + chambers[chamber].t0Ns;
        if (!isWeakTime(this.#time.sides[index])) this.#reference.add(chamber, timeNs);
      }
    });
    byChamber.forEach((hits, chamber) => {
      const reference = this.#reference.of(chamber);
      if (reference === undefined) return;
      for (const row of hits) {
        const ticks = isTimedRow(row) ? tickOfRow(row) - reference : undefined;
        addDrift(this.#drift[chamber], ticks, this.#plan, chamber);
      }
      const { windowFirst, windowLast } = chambers[chamber];
      if (reference + windowFirst < 0 || reference + windowLast > orbitTicks - 1) return;
      this.addChamber(chamber, hits, reference);
    });
  }

  /** Takes the hits that have a time, as ticks after `reference`; returns how many. */
  #take(rows: Uint32Array, reference: number): number {
    if (rows.length > this.#ticks.length) {
      this.#channels = new Uint8Array(2 * rows.length);
      this.#ticks = new Int32Array(2 * rows.length);
    }
    let hits = 0;
    for (const row of rows) {
      if (!isTimedRow(row)) continue;
      this.#channels[hits] = codeOfRow(row) % chamberChannels;
      this.#ticks[hits++] = tickOfRow(row) - reference;
    }
    return hits;
  }
}
