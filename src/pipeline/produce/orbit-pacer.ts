import { Pacer } from './pacer.js';
import { type RowTable, rowFlag, tableRows } from './row-table.js';

/** A longer step of the orbit counter, forward or back, is a gap or a new run: ms of detector time. */
export const gapMsMin = 5000;

/** A gap needs a streak of hits that agree, as in docs/semantics.md: a single corrupt orbit is none. */
const streakLength = 16;

/**
 * Rows are due when their orbits were, counted from the first one: the largest orbit so far counts, so that rows out of
 * order go with their neighbours. Gaps and new runs take no time. Orbits have 32 bits and wrap; differences are signed.
 */
export class OrbitPacer extends Pacer {
  readonly #orbitMs: number;
  readonly #gapOrbits: number;
  /** When each row known is due, in orbits after the start; those from `next` to `end` are not taken. */
  readonly #dueOrbits = new Float64Array(tableRows);
  #next = 0;
  #end = 0;
  /** Rows known at which a gap was found, and gaps before the rows taken. */
  #gapRows: number[] = [];
  #gaps = 0;
  #takenOrbits = 0;
  /** Largest orbit of the rows known, as the counter has it and from the start; undefined = no hit so far. */
  #last: number | undefined;
  #orbits = 0;
  #streakFirst = 0;
  #streakLast = 0;
  #streakRows = 0;
  readonly #speed: number;

  /**
   * @param orbitNs length of an orbit
   * @param speed how much faster than the detector, above 0
   */
  constructor(orbitNs: number, speed: number) {
    super();
    this.#speed = speed;
    this.#orbitMs = orbitNs / 1e6;
    this.#gapOrbits = gapMsMin / this.#orbitMs;
  }

  /** Detector time from the first row to the last one taken, without gaps, ms. */
  get detectorMs(): number {
    return this.#takenOrbits * this.#orbitMs;
  }

  /** Gaps and new runs in the rows taken. */
  get gaps(): number {
    return this.#gaps;
  }

  override look({ count, flags, orbits }: RowTable, next: number): void {
    if (this.#next < this.#end) return;
    this.#next = next;
    this.#end = count;
    this.#gapRows = [];
    for (let row = next; row < count; row++) {
      if ((flags[row] & rowFlag.clock) !== 0 && this.#advance(orbits[row])) this.#gapRows.push(row);
      this.#dueOrbits[row] = this.#orbits;
    }
  }

  override take(rows: number): void {
    if (rows === 0) return;
    this.#next += rows;
    this.#takenOrbits = this.#dueOrbits[this.#next - 1];
    while (this.#gapRows.length > 0 && this.#gapRows[0] < this.#next) {
      this.#gapRows.shift();
      this.#gaps++;
    }
  }

  protected override dueAfter(elapsedMs: number): number {
    let row = this.#next;
    // A row is due at its very instant, which the rounding of the clock may miss.
    while (row < this.#end && this.#rowMs(row) <= elapsedMs + 1e-6) row++;
    return row - this.#next;
  }

  /** Infinity for a row that is not known; after the last one known, its own time. */
  protected override dueMs(ahead: number): number {
    if (this.#next === this.#end) return (this.#orbits * this.#orbitMs) / this.#speed;
    return this.#next + ahead < this.#end ? this.#rowMs(this.#next + ahead) : Infinity;
  }

  #rowMs(row: number): number {
    return (this.#dueOrbits[row] * this.#orbitMs) / this.#speed;
  }

  /** Moves on to the orbit of a hit; true where a gap is certain. */
  #advance(orbit: number): boolean {
    this.#last ??= orbit;
    const step = (orbit - this.#last) | 0;
    if (Math.abs(step) > this.#gapOrbits) return this.#streak(orbit);
    this.#streakRows = 0;
    if (step > 0) {
      this.#last = orbit;
      this.#orbits += step;
    }
    return false;
  }

  #streak(orbit: number): boolean {
    const step = (orbit - this.#streakLast) | 0;
    if (this.#streakRows === 0 || Math.abs(step) > this.#gapOrbits) {
      this.#streakFirst = orbit;
      this.#streakLast = orbit;
      this.#streakRows = 0;
    } else if (step > 0) {
      this.#streakLast = orbit;
    }
    if (++this.#streakRows < streakLength) return false;
    this.#last = this.#streakLast;
    this.#orbits += (this.#streakLast - this.#streakFirst) >>> 0;
    this.#streakRows = 0;
    return true;
  }
}
