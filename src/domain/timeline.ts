/**
 * The time line of docs/decisions/0001-orbit-timeline.md: one rising number for all orbits of a lane, run after run.
 */

/** Orbits from one wrap of the 32-bit counter to the next. */
export const counterSpan = 2 ** 32;

/** Runs that a lane remembers. */
const runsMax = 1024;
/** Room of a run of up to 2^32 orbits. */
const runSpan = 3 * counterSpan;

/** One run of the read-out on the time line: its orbits are above `baseOrbit` and below the next run's. */
export interface Run {
  readonly index: number;
  readonly baseOrbit: number;
  /** Smallest and largest time-line orbit accepted so far. */
  min: number;
  max: number;
  /** Id of the mark that opened it (`produce --new-run`); absent when the counter did. */
  readonly mark?: string | undefined;
}

/** The runs that a lane has seen, oldest first. */
export class Timeline {
  readonly runs: Run[] = [];

  /** The lane's newest clock, undefined before its first row. */
  get newest(): Run | undefined {
    return this.runs.at(-1);
  }

  run(index: number): Run | undefined {
    return this.runs[index - (this.runs[0]?.index ?? 0)];
  }

  /** Begins a run with its first raw orbit and returns it. */
  begin(raw: number, mark?: string): Run {
    const last = this.newest;
    // Where the first run of all has a mark, there is room below for rows before that mark.
    const index = last === undefined ? Number(mark !== undefined) : last.index + 1;
    const base = last === undefined ? index * runSpan : Math.ceil((last.max + 1) / counterSpan) * counterSpan;
    const run = runAt(index, base + counterSpan, raw, mark);
    this.runs.push(run);
    if (this.runs.length > runsMax) this.runs.shift();
    return run;
  }

  /** Begins the run of rows without a mark, below all runs of the lane, whose oldest has one. */
  beginBefore(raw: number, { index, baseOrbit }: Run): Run {
    const run = runAt(index - 1, baseOrbit - runSpan, raw);
    this.runs.unshift(run);
    return run;
  }

  /** The runs of a mark, or those before any: from the one that it opened to the next one that a mark opened. */
  runsOf(mark: string | undefined): readonly Run[] {
    const from = mark === undefined ? 0 : this.runs.findIndex((run) => run.mark === mark);
    if (from < 0) return [];
    const first = mark === undefined ? from : from + 1;
    const end = this.runs.findIndex((run, at) => at >= first && run.mark !== undefined);
    return this.runs.slice(from, end < 0 ? undefined : end);
  }
}

function runAt(index: number, baseOrbit: number, raw: number, mark?: string): Run {
  const orbit = baseOrbit + counterSpan + raw;
  return { index, baseOrbit, min: orbit, max: orbit, ...(mark !== undefined && { mark }) };
}
