import { counterSpan, type Run, type Timeline } from './timeline.js';

/**
 * Places raw orbit counters on the time line of docs/decisions/0001-orbit-timeline.md. The comments name its rules.
 */

/** Largest step of the orbit counter, either way, that needs no confirmation. */
export const clockStepMax = 2 ** 20;
/** Rows in a row that must agree before a larger step is believed. */
const streakRows = 16;
/** Further clock rows of its partition after which a waiting row counts as late. */
const waitRowsMax = 65_536;

/** A clock row that does not fit the clock yet. */
export interface WaitingRow {
  readonly raw: number;
  /** Key of the row, which is handed on as it is. */
  readonly key: number;
  /** Where the row is in its partition: what a restart must read again. */
  readonly offset: number;
  /** Clock rows of the partition before this one. */
  readonly clockRow: number;
}

/** A waiting row that has got its place. */
export interface ReleasedRow {
  readonly orbit: number;
  /** Key of the row, which is handed on as it is. */
  readonly key: number;
  readonly offset: number;
  /** Given up or published as what it claims: it did not move the clock. */
  readonly claimed: boolean;
  /** Clock rows of the partition before the one with which it got its place. */
  readonly atClockRow: number;
}

/** State of a partition's clock from which it can continue at a given row. */
export interface ClockState {
  /** Last accepted time-line orbit, undefined before the first. */
  readonly last: number | undefined;
  readonly run: number;
  /** The newest mark that it has come to; its run begins with the next row while `last` is undefined. */
  readonly mark?: string | undefined;
}

/**
 * A place that a partition got by where its lane stood at that moment: its first one, or that of a confirmed streak. When
 * the rows are read again the lane has moved on, and so this is kept.
 */
export interface Anchor {
  /** Clock rows of the partition before the row at which it happened. */
  readonly clockRow: number;
  /** Of the row itself, or of the streak's first one. */
  readonly orbit: number;
  readonly run: number;
}

/** Hits and scintillator rows of a partition, of which no two neighbours differ by more than {@link clockStepMax}. */
export interface OrbitStretch {
  /** Their orbits, extended from any origin: equal to the raw ones modulo 2^32. */
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
}

/** What a waiting row claims its orbit by: the clock of its partition, else the runs of its mark. */
interface ClaimOrigin {
  readonly last: number | undefined;
  readonly mark: string | undefined;
}

/** The orbit clock of one partition. */
export class PartitionClock {
  /** Rows that wait for their place, oldest first. */
  readonly waiting: WaitingRow[] = [];
  #last: number | undefined;
  #runIndex = 0;
  /** How many of the newest waiting rows form the streak, and the clock with which its first row was compared. */
  #streak = 0;
  #streakFrom = { orbit: 0, run: 0 };
  #clockRows = 0;
  #mark: string | undefined;
  /** How many of the oldest waiting rows are from before the mark, and what they claim their orbit by. */
  #stale = 0;
  #staleOrigin: ClaimOrigin = { last: undefined, mark: undefined };
  readonly #waitRowsMax: number;
  readonly #givenUp: 'late' | 'claimed';
  #anchors: Anchor[] = [];
  /** Anchors of the rows that are read again, undefined when none is. */
  #replay: Anchor[] | undefined;

  /**
   * @param options `waitRowsMax` other than the real bound lets small streams come to it; `replay` are the anchors of
   *   rows that are read again, until {@link endReplay}; rows that are given up are late, or `claimed` as by rule 6, for
   *   which rows wait depends on which partition is read first
   */
  constructor(
    readonly timeline: Timeline,
    state: ClockState = { last: undefined, run: 0 },
    options: {
      readonly waitRowsMax?: number;
      readonly replay?: readonly Anchor[];
      readonly givenUp?: 'late' | 'claimed';
    } = {},
  ) {
    this.#last = state.last;
    this.#runIndex = state.run;
    this.#mark = state.mark;
    this.#waitRowsMax = options.waitRowsMax ?? waitRowsMax;
    this.#givenUp = options.givenUp ?? 'late';
    this.#replay = options.replay && [...options.replay];
  }

  /** Clock rows of the partition so far. */
  get clockRows(): number {
    return this.#clockRows;
  }

  /** The next row is read for the first time. */
  endReplay(): void {
    this.#replay = undefined;
  }

  /** The anchors from a clock row on, counted from it; those before are forgotten. */
  anchorsFrom(clockRow: number): Anchor[] {
    this.#anchors = this.#anchors.filter((anchor) => anchor.clockRow >= clockRow);
    return this.#anchors.map((anchor) => ({ ...anchor, clockRow: anchor.clockRow - clockRow }));
  }

  /** Forgets all anchors: the rows so far are never read again. */
  forgetAnchors(): void {
    this.#anchors.length = 0;
  }

  /** The state before the next row; exact as long as no row waits. */
  get state(): ClockState {
    const [last, run, mark] = [this.#last, this.#runIndex, this.#mark];
    return mark === undefined ? { last, run } : { last, run, mark };
  }

  /** Rule 7: the next row is the first of another run, whatever its orbit, unless the partition is in that run. */
  mark(mark: string): void {
    if (mark === this.#mark) return;
    // Where no row has come since the last mark, what waits is from before that one.
    if (this.#stale === 0) this.#staleOrigin = this.#origin;
    this.#mark = mark;
    this.#last = undefined;
    this.#streak = 0;
    this.#stale = this.waiting.length;
  }

  /**
   * Places a whole stretch when each of its rows is accepted by rule 1 (or, at the very first row, rule 5).
   *
   * @param clockRows rows of the stretch, at least one
   * @param released gets the rows that are given up within the stretch
   * @returns what to add to the stretch's orbits, or undefined when its rows must go one by one through {@link step},
   *   until one of them is accepted; then nothing has changed
   */
  advance(stretch: OrbitStretch, clockRows: number, released: ReleasedRow[]): number | undefined {
    if (this.#last === undefined && this.waiting.length > 0) return undefined;
    const first = this.#place(stretch.first >>> 0, this.#clockRows);
    if (first === undefined) return undefined;
    const delta = first - stretch.first;
    this.#accept(stretch.min + delta);
    this.#accept(stretch.max + delta);
    this.#accept(stretch.last + delta);
    this.#clockRows += clockRows;
    this.#giveUpDue(released);
    return delta;
  }

  /**
   * Takes one hit or scintillator row.
   *
   * @param released gets the rows that have got their place with this one, in row order
   * @returns the row's time-line orbit, or undefined when it waits or is itself among the released
   */
  step(raw: number, key: number, offset: number, released: ReleasedRow[]): number | undefined {
    const clockRow = this.#clockRows++;
    this.#giveUpStale(released);
    const isFirst = this.#last === undefined;
    const orbit = this.#place(raw, clockRow);
    if (orbit !== undefined) {
      if (isFirst) this.#join(raw, orbit, released);
      this.#accept(orbit);
    } else {
      this.#wait({ raw, key, offset, clockRow });
      if (this.#streak === streakRows) this.#confirm(clockRow, released);
    }
    this.#giveUpDue(released);
    return orbit;
  }

  /** Releases every waiting row as the orbit it claims: the end of the input. */
  flush(): ReleasedRow[] {
    const released: ReleasedRow[] = [];
    this.#giveUpStale(released);
    for (const row of this.waiting) this.#claim(row, released, this.#origin);
    this.waiting.length = 0;
    this.#streak = 0;
    return released;
  }

  /** Rules 1, 5 and 7: the orbit of a row that needs no confirmation. */
  #place(raw: number, clockRow: number): number | undefined {
    if (this.#last !== undefined) {
      const difference = signedDifference(raw, this.#last);
      return Math.abs(difference) <= clockStepMax ? this.#last + difference : undefined;
    }
    const place = this.#replay === undefined ? this.#firstPlace(raw) : this.#replayed(raw, clockRow);
    if (place === undefined) return undefined;
    this.#runIndex = place.run;
    this.#anchors.push({ ...place, clockRow });
    return place.orbit;
  }

  /** Rules 5 and 7. */
  #firstPlace(raw: number): Omit<Anchor, 'clockRow'> | undefined {
    const runs = this.timeline.runsOf(this.#mark);
    if (runs.length === 0) {
      const oldest = this.#mark === undefined ? this.timeline.runs[0] : undefined;
      const run = oldest === undefined ? this.timeline.begin(raw, this.#mark) : this.timeline.beginBefore(raw, oldest);
      return { orbit: run.max, run: run.index };
    }
    for (const run of runs) {
      const orbit = within(run, raw);
      if (orbit !== undefined) return { orbit, run: run.index };
    }
    return undefined;
  }

  /**
   * The anchor that the row had when it was read before.
   *
   * @param raw of the row that got the anchor's orbit: of the row itself, or of the first one of the streak that it confirms
   */
  #replayed(raw: number, clockRow: number): Anchor | undefined {
    const anchor = this.#replay?.[0];
    if (anchor?.clockRow !== clockRow || (anchor.orbit - raw) % counterSpan !== 0) return undefined;
    return this.#replay?.shift();
  }

  #accept(orbit: number): void {
    this.#last = orbit;
    this.#streak = 0;
    const run = this.timeline.run(this.#runIndex);
    if (run === undefined) return;
    if (orbit < run.min) run.min = orbit;
    if (orbit > run.max) run.max = orbit;
  }

  /** Rule 2. */
  #wait(row: WaitingRow): void {
    const before = this.waiting.at(-1);
    const agrees = this.#streak > 0 && before !== undefined && agree(row.raw, before.raw);
    this.waiting.push(row);
    this.#streak = agrees ? this.#streak + 1 : 1;
    if (agrees) return;
    const newest = this.timeline.runsOf(this.#mark).at(-1);
    this.#streakFrom =
      this.#last === undefined
        ? { orbit: newest?.max ?? 0, run: newest?.index ?? 0 }
        : { orbit: this.#last, run: this.#runIndex };
  }

  /** Rule 3: the streak is believed. */
  #confirm(clockRow: number, released: ReleasedRow[]): void {
    const streak = this.waiting.splice(-streakRows);
    const first = streak[0];
    if (first === undefined) return;
    const place = this.#replayed(first.raw, clockRow) ?? this.#streakPlace(first.raw);
    this.#runIndex = place.run;
    this.#anchors.push({ ...place, clockRow });
    let { orbit } = place;
    this.#join(first.raw, orbit, released);
    for (const row of streak) {
      orbit += signedDifference(row.raw, orbit);
      this.#release(row, orbit, released);
    }
  }

  /** Place of the first row of a confirmed streak, in the run of the compared clock or in the next. */
  #streakPlace(raw: number): Omit<Anchor, 'clockRow'> {
    const { orbit: from, run } = this.#streakFrom;
    const difference = signedDifference(raw, from);
    if (difference > 0) return { orbit: from + difference, run };
    const next = this.timeline.runs.find(({ index }) => index > run);
    // A run that a mark opened begins at that mark.
    if (next !== undefined && next.mark === undefined)
      return { orbit: next.max + signedDifference(raw, next.max), run: next.index };
    const begun = this.timeline.begin(raw);
    return { orbit: begun.max, run: begun.index };
  }

  /** Accepts the waiting rows that agree with a row that has just got its place. */
  #join(raw: number, orbit: number, released: ReleasedRow[]): void {
    const joined = this.waiting.filter((row) => agree(row.raw, raw));
    if (joined.length === 0) return;
    const rest = this.waiting.filter((row) => !agree(row.raw, raw));
    this.waiting.splice(0, this.waiting.length, ...rest);
    for (const row of joined) this.#release(row, orbit + signedDifference(row.raw, raw), released);
  }

  #release(row: WaitingRow, orbit: number, released: ReleasedRow[]): void {
    this.#accept(orbit);
    const { key, offset } = row;
    released.push({ orbit, key, offset, claimed: false, atClockRow: this.#clockRows - 1 });
  }

  /** Rule 7: rows that wait at a mark will never agree with others. */
  #giveUpStale(released: ReleasedRow[]): void {
    if (this.#stale === 0) return;
    for (const row of this.waiting.splice(0, this.#stale)) {
      this.#giveUp(row, released, { at: this.#clockRows - 1, origin: this.#staleOrigin });
    }
    this.#stale = 0;
  }

  /** Rule 4, for all clock rows so far. */
  #giveUpDue(released: ReleasedRow[]): void {
    for (let row = this.waiting[0]; row !== undefined; row = this.waiting[0]) {
      const due = row.clockRow + this.#waitRowsMax;
      if (due >= this.#clockRows) return;
      this.waiting.shift();
      this.#giveUp(row, released, { at: due, origin: this.#origin });
      this.#streak = Math.min(this.#streak, this.waiting.length);
    }
  }

  /** Places a row below the whole time line, so that it is late whatever is closed; or as it claims. */
  #giveUp(
    row: WaitingRow,
    released: ReleasedRow[],
    { at, origin }: { readonly at: number; readonly origin: ClaimOrigin },
  ): void {
    const { raw, key, offset } = row;
    if (this.#givenUp === 'claimed') this.#claim(row, released, origin);
    else released.push({ orbit: raw - counterSpan, key, offset, claimed: true, atClockRow: at });
  }

  get #origin(): ClaimOrigin {
    return { last: this.#last, mark: this.#mark };
  }

  /** Rule 6. */
  #claim(row: WaitingRow, released: ReleasedRow[], origin: ClaimOrigin): void {
    const runs = this.timeline.runsOf(origin.mark);
    const last = origin.last ?? runs.at(-1)?.max ?? 0;
    const run = runs.findLast((candidate) => within(candidate, row.raw) !== undefined);
    const orbit = (run && within(run, row.raw)) ?? last + signedDifference(row.raw, last);
    const { key, offset } = row;
    released.push({ orbit, key, offset, claimed: true, atClockRow: this.#clockRows });
  }
}

/** The largest orbit with this counter that lies within a step of a run's range. */
function within(run: Run, raw: number): number | undefined {
  const orbit = run.max + signedDifference(raw, run.max);
  if (orbit >= run.min - clockStepMax && orbit <= run.max + clockStepMax) return orbit;
  // A run longer than half the counter holds orbits that are not the nearest to its end.
  const earlier = orbit - counterSpan;
  return earlier >= run.min - clockStepMax && earlier <= run.max + clockStepMax ? earlier : undefined;
}

function agree(raw: number, other: number): boolean {
  return Math.abs(signedDifference(raw, other)) <= clockStepMax;
}

/** Signed 32-bit difference of a raw counter to an orbit on the time line. */
function signedDifference(raw: number, orbit: number): number {
  return (raw - (orbit % counterSpan)) | 0;
}
