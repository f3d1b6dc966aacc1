import { type RowTable, rowFlag } from './row-table.js';

/** Orbits between the last one of a pass and the first one of the next: more than streams are out of order. */
export const loopGapOrbits = 4096;

/** A larger step needs a streak of hits that agree, as in docs/semantics.md. */
const stepMax = 2 ** 20;
const streakLength = 16;

/** State of a {@link LoopClock}, for resuming. */
export interface LoopClockState {
  /** Orbit at which the pass began, and the largest one since; absent = not known yet. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** A streak that may become the clock: where it began, how far it is and how many rows it has. */
  readonly streakFirst: number;
  readonly streakLast: number;
  readonly streakRows: number;
}

/**
 * Follows the orbits of a pass over the input, so that the next pass can continue above them. Single corrupt orbits do
 * not move it. Orbits have 32 bits and wrap; differences are signed.
 */
export class LoopClock {
  #first: number | undefined;
  #last: number | undefined;
  #streakFirst = 0;
  #streakLast = 0;
  #streakRows = 0;

  constructor(state?: LoopClockState) {
    if (state === undefined) return;
    this.#first = state.first;
    this.#last = state.last;
    this.#streakFirst = state.streakFirst;
    this.#streakLast = state.streakLast;
    this.#streakRows = state.streakRows;
  }

  get state(): LoopClockState {
    return {
      ...(this.#first === undefined ? {} : { first: this.#first }),
      ...(this.#last === undefined ? {} : { last: this.#last }),
      streakFirst: this.#streakFirst,
      streakLast: this.#streakLast,
      streakRows: this.#streakRows,
    };
  }

  /** Takes note of rows `from` to `to` (excluded). */
  advance({ flags, orbits }: RowTable, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      if ((flags[row] & rowFlag.clock) === 0) continue;
      const orbit = orbits[row];
      const step = this.#last === undefined ? undefined : (orbit - this.#last) | 0;
      if (step === undefined || step > stepMax || step < -stepMax) {
        this.#streak(orbit);
      } else {
        this.#streakRows = 0;
        if (step > 0) this.#last = orbit;
      }
    }
  }

  /** How much later in orbits the next pass has to be than this one: 32 bits, to be added modulo 2^32. */
  passOrbits(): number {
    // An input of a few hits has no streak: then what there is of one has to do.
    const first = this.#first ?? this.#streakFirst;
    const last = this.#last ?? this.#streakLast;
    return (last - first + loopGapOrbits) >>> 0;
  }

  #streak(orbit: number): void {
    const step = (orbit - this.#streakLast) | 0;
    if (this.#streakRows === 0 || step > stepMax || step < -stepMax) {
      this.#streakFirst = orbit;
      this.#streakLast = orbit;
      this.#streakRows = 0;
    } else if (step > 0) {
      this.#streakLast = orbit;
    }
    if (++this.#streakRows < streakLength) return;
    this.#first ??= this.#streakFirst;
    this.#last = this.#streakLast;
    this.#streakRows = 0;
  }
}
