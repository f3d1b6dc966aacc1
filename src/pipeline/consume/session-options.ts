import type { OutgoingBatch } from '../../transport/transport.js';
import type { HeldRows } from '../batch/held-hits.js';
import type { AssemblerOptions } from '../batch/message-assembler.js';
import type { PublishedMessage } from '../batch/published-message.js';
import type { ConsumeMetrics } from '../metrics.js';
import type { LostRecords } from './lane-reader.js';
import type { CutRow } from './rejected-records.js';
import type { TakenLane } from './taken-lane.js';

/** How the session of a lane works, and what it tells. */
export interface SessionOptions extends Omit<AssemblerOptions, 'producer' | 'history'> {
  readonly group: string;
  /** Topic of the rows. */
  readonly topic: string;
  /** A name that no history of messages has had. */
  readonly newHistory: () => string;
  /** Orbits; Infinity = rows in any order, all published at the end: only with `untilEnd`. */
  readonly lateness: number;
  /** Rows held by all lanes of the process; default: those of the lane alone. */
  readonly heldRows?: HeldRows;
  /** See `PartitionClock`; default: the real bound. */
  readonly waitRowsMax?: number;
  readonly batchRows: number;
  readonly batchIntervalMs: number;
  /** How long a partition that is read to its end holds the watermark back. */
  readonly idleMs: number;
  /** Time without anything new after which open orbits are published as at an end, ms; absent = they stay open. */
  readonly flushAfterMs?: number | undefined;
  /** Where reading begins in partitions without a commit. */
  readonly startsOf: (partitions: readonly number[]) => Promise<ReadonlyMap<number, number>>;
  /** Read to the end as it is now, publish everything, and be done. */
  readonly untilEnd: boolean;
  /** The wall clock, ms since 1970: only what messages say of time. */
  readonly now: () => number;
  /** A monotonic clock, ms: batch intervals must not depend on changes of the wall clock. */
  readonly steadyNow: () => number;
  /** Called repeatedly for rows that are not keyed by orbit: more than one lane may then split orbits. */
  readonly onUnkeyed?: () => void;
  /** Called when a lane is taken, before anything is read. */
  readonly onTaken?: (taken: TakenLane) => void;
  /** Called for each chunk of rows that is read and held until the end. */
  readonly onHeld?: (held: HeldProgress) => void;
  /** Called repeatedly while everything is read, nothing new comes, and hits or scintillator rows are open. */
  readonly onIdle?: (lane: number) => void;
  /** Called once for each hole: records deleted before they were read. */
  readonly onLost?: (hole: LostRecords) => void;
  /** Called for open hits and scintillator rows of a lane that were deleted before their orbit was closed. */
  readonly onCarriedLost?: (lost: { readonly lane: number; readonly rows: number }) => void;
  /** Called for each rejected row that is too long to be kept whole. */
  readonly onCutRow?: (row: CutRow) => void;
  /** Called for each batch that is committed, with its messages and the rejected rows as they are stored. */
  readonly onBatch?: (batch: {
    readonly lane: number;
    readonly messages: readonly PublishedMessage[];
    readonly rejected: readonly OutgoingBatch[];
  }) => void;
  readonly metrics?: ConsumeMetrics;
}

/** How far a lane has read whose rows are held until the end. */
export interface HeldProgress {
  readonly lane: number;
  /** All rows read so far, and the hits and scintillator rows among them. */
  readonly rows: number;
  readonly open: number;
  /** Next unread offset of the partitions of the newest ones. */
  readonly read: ReadonlyMap<number, number>;
}

/**
 * How a session ended: everything read (`--until-end`), told to stop, the lane has another owner, or has got partitions
 * and must be taken again.
 */
export type SessionEnd = 'end' | 'stopped' | 'lost' | 'grown';
