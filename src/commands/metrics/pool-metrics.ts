import { Counter, Gauge, type Registry } from 'prom-client';

/** The state of a thread pool, for metrics. */
export interface PoolLoad {
  readonly threads: number;
  /** Tasks handed over and not done; those beyond the threads wait. */
  readonly tasksUnderWay: number;
  /** Time that threads were at work, added up, ms. */
  readonly busyMs: number;
}

/** How much of the pool is used. */
export function addPoolMetrics(registry: Registry, pool: PoolLoad): void {
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };
  gauge('dtstream_pool_threads', 'Worker threads.', () => pool.threads);
  gauge('dtstream_pool_busy_threads', 'Busy worker threads.', () => Math.min(pool.threads, pool.tasksUnderWay));
  gauge('dtstream_pool_queued_tasks', 'Tasks waiting for a worker thread.', () =>
    Math.max(0, pool.tasksUnderWay - pool.threads),
  );
  new Counter({
    name: 'dtstream_pool_busy_seconds_total',
    help: 'Busy time summed over the worker threads; its rate divided by dtstream_pool_threads is the utilisation.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(pool.busyMs / 1000);
    },
  });
}
