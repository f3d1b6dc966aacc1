/** What the quality tests say of a chamber, the worst last. */
export const chamberStates = ['unknown', 'ok', 'known', 'bad'] as const;
export type ChamberState = (typeof chamberStates)[number];

/** Seconds of a column. */
export const stateColumnS = 300;
const columnMs = 1000 * stateColumnS;
/** Columns that are kept: a day, like the minutes of a history. */
const columnsMax = 288;

/**
 * The worst state of each chamber in each 5 minutes of the clock. Kept is when each state was noted first, so that what is
 * shown of a moment of before is that of then.
 */
export class StateTrend {
  /**
   * By chamber: entry `(column mod length) · states + state` = ms of the column after which the state was noted first, and
   * 1; 0 = never.
   */
  #firsts: Uint32Array[] = [];
  #newest: number | undefined;

  clear(): void {
    [this.#firsts, this.#newest] = [[], undefined];
  }

  /** The same as it is now: what is noted later does not change it. */
  copy(): StateTrend {
    const copy = new StateTrend();
    [copy.#firsts, copy.#newest] = [this.#firsts.map((firsts) => firsts.slice()), this.#newest];
    return copy;
  }

  /** @param states by chamber @param atMs when they were so, ms since 1970 */
  note(states: readonly ChamberState[], atMs: number): void {
    const column = Math.floor(atMs / columnMs);
    if (Number.isNaN(column) || column <= this.#advance(column) - columnsMax) return;
    const first = 1 + Math.floor(atMs - column * columnMs);
    states.forEach((state, chamber) => {
      const firsts = (this.#firsts[chamber] ??= new Uint32Array(columnsMax * chamberStates.length));
      const at = placeOf(column) + chamberStates.indexOf(state);
      if (firsts[at] === 0 || first < firsts[at]) firsts[at] = first;
    });
  }

  /** The last columns up to the one of a moment, the newest last, by chamber; undefined where nothing was noted by then. */
  columns(columns: number, lastMs: number): (ChamberState | undefined)[][] {
    const last = Math.floor(lastMs / columnMs);
    return this.#firsts.map((firsts) =>
      Array.from({ length: columns }, (_, at) => {
        const column = last - (columns - 1 - at);
        return this.#isKept(column) ? worstOf(firsts, column, lastMs) : undefined;
      }),
    );
  }

  #isKept(column: number): boolean {
    return this.#newest !== undefined && column <= this.#newest && column > this.#newest - columnsMax;
  }

  /** Moves on to a column, clears what is passed over, and returns the newest one. */
  #advance(column: number): number {
    if (this.#newest === undefined || column <= this.#newest) return (this.#newest ??= column);
    const passed = Math.min(column - this.#newest, columnsMax);
    for (let back = 0; back < passed; back++) {
      const at = placeOf(column - back);
      for (const firsts of this.#firsts) firsts.fill(0, at, at + chamberStates.length);
    }
    return (this.#newest = column);
  }
}

function placeOf(column: number): number {
  return (column % columnsMax) * chamberStates.length;
}

/** The worst state that was noted in a column up to a moment. */
function worstOf(firsts: Uint32Array, column: number, lastMs: number): ChamberState | undefined {
  const at = placeOf(column);
  return chamberStates.findLast((_, state) => {
    const first = firsts[at + state];
    return first > 0 && column * columnMs + first - 1 <= lastMs;
  });
}
