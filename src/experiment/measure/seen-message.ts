import type { BatchMessage } from '../../domain/batch-message.js';

/** The part kept of a message that became visible in `data_clean`. */
export interface SeenMessage {
  readonly lane: number;
  /** When it could be read, ms since 1970. */
  readonly visibleMs: number;
  readonly openedMs: number;
  readonly closedMs: number;
  /** What computing it took. */
  readonly computeMs: number;
  /** Offsets read for the first time, half open, by partition. */
  readonly input: readonly (readonly [partition: number, from: number, to: number])[];
  readonly rowsRead: number;
  readonly hits: number;
  readonly lateHits: number;
  /** Raw counter of the last orbit counted, null without one. */
  readonly orbitLast: number | null;
}

/** Keeps of a message what its run is judged by. */
export function seenMessage(message: BatchMessage, visibleMs: number): SeenMessage {
  const { batch, ledger, input, producer } = message;
  return {
    lane: Number(producer.slice(producer.lastIndexOf('/') + 1)),
    visibleMs,
    openedMs: Date.parse(batch.opened),
    closedMs: Date.parse(batch.closed),
    computeMs: batch.compute_ms ?? batch.duration_ms,
    input: Object.entries(input).map(([partition, [from, to]]) => [Number(partition), from, to] as const),
    rowsRead: ledger.rows_read,
    hits: ledger.hits,
    lateHits: message.late_hits,
    orbitLast: batch.orbit_last,
  };
}
