import type { ProduceStatus } from '../../pipeline/produce/produce.js';
import type { ProduceFlags } from './flags.js';

/** What `dtstream produce --summary` prints. */
export interface ProduceSummary {
  /** Rows written by this run. */
  readonly rows: number;
  /**
   * When the first row was due, ms since 1970: row n was due `n / rate` s later, or by its orbit. null when there was no
   * row.
   */
  readonly started_ms: number | null;
  /** From the first row due to the last one written. */
  readonly elapsed_ms: number;
  /** Requested rows/s; null = as fast as possible; or by the orbits of the rows. */
  readonly rate: number | 'detector' | null;
  /** Only with `rate: 'detector'`: requested speed, detector time of the rows, and gaps that were not waited for. */
  readonly speed?: number;
  readonly detector_ms?: number;
  readonly gaps?: number;
  /** Time of the schedule skipped after long stops. */
  readonly debt_given_up_ms: number;
}

/** How a run went, for scripts. */
export function produceSummaryJson(
  status: ProduceStatus,
  { rate, speed = 1 }: Pick<ProduceFlags, 'rate' | 'speed'>,
): string {
  const { rows, startMs, elapsedMs, debtGivenUpMs, detector } = status;
  const summary: ProduceSummary = {
    rows,
    started_ms: startMs === undefined ? null : performance.timeOrigin + startMs,
    elapsed_ms: elapsedMs,
    rate: rate === Infinity ? null : rate,
    debt_given_up_ms: debtGivenUpMs,
    ...(detector && { speed, detector_ms: detector.ms, gaps: detector.gaps }),
  };
  return `${JSON.stringify(summary)}\n`;
}
