import type { MetricsFlags } from './flags.js';
import type { MonitorStatus } from './monitor-metrics.js';
import type { ServedConsumeMetrics, ServedProduceMetrics } from './open-metrics.js';
import type { Console } from '../console/console.js';

type AskedFlags = MetricsFlags & { readonly quiet: boolean };

/**
 * Serves the metrics of a consumer if the flags ask for it; what that takes is loaded only then.
 *
 * @throws DtstreamError `config` when the address cannot be used
 */
export async function consumeMetricsOf(
  console: Console,
  flags: AskedFlags,
  chambers: number,
): Promise<ServedConsumeMetrics | undefined> {
  if (flags.metricsPort === undefined) return undefined;
  return (await import('./open-metrics.js')).openConsumeMetrics(console, flags, chambers);
}

/** The same of a producer. @throws DtstreamError `config` when the address cannot be used */
export async function produceMetricsOf(
  console: Console,
  flags: AskedFlags & { readonly rate: number | 'detector' },
): Promise<ServedProduceMetrics | undefined> {
  if (flags.metricsPort === undefined) return undefined;
  return (await import('./open-metrics.js')).openProduceMetrics(console, flags);
}

/** The same of a monitor. @throws DtstreamError `config` when the address cannot be used */
export async function monitorMetricsOf(
  console: Console,
  flags: AskedFlags,
  status: MonitorStatus,
): Promise<{ close(): Promise<void> } | undefined> {
  if (flags.metricsPort === undefined) return undefined;
  return (await import('./open-metrics.js')).openMonitorMetrics(console, flags, status);
}
