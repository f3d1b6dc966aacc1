import type { Command } from 'commander';
import type { ServedConsumeMetrics, ServedProduceMetrics } from './metrics/open-metrics.js';
import { wholeNumber } from './quantity.js';

/** Flags of commands that can be asked for metrics while they run. */
export interface MetricsFlags {
  /** Absent = nobody can ask; 0 = a free port. */
  readonly metricsPort?: number;
  readonly metricsHost: string;
}

export function addMetricsFlags(command: Command): Command {
  return command
    .option('--metrics-port <port>', 'serve metrics for Prometheus on this port; 0: a free one', wholeNumber(0, 65_535))
    .option('--metrics-host <host>', 'address that metrics are served on; anyone who reaches it reads', '127.0.0.1');
}

type AskedFlags = MetricsFlags & { readonly quiet: boolean };

/**
 * Serves the metrics of a consumer if the flags ask for it; what that takes is loaded only then.
 *
 * @throws DtstreamError `config` when the address cannot be used
 */
export async function consumeMetricsOf(flags: AskedFlags, chambers: number): Promise<ServedConsumeMetrics | undefined> {
  if (flags.metricsPort === undefined) return undefined;
  return (await import('./metrics/open-metrics.js')).openConsumeMetrics(flags, chambers);
}

/** The same of a producer. @throws DtstreamError `config` when the address cannot be used */
export async function produceMetricsOf(
  flags: AskedFlags & { readonly rate: number },
): Promise<ServedProduceMetrics | undefined> {
  if (flags.metricsPort === undefined) return undefined;
  return (await import('./metrics/open-metrics.js')).openProduceMetrics(flags);
}
