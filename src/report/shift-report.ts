import type { Ledger } from '../domain/batch-message.js';
import type { DetectorView } from '../views/detector/detector-view.js';

/** All that a report shows: a part of the messages of one group. */
export interface ShiftReport {
  /** `Shift report: group dtstream` */
  readonly title: string;
  /** What the numbers are of, as names and values. */
  readonly facts: readonly (readonly [string, string])[];
  /** Its `alarms` are all that stood at some time of the part, those that ended as well. */
  readonly detector: DetectorView;
  /** Why nothing is judged, as sentences; empty where the tests ran. */
  readonly notJudged: readonly string[];
  /**
   * What ms are of: `utc` = since 1970; `live` = of live time since the first message, where rows were processed quicker
   * than the detector made them, so that the times of messages say nothing.
   */
  readonly clock: ReportClock;
  readonly warnings: readonly ReportWarning[];
  readonly accounts: Accounts;
}

export type ReportClock = 'utc' | 'live';

/** Something that happened outside of the alarms. */
interface ReportWarning {
  readonly atMs: number;
  readonly text: string;
  readonly isOver: boolean;
}

/** Where rows and messages went. */
interface Accounts {
  /** Carried rows are those before the first and after the last message. */
  readonly ledger: Ledger;
  readonly lateHits: number;
  readonly lateOrbits: number;
  /** Closed orbits with a hit. */
  readonly orbits: number;
  /** Messages that came again, and were left out; those that could not be read. */
  readonly duplicates: number;
  readonly unreadable: number;
  /** Rows or records of the topic that were deleted before `process` read them. */
  readonly lost: number;
  readonly producers: readonly {
    readonly name: string;
    readonly messages: number;
    /** Between its first and its last one. */
    readonly missing: number;
    readonly firstId: number;
    readonly lastId: number;
  }[];
}
