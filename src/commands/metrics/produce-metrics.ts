import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ProduceMetrics } from '../../pipeline/metrics.js';
import type { ProduceStatus } from '../../pipeline/produce/produce.js';
import { durationBuckets } from './registry.js';

/** What `produce` writes, and how far it is behind its schedule. */
export class PromProduceMetrics implements ProduceMetrics {
  readonly #rows: Counter;
  readonly #appends: Counter;
  readonly #appendSeconds: Histogram;
  readonly #registry: Registry;

  constructor(registry: Registry, rate: number | 'detector') {
    const registers = [registry];
    this.#registry = registry;
    this.#rows = new Counter({
      name: 'dtstream_rows_written_total',
      help: 'Rows written and confirmed by the log.',
      registers,
    });
    this.#appends = new Counter({ name: 'dtstream_appends_total', help: 'Appends to the log.', registers });
    this.#appendSeconds = new Histogram({
      name: 'dtstream_append_duration_seconds',
      help: 'Time that the log took to confirm an append.',
      buckets: durationBuckets,
      registers,
    });
    new Gauge({
      name: 'dtstream_rate_asked',
      help: 'Requested rate in rows per second; +Inf = as fast as possible, NaN = by the orbits of the rows.',
      registers,
    }).set(rate === 'detector' ? Number.NaN : rate);
  }

  /** Shows how far a run is, from when it is known. */
  watch(status: () => ProduceStatus): void {
    const gauge = (name: string, help: string, valueMs: (status: ProduceStatus) => number): void => {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(valueMs(status()) / 1000);
        },
      });
    };
    gauge('dtstream_behind_seconds', 'Delay behind the schedule.', ({ behindMs }) => behindMs);
    gauge(
      'dtstream_log_wait_seconds',
      'Time since the log stopped accepting an append; 0 while it accepts.',
      ({ appendingMs }) => appendingMs,
    );
    gauge(
      'dtstream_input_wait_seconds',
      'Time since the last row of the input, while waiting for one.',
      ({ inputIdleMs }) => inputIdleMs,
    );
  }

  appended({ rows, ms }: { readonly rows: number; readonly ms: number }): void {
    this.#rows.inc(rows);
    this.#appends.inc();
    this.#appendSeconds.observe(ms / 1000);
  }
}
