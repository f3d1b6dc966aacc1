import type { ComputePool } from '../../compute/pool.js';
import type { ConsumeMetrics, ProduceMetrics } from '../../pipeline/metrics.js';
import type { ProduceStatus } from '../../pipeline/produce/produce.js';
import type { PartitionState } from '../../transport/transport.js';
import { programVersion } from '../program-version.js';
import type { MetricsFlags } from './flags.js';
import { PromConsumeMetrics } from './consume-metrics.js';
import { addLagMetrics } from './lag-metrics.js';
import { serveMetrics } from './metrics-server.js';
import { addPoolMetrics } from './pool-metrics.js';
import { addMonitorMetrics, type MonitorStatus } from './monitor-metrics.js';
import { PromProduceMetrics } from './produce-metrics.js';
import { newRegistry } from './registry.js';
import type { Console } from '../console/console.js';

type Flags = MetricsFlags & { readonly quiet: boolean };

/** Metrics of a process that consumes. */
export interface ServedConsumeMetrics {
  readonly metrics: ConsumeMetrics;
  watchPool(pool: ComputePool): void;
  /** @param of.lanes of the group */
  watchLag(
    of: { readonly topic: string; readonly lanes: number },
    look: () => Promise<readonly PartitionState[]>,
  ): void;
  close(): Promise<void>;
}

/** Metrics of a process that produces. */
export interface ServedProduceMetrics {
  readonly metrics: ProduceMetrics;
  watchRun(status: () => ProduceStatus): void;
  close(): Promise<void>;
}

/** @throws DtstreamError `config` when the address cannot be used */
export async function openConsumeMetrics(
  console: Console,
  flags: Flags,
  chambers: number,
): Promise<ServedConsumeMetrics> {
  const registry = newRegistry(programVersion());
  const metrics = new PromConsumeMetrics(registry, chambers);
  const server = await serveMetrics(console, registry, flags);
  return {
    metrics,
    watchPool: (pool) => addPoolMetrics(registry, pool),
    watchLag: ({ topic, lanes }, look) => {
      const of = { read: () => metrics.read, owns: (partition: number) => metrics.owns(partition, lanes) };
      addLagMetrics(registry, topic, of, look);
    },
    close: () => server.close(),
  };
}

/** @throws DtstreamError `config` when the address cannot be used */
export async function openProduceMetrics(
  console: Console,
  flags: Flags & { readonly rate: number | 'detector' },
): Promise<ServedProduceMetrics> {
  const registry = newRegistry(programVersion());
  const metrics = new PromProduceMetrics(registry, flags.rate);
  const server = await serveMetrics(console, registry, flags);
  return { metrics, watchRun: (status) => metrics.watch(status), close: () => server.close() };
}

/** @throws DtstreamError `config` when the address cannot be used */
export async function openMonitorMetrics(
  console: Console,
  flags: Flags,
  status: MonitorStatus,
): Promise<{ close(): Promise<void> }> {
  const registry = newRegistry(programVersion());
  addMonitorMetrics(registry, status);
  return serveMetrics(console, registry, flags);
}
