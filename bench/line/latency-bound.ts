import { closingRows } from '../../src/bench/closing-rows.js';

/** What publishing may take beside waiting. */
const slackMs = 50;

/** What the p99 of the latency may be, ms. */
export interface LatencyBound {
  /** Batch interval, lateness at that speed, and 50 ms. */
  readonly ms: number;
  /** How much later an orbit closes because partitions take turns by blocks of orbits. */
  readonly blocksMs: number;
}

export function latencyBound(run: {
  readonly rowsPerSecond: number;
  readonly partitions: number;
  readonly batchIntervalMs: number;
}): LatencyBound {
  const { lateness, blocks } = closingRows(run.partitions);
  const msOf = (rows: number): number => (rows / run.rowsPerSecond) * 1000;
  return { ms: run.batchIntervalMs + msOf(lateness) + slackMs, blocksMs: msOf(blocks) };
}
