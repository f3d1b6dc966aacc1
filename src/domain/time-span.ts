import type { BatchMessage, Timing } from './batch-message.js';

/** Orbits of one run, relative to the first that was seen of it. */
interface RunSpan {
  readonly run: number;
  readonly anchor: number;
  min: number;
  max: number;
}

/** From when to when messages are, by the wall clock and by the detector's. */
export interface TimeSpan {
  /** First batch opened and last batch closed, ms since 1970; undefined before the first message with times. */
  fromMs: number | undefined;
  toMs: number | undefined;
  /** The newest runs, oldest first. */
  runs: RunSpan[];
  /** Orbits of older runs. */
  orbitsBefore: number;
}

/** What {@link noteTime} needs of a message. */
interface Timed {
  readonly batch?: BatchMessage['batch'] | undefined;
  readonly run?: number | undefined;
}

/** Runs that are remembered; the counter restarts a few times a day. */
const runsMax = 256;
const counterSpan = 2 ** 32;

export function emptySpan(): TimeSpan {
  return { fromMs: undefined, toMs: undefined, runs: [], orbitsBefore: 0 };
}

/** Extends the span by a message. Messages may come in any order as long as neighbours are within half the counter. */
export function noteTime(span: TimeSpan, { batch, run }: Timed): void {
  if (batch === undefined) return;
  const [openedMs, closedMs] = [Date.parse(batch.opened), Date.parse(batch.closed)];
  if (!Number.isNaN(openedMs)) span.fromMs = Math.min(span.fromMs ?? openedMs, openedMs);
  if (!Number.isNaN(closedMs)) span.toMs = Math.max(span.toMs ?? closedMs, closedMs);
  const { orbit_first: first, orbit_last: last } = batch;
  if (run === undefined || first === null || last === null) return;
  const known = span.runs.find((candidate) => candidate.run === run) ?? begin(span, run, first);
  for (const raw of [first, last]) {
    const orbit = known.max + ((raw - ((known.anchor + known.max) % counterSpan)) | 0);
    known.min = Math.min(known.min, orbit);
    known.max = Math.max(known.max, orbit);
  }
}

/** What a span says, as a summary has it. */
export function timingOf(span: TimeSpan, orbitNs: number): Timing {
  const { fromMs, toMs, runs } = span;
  const [oldest, newest] = [runs.at(0), runs.at(-1)];
  const times = { from: isoOf(fromMs), to: isoOf(toMs) };
  if (oldest === undefined || newest === undefined) return { ...times, run: null, orbit: null, detector_s: null };
  const orbits = runs.reduce((total, { min, max }) => total + max - min + 1, span.orbitsBefore);
  const rawOf = ({ anchor }: RunSpan, orbit: number): number => (anchor + orbit + counterSpan) % counterSpan;
  return {
    ...times,
    run: [oldest.run, newest.run],
    orbit: [rawOf(oldest, oldest.min), rawOf(newest, newest.max)],
    detector_s: Math.round(orbits * orbitNs * 1e-6) / 1000,
  };
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function begin(span: TimeSpan, run: number, anchor: number): RunSpan {
  const begun = { run, anchor, min: 0, max: 0 };
  span.runs.push(begun);
  span.runs.sort((one, other) => one.run - other.run);
  if (span.runs.length > runsMax) {
    const [oldest] = span.runs.splice(0, 1);
    span.orbitsBefore += oldest.max - oldest.min + 1;
  }
  return begun;
}
