import type { RowsAt, Window } from '../../experiment/measure/backlog.js';
import type { Configuration } from '../../experiment/runs/configuration.js';
import { LatencyMeter } from '../../experiment/measure/latency-meter.js';
import { rowsOfRecords } from '../../experiment/measure/record-rows.js';
import type { Measurements } from '../../experiment/runs/run-result.js';
import type { SeenMessage } from '../../experiment/measure/seen-message.js';
import { sentRows } from '../../experiment/measure/sent-rows.js';
import { batchesToEnd } from '../../transport/batches-to-end.js';
import { offsetOf } from '../../transport/records-of.js';
import type { Transport } from '../../transport/transport.js';

/** Rows of each record, by partition; undefined where each has one. */
export async function readRecordRows(
  log: Transport,
  topic: string,
  { partitions, rowsPerMessage, rate }: Configuration,
): Promise<readonly (readonly number[])[] | undefined> {
  if (rowsPerMessage === 1 || rate === 'max') return undefined;
  const rows = Array.from({ length: partitions }, (): number[] => []);
  const reader = await log.openReader(topic, 'earliest');
  try {
    for await (const batch of batchesToEnd(reader)) {
      rowsOfRecords(batch).forEach((count, record) => (rows[batch.partition][offsetOf(batch, record)] = count));
    }
  } finally {
    await reader.close();
  }
  return rows;
}

/** Numbers of records in a topic as numbers of rows, by how many of them a record has on average. */
export function rowsAtEnds(records: readonly RowsAt[], rows: number): RowsAt[] {
  const last = records.at(-1)?.rows ?? 0;
  const rowsPerRecord = last === 0 ? 0 : rows / last;
  return records.map(({ ms, rows: count }) => ({ ms, rows: count * rowsPerRecord }));
}

/** Latencies of the hits that were due in the window; none at rate `max`, where nothing is due at a time of its own. */
export function measureLatency(run: {
  readonly configuration: Configuration;
  readonly window: Window;
  readonly messages: readonly SeenMessage[];
  readonly startMs: number;
  readonly endMs: number;
  readonly seed: number;
  /** Rows that were written. */
  readonly rows: number;
  readonly recordRows: readonly (readonly number[])[] | undefined;
}): Pick<Measurements, 'latencyMs' | 'hitsUnseen'> {
  const { configuration, messages, window, startMs, endMs, recordRows } = run;
  const { rate, partitions, instances } = configuration;
  if (rate === 'max') return { latencyMs: null, hitsUnseen: 0 };
  let meter: LatencyMeter | undefined;
  let taken = 0;
  for (const row of sentRows(run.seed, configuration)) {
    meter ??= new LatencyMeter(
      {
        ...{ partitions, lanes: instances, messages, window, endMs },
        ...(recordRows === undefined ? {} : { recordRows: (partition: number) => recordRows[partition] }),
        dueMs: (number) => startMs + (number / rate) * 1000,
      },
      row.orbit,
    );
    meter.row(row);
    if (++taken >= run.rows) break;
  }
  // Rows that were due in the window count, written or not.
  const rowsDue = Math.ceil(((window.toMs - startMs) / 1000) * rate);
  meter?.unsent(Math.max(0, rowsDue - taken));
  const { quantiles, unseen } = meter?.end() ?? { quantiles: undefined, unseen: 0 };
  return { latencyMs: quantiles ?? null, hitsUnseen: unseen };
}
