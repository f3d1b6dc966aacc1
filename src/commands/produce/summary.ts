import type { ProduceStatus } from '../../pipeline/produce/produce.js';

/** What `dtstream produce --summary` prints. */
export interface ProduceSummary {
  /** Rows written by this run. */
  readonly rows: number;
  /** When the first row was due, ms since 1970: row n was due `n / rate` s later. null when there was no row. */
  readonly started_ms: number | null;
  /** From the first row due to the last one written. */
  readonly elapsed_ms: number;
  /** Requested rows/s; null = as fast as possible. */
  readonly rate: number | null;
  /** Time of the schedule skipped after long stops. */
  readonly debt_given_up_ms: number;
}

/** How a run went, for scripts. */
export function produceSummaryJson(status: ProduceStatus, { rate }: { readonly rate: number }): string {
  const { rows, startMs, elapsedMs, debtGivenUpMs } = status;
  const summary: ProduceSummary = {
    rows,
    started_ms: startMs === undefined ? null : performance.timeOrigin + startMs,
    elapsed_ms: elapsedMs,
    rate: rate === Infinity ? null : rate,
    debt_given_up_ms: debtGivenUpMs,
  };
  return `${JSON.stringify(summary)}\n`;
}
