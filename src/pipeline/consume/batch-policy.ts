/** What a lane's batch is closed by. */
export interface BatchPolicyOptions {
  readonly batchRows: number;
  readonly batchIntervalMs: number;
  /** End of each partition with rows that were unread at the start; undefined where the first batch has to wait. */
  readonly backlog?: ReadonlyMap<number, number> | undefined;
}

/** The open batch of a lane as it is now. Times are ms of a clock that never goes back. */
export interface BatchState {
  readonly nowMs: number;
  /** When the first row came that is in no batch, also where it is not decoded yet; undefined when there is none. */
  readonly openedMs: number | undefined;
  /** Rows that are decoded and in no batch. */
  readonly rowsReady: number;
  /** Open hits and scintillator rows of former batches. */
  readonly carried: number;
  /** Whether everything is read and decoded up to ends that are fixed. */
  readonly hasEnded: boolean;
  /** Offset of the next record to be read, by partition. */
  readonly positions: () => ReadonlyMap<number, number>;
}

/**
 * Why a batch closes: it is full; its first row has waited for the interval; what was unread at the start is read;
 * there is no row, and partitions may have become idle that held orbits open; there will be no more rows.
 */
export type CloseReason = 'rows' | 'interval' | 'caught up' | 'idle' | 'end';

/** Next step: close the batch, or ask again when chunks have come, at the latest after `waitMs`. */
export type BatchStep = { readonly close: CloseReason } | { readonly close?: undefined; readonly waitMs: number };

/**
 * When the batches of a lane close. The first one does not wait for its interval once what was there at the start is
 * read: a new or restarted process shows something a second earlier.
 */
export class BatchPolicy {
  readonly #options: BatchPolicyOptions;
  #backlog: ReadonlyMap<number, number> | undefined;
  /** When possibly idle partitions are checked. */
  #idleDueMs: number | undefined;

  constructor(options: BatchPolicyOptions) {
    this.#options = options;
    this.#backlog = options.backlog;
  }

  next({ nowMs, openedMs, rowsReady, carried, hasEnded, positions }: BatchState): BatchStep {
    const { batchRows, batchIntervalMs } = this.#options;
    if (rowsReady >= batchRows) return this.#close('rows');
    if (hasEnded) return { close: 'end' };
    if (openedMs === undefined) {
      this.#idleDueMs ??= nowMs + batchIntervalMs;
      if (nowMs < this.#idleDueMs) return { waitMs: this.#idleDueMs - nowMs };
      this.#idleDueMs = nowMs + batchIntervalMs;
      return carried > 0 && rowsReady === 0 ? { close: 'idle' } : { waitMs: batchIntervalMs };
    }
    const dueMs = openedMs + batchIntervalMs;
    if (nowMs >= dueMs) return this.#close('interval');
    if (this.#hasCaughtUp(positions)) return this.#close('caught up');
    this.#idleDueMs = undefined;
    return { waitMs: dueMs - nowMs };
  }

  #close(reason: CloseReason): BatchStep {
    this.#backlog = undefined;
    this.#idleDueMs = undefined;
    return { close: reason };
  }

  #hasCaughtUp(positions: BatchState['positions']): boolean {
    if (this.#backlog === undefined) return false;
    const read = positions();
    return [...this.#backlog].every(([partition, end]) => (read.get(partition) ?? 0) >= end);
  }
}
