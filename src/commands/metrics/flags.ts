import type { Command } from 'commander';
import { wholeNumber } from '../flags/quantity.js';

/** Flags of commands that serve metrics. */
export interface MetricsFlags {
  /** Absent = no metrics are served; 0 = any free port. */
  readonly metricsPort?: number;
  readonly metricsHost: string;
}

export function addMetricsFlags(command: Command): Command {
  return command
    .option('--metrics-port <port>', 'serve Prometheus metrics on this port; 0: any free port', wholeNumber(0, 65_535))
    .option('--metrics-host <host>', 'bind address of the metrics (no authentication)', '127.0.0.1');
}
