/** Steps of at most this many orbits are the same run without a question. */
export const nearOrbits = 2 ** 20;
/** Rows in a row that must agree before the clock steps further. */
const streakRows = 16;
/** Further clock rows of its partition after which a waiting row is released. */
const waitRows = 65_536;

const wrap = 2 ** 32;

/** A hit or scintillator row: its raw orbit, and its time-line orbit as soon as that is known. */
export interface ClockRow {
  readonly orbit: number;
  timelineOrbit: number | undefined;
}

/** A run: where its range of the time line begins, and the orbits accepted in it so far. */
interface Run {
  readonly floor: number;
  smallest: number;
  largest: number;
  /** The mark that opened it. */
  readonly mark: string | undefined;
}

interface PartitionClock {
  /** Time-line orbits: the last accepted one and the largest one; undefined before the first. */
  last: number | undefined;
  largest: number | undefined;
  rowsShown: number;
  waiting: { readonly row: ClockRow; readonly shownAt: number }[];
  streak: ClockRow[];
  /** The clock that the streak's first row was held against. */
  streakFrom: number;
  /** Its newest mark, and how many of the waiting rows came before that. */
  mark: string | undefined;
  stale: number;
}

/** Places the clock rows of a lane on its time line, one rule a row, as docs/decisions/0001-orbit-timeline.md says. */
export class ModelClock {
  readonly #runs: Run[] = [];
  readonly #partitions = new Map<number, PartitionClock>();
  readonly #waitRows: number;

  /** @param options `waitRows` other than the real bound, so that small streams come to it */
  constructor(options: { waitRows?: number } = {}) {
    this.#waitRows = options.waitRows ?? waitRows;
  }

  /** The next clock row of a partition: sets its `timelineOrbit`, and that of rows which waited for it. */
  show(partition: number, row: ClockRow): void {
    const clock = this.#clockOf(partition);
    clock.rowsShown++;
    this.#releaseStale(clock);
    const timelineOrbit = this.#placeOf(row.orbit, clock);
    if (timelineOrbit === undefined) {
      this.#wait(row, clock);
    } else {
      clock.streak = [];
      if (clock.last === undefined) this.#join(row, timelineOrbit, clock);
      this.#accept(row, timelineOrbit, clock);
    }
    this.#release((waited) => clock.rowsShown - waited.shownAt >= this.#waitRows, clock, false);
  }

  /** The next row of a partition belongs to the run of this mark. */
  mark(partition: number, mark: string): void {
    const clock = this.#clockOf(partition);
    if (clock.mark === mark) return;
    Object.assign(clock, { mark, last: undefined, streak: [], stale: clock.waiting.length });
  }

  /** Releases all waiting rows as the orbits they claim. */
  releaseAll(): void {
    for (const clock of this.#partitions.values()) {
      this.#releaseStale(clock);
      this.#release(() => true, clock, true);
    }
  }

  /** How far a partition lets the watermark go: not at all before its first accepted row. */
  limitOf(partition: number, lateness: number): number {
    const { largest } = this.#clockOf(partition);
    if (largest === undefined) return -Infinity;
    return Math.max(largest - lateness, this.#runs[this.runOf(largest)].floor - 1);
  }

  /** Number of the run that owns a time-line orbit; 0 below them all. */
  runOf(timelineOrbit: number): number {
    return Math.max(
      0,
      this.#runs.findLastIndex((run) => run.floor <= timelineOrbit),
    );
  }

  #clockOf(partition: number): PartitionClock {
    let clock = this.#partitions.get(partition);
    if (clock === undefined) {
      clock = {
        ...{ last: undefined, largest: undefined, rowsShown: 0, waiting: [], streak: [], streakFrom: 0 },
        ...{ mark: undefined, stale: 0 },
      };
      this.#partitions.set(partition, clock);
    }
    return clock;
  }

  /** The runs from the one that a mark opened, or from the first, to the next one that a mark opened. */
  #runsOf(mark: string | undefined): Run[] {
    const from = mark === undefined ? 0 : this.#runs.findIndex((run) => run.mark === mark);
    if (from < 0) return [];
    const end = this.#runs.findIndex((run, index) => index > from && run.mark !== undefined);
    return this.#runs.slice(from, end < 0 ? undefined : end);
  }

  /** Rule 7: at a mark the rows that wait are late. */
  #releaseStale(clock: PartitionClock): void {
    for (const { row } of clock.waiting.splice(0, clock.stale)) row.timelineOrbit = row.orbit - wrap;
    clock.stale = 0;
  }

  /** Rules 1, 5 and 7: the time-line orbit of a row that is accepted at once. */
  #placeOf(orbit: number, clock: PartitionClock): number | undefined {
    if (clock.last !== undefined) {
      return isNear(orbit, clock.last) ? nearest(orbit, clock.last) : undefined;
    }
    const runs = this.#runsOf(clock.mark);
    if (runs.length === 0) return this.#beginRun(orbit, clock.mark);
    for (const run of runs) {
      if (run.largest === -Infinity) return run.floor + wrap + orbit;
      const candidate = placeIn(run, orbit);
      if (candidate !== undefined) return candidate;
    }
    return undefined;
  }

  /** The waiting rows that agree with the partition's first accepted one are accepted with it. */
  #join(first: ClockRow, firstAt: number, clock: PartitionClock): void {
    const { waiting } = clock;
    clock.waiting = waiting.filter(({ row }) => !isNear(row.orbit, first.orbit));
    for (const { row } of waiting) {
      if (isNear(row.orbit, first.orbit)) this.#accept(row, nearest(row.orbit, firstAt), clock);
    }
  }

  /** Rules 2 and 3. */
  #wait(row: ClockRow, clock: PartitionClock): void {
    clock.waiting.push({ row, shownAt: clock.rowsShown });
    const previous = clock.streak.at(-1);
    if (previous !== undefined && isNear(row.orbit, previous.orbit)) {
      clock.streak.push(row);
    } else {
      clock.streak = [row];
      clock.streakFrom = clock.last ?? this.#newestClock(clock);
    }
    if (clock.streak.length === streakRows) this.#confirm(clock);
  }

  #confirm(clock: PartitionClock): void {
    const { streak, waiting } = clock;
    const first = streak[0];
    const firstAt = this.#step(first.orbit, clock.streakFrom);
    const agrees = (row: ClockRow): boolean => streak.includes(row) || isNear(row.orbit, first.orbit);
    clock.streak = [];
    clock.waiting = waiting.filter(({ row }) => !agrees(row));
    for (const { row } of waiting) {
      if (agrees(row)) this.#accept(row, nearest(row.orbit, firstAt), clock);
    }
  }

  /** Where a confirmed streak begins: ahead in the same run, or in the next one. */
  #step(orbit: number, from: number): number {
    if (difference(orbit, from) > 0) return nearest(orbit, from);
    const next = this.#runs.at(this.runOf(from) + 1);
    const isNext = next !== undefined && next.mark === undefined;
    return isNext ? nearest(orbit, next.largest) : this.#beginRun(orbit, undefined);
  }

  /** A marked run leaves room for the rows before the mark, where none has been read. */
  #beginRun(orbit: number, mark: string | undefined): number {
    const nothing = { smallest: Infinity, largest: -Infinity };
    if (mark !== undefined && this.#runs.length === 0) this.#runs.push({ floor: wrap, ...nothing, mark: undefined });
    const ends = this.#runs.map(({ floor, largest }) => Math.max(Math.ceil(largest / wrap) * wrap, floor + 2 * wrap));
    const base = Math.max(0, ...ends);
    this.#runs.push({ floor: base + wrap, ...nothing, mark });
    return base + 2 * wrap + orbit;
  }

  #accept(row: ClockRow, timelineOrbit: number, clock: PartitionClock): void {
    row.timelineOrbit = timelineOrbit;
    clock.last = timelineOrbit;
    clock.largest = Math.max(clock.largest ?? 0, timelineOrbit);
    const run = this.#runs[this.runOf(timelineOrbit)];
    run.smallest = Math.min(run.smallest, timelineOrbit);
    run.largest = Math.max(run.largest, timelineOrbit);
  }

  /** Rules 4 and 6: late whatever is closed, or, at the end, what the row claims. */
  #release(isDue: (waited: PartitionClock['waiting'][number]) => boolean, clock: PartitionClock, atEnd: boolean): void {
    for (const { row } of clock.waiting.filter(isDue)) {
      row.timelineOrbit = atEnd ? this.#claimOf(row.orbit, clock) : row.orbit - wrap;
    }
    clock.waiting = clock.waiting.filter((waited) => !isDue(waited));
  }

  #claimOf(orbit: number, clock: PartitionClock): number {
    for (const run of this.#runsOf(clock.mark).toReversed()) {
      const candidate = placeIn(run, orbit);
      if (candidate !== undefined) return candidate;
    }
    return nearest(orbit, clock.last ?? this.#newestClock(clock));
  }

  /** Largest orbit of the newest run to which the partition may belong. */
  #newestClock({ mark }: PartitionClock): number {
    return this.#runsOf(mark)[this.#runsOf(mark).length - 1].largest;
  }
}

/** Signed 32-bit difference of a raw orbit to another orbit, raw or of the time line: in [-2^31, 2^31). */
function difference(orbit: number, from: number): number {
  return (orbit - (from % wrap)) | 0;
}

function isNear(orbit: number, from: number): boolean {
  return Math.abs(difference(orbit, from)) <= nearOrbits;
}

/** The time-line orbit with this raw counter that is nearest to another one. */
function nearest(orbit: number, from: number): number {
  return from + difference(orbit, from);
}

/** The largest time-line orbit with this raw counter within a step of a run's range, if there is one. */
function placeIn({ smallest, largest }: Run, orbit: number): number | undefined {
  const candidate = firstAtOrAbove(orbit, largest + nearOrbits - wrap + 1);
  return candidate >= smallest - nearOrbits ? candidate : undefined;
}

/** The smallest time-line orbit with this raw counter that is not below a bound. */
function firstAtOrAbove(orbit: number, bound: number): number {
  return Math.ceil((bound - orbit) / wrap) * wrap + orbit;
}
