import { orbitBlock } from '../../src/pipeline/produce/packer.js';

/** Orbits that `process` holds open for late hits when it is not told. */
const latenessOrbits = 4096;
/** Rows of the simulated telescope in an orbit: 2010 in the lateness. */
const rowsPerOrbit = 2010 / 4096;
/** What publishing may take beside waiting. */
const slackMs = 50;

/** What the p99 of the latency may be, ms. */
export interface LatencyBound {
  /** Batch interval, lateness at that speed, and 50 ms. */
  readonly ms: number;
  /**
   * How much later an orbit closes with several partitions: they take turns by blocks of 64 orbits, and the one that is
   * behind, by up to a block of each, holds the watermark.
   */
  readonly blocksMs: number;
}

export function latencyBound(run: {
  readonly rowsPerSecond: number;
  readonly partitions: number;
  readonly batchIntervalMs: number;
}): LatencyBound {
  const orbitMs = 1000 / (run.rowsPerSecond / rowsPerOrbit);
  return {
    ms: run.batchIntervalMs + latenessOrbits * orbitMs + slackMs,
    blocksMs: orbitBlock * run.partitions * orbitMs,
  };
}
