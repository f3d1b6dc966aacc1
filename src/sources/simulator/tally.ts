import { chamberChannels } from '../../domain/geometry.js';
import { type RejectReason, rowCode } from '../../domain/row-code.js';
import { malformedKinds, malformedReasons } from './malformed.js';

/** What the simulator made: every row under the rule of docs/semantics.md that it falls under. */
export interface SimulatorTally {
  readonly rows: number;
  /** Runs begun. */
  readonly runs: number;
  /** Muons thrown; hits of the last ones may be missing, as they come later than the last row. */
  readonly muons: number;
  /** Hits by chamber. */
  readonly hits: readonly number[];
  readonly scintillator: number;
  readonly dropped: { readonly head: number; readonly channel: number };
  readonly rejected: Readonly<Record<RejectReason, number>>;
  /** Malformed rows by kind, an entry for every one of `malformedKinds`. */
  readonly malformed: Readonly<Record<string, number>>;
}

/** Counters of the rows made so far, cheap enough for one increment a row. */
export interface RowCounts {
  /** Rows that are well formed, by row code. */
  readonly byCode: Float64Array;
  /** Malformed rows, in the order of the kinds. */
  readonly byMalformed: Float64Array;
}

export function newRowCounts(): RowCounts {
  return {
    byCode: new Float64Array(rowCode.droppedChannel + 1),
    byMalformed: new Float64Array(malformedKinds.length),
  };
}

/** The tally of the counters, for a geometry of `chambers` chambers. */
export function tallyOf(counts: RowCounts, about: { chambers: number; runs: number; muons: number }): SimulatorTally {
  const { byCode, byMalformed } = counts;
  const rejectedFor = (reason: RejectReason): number =>
    sum(byMalformed.filter((_, index) => malformedReasons[malformedKinds[index]] === reason));
  return {
    rows: sum(byCode) + sum(byMalformed),
    runs: about.runs,
    muons: about.muons,
    hits: Array.from({ length: about.chambers }, (_, chamber) =>
      sum(byCode.subarray(chamber * chamberChannels, (chamber + 1) * chamberChannels)),
    ),
    scintillator: byCode[rowCode.scintillator],
    dropped: { head: byCode[rowCode.droppedHead], channel: byCode[rowCode.droppedChannel] },
    rejected: { fields: rejectedFor('fields'), number: rejectedFor('number'), range: rejectedFor('range') },
    malformed: Object.fromEntries(malformedKinds.map((kind, index) => [kind, byMalformed[index]])),
  };
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
