/** Lengths of a column in s; each is a multiple of the one before. */
const lengthsS = [1, 5, 10, 20, 60, 300, 600, 1800, 3600, 7200, 14_400, 86_400] as const;
/** Most columns; with more, they become longer. */
const columnsMax = 400;

/** What a message adds to its column. */
export interface ColumnSums {
  /** Of all chambers, then of each. */
  readonly hits: readonly number[];
  /** Orbits with a trigger; undefined without physics. */
  readonly triggers: number | undefined;
  /** Live seconds of the detector; undefined where the message does not say them. */
  readonly liveS: number | undefined;
}

interface Column {
  hits: number[];
  triggers: number;
  /** Of messages that say them, and the seconds that they were live. */
  liveS: number;
}

/** Rates by column, the newest last; undefined = no message there. */
export interface RateColumns {
  readonly columnS: number;
  /** End of the newest column, in ms. */
  readonly endMs: number;
  readonly all: readonly (number | undefined)[];
  readonly chambers: readonly (readonly (number | undefined)[])[];
  readonly triggers: readonly (number | undefined)[];
}

/** Adds messages up in columns of time, aligned to the clock, that become longer as the time does: at most 400. */
export class TrendColumns {
  #length = 0;
  #columns = new Map<number, Column>();
  #first = Infinity;
  #last = -Infinity;

  /** @param atMs when the message was complete */
  add(atMs: number, { hits, triggers, liveS }: ColumnSums): void {
    const column = this.#columnAt(this.#indexOf(atMs));
    hits.forEach((count, at) => (column.hits[at] = (column.hits[at] ?? 0) + count));
    column.triggers += triggers ?? 0;
    column.liveS += liveS ?? 0;
    while (this.#last - this.#first >= columnsMax && this.#length + 1 < lengthsS.length) this.#lengthen();
  }

  get rates(): RateColumns {
    const columnS = lengthsS[this.#length];
    const columns = Array.from({ length: Math.max(0, this.#last - this.#first + 1) }, (_, at) =>
      this.#columns.get(this.#first + at),
    );
    const chambers = Math.max(0, ...columns.map((column) => (column?.hits.length ?? 1) - 1));
    // Without live time, rates are per second of the clock.
    const rateOf = (count: number, { liveS }: Column): number => count / (liveS > 0 ? liveS : columnS);
    const series = (at: number) => columns.map((column) => column && rateOf(column.hits[at] ?? 0, column));
    return {
      columnS,
      endMs: columns.length === 0 ? 0 : 1000 * columnS * (this.#last + 1),
      all: series(0),
      chambers: Array.from({ length: chambers }, (_, chamber) => series(chamber + 1)),
      triggers: columns.map((column) =>
        column === undefined || column.liveS === 0 ? undefined : column.triggers / column.liveS,
      ),
    };
  }

  #indexOf(atMs: number): number {
    return Math.floor(atMs / 1000 / lengthsS[this.#length]);
  }

  #columnAt(index: number): Column {
    this.#first = Math.min(this.#first, index);
    this.#last = Math.max(this.#last, index);
    const known = this.#columns.get(index);
    if (known !== undefined) return known;
    const made: Column = { hits: [], triggers: 0, liveS: 0 };
    this.#columns.set(index, made);
    return made;
  }

  #lengthen(): void {
    const before = this.#columns;
    const times = lengthsS[this.#length + 1] / lengthsS[this.#length];
    this.#length++;
    this.#columns = new Map();
    [this.#first, this.#last] = [Infinity, -Infinity];
    for (const [index, { hits, triggers, liveS }] of before) {
      const column = this.#columnAt(Math.floor(index / times));
      hits.forEach((count, at) => (column.hits[at] = (column.hits[at] ?? 0) + count));
      column.triggers += triggers;
      column.liveS += liveS;
    }
  }
}
