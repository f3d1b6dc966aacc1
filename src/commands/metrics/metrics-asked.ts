import type { MetricsFlags } from './flags.js';
import type { ServedConsumeMetrics, ServedProduceMetrics } from './open-metrics.js';

type AskedFlags = MetricsFlags & { readonly quiet: boolean };

/**
 * Serves the metrics of a consumer if the flags ask for it; what that takes is loaded only then.
 *
 * @throws DtstreamError `config` when the address cannot be used
 */
export async function consumeMetricsOf(flags: AskedFlags, chambers: number): Promise<ServedConsumeMetrics | undefined> {
  if (flags.metricsPort === undefined) return undefined;
  return (await import('./open-metrics.js')).openConsumeMetrics(flags, chambers);
}

/** The same of a producer. @throws DtstreamError `config` when the address cannot be used */
export async function produceMetricsOf(
  flags: AskedFlags & { readonly rate: number },
): Promise<ServedProduceMetrics | undefined> {
  if (flags.metricsPort === undefined) return undefined;
  return (await import('./open-metrics.js')).openProduceMetrics(flags);
}
