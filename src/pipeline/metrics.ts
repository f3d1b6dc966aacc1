import type { BatchMessage } from '../domain/batch-message.js';

/** Messages of one lane that became visible together. */
export interface PublishedBatch {
  readonly messages: readonly BatchMessage[];
  /** How long the transaction took, ms; absent where there is none. */
  readonly commitMs?: number;
}

/** Callbacks for the events of a consumer. Called at most a few times per second; must not throw. */
export interface ConsumeMetrics {
  /** A lane is owned from now on; `read` is the next unread offset of its partitions. */
  laneTaken(lane: number, read: ReadonlyMap<number, number>): void;
  laneLeft(lane: number): void;
  /** Called after the commit: metrics count only what readers can see. */
  published(batch: PublishedBatch): void;
}

/** Callbacks for the events of a producer. */
export interface ProduceMetrics {
  /** Rows that the log has confirmed, and how long it took, ms. */
  appended(append: { readonly rows: number; readonly ms: number }): void;
}
