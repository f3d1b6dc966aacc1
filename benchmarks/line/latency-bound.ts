import { closingRows } from '../../src/experiment/measure/closing-rows.js';
import type { SentRow } from '../../src/experiment/measure/latency-meter.js';

/** What publishing may take beside waiting. */
export const slackMs = 50;

/** Orbits that `process` holds open for late hits when it is not told. */
const latenessOrbits = 4096;
const quantile = 0.99;

/** A line at a fixed rate. */
export interface PacedRun {
  readonly rowsPerSecond: number;
  readonly partitions: number;
  readonly batchIntervalMs: number;
}

/** What the p99 of the latency may be: batch interval, lateness in rows of a mean stream at that rate, and 50 ms. */
export function latencyBound({ rowsPerSecond, partitions, batchIntervalMs }: PacedRun): number {
  return batchIntervalMs + (closingRows(partitions).lateness / rowsPerSecond) * 1000 + slackMs;
}

/**
 * How long hits of these very rows must wait at p99 when a program takes no time at all, ms: from when a hit was to be
 * sent to the row that lets its orbit close (the largest orbit of every partition is `lateness` past it), and from there
 * to the end of a batch, which comes at any moment of the interval alike.
 *
 * @param rows in the order of sending, from the first row of the run on
 * @param window only hits due in it count, ms since the first row
 */
export function waitingMs(
  rows: Iterable<SentRow>,
  { rowsPerSecond, partitions, batchIntervalMs }: PacedRun,
  window: { readonly fromMs: number; readonly toMs: number },
): number {
  const dueMs = (row: number): number => (row / rowsPerSecond) * 1000;
  const largest = new Float64Array(partitions).fill(-Infinity);
  const openOrbits = new Map<number, number[]>();
  const waits: number[] = [];
  let row = 0;
  let closed = -Infinity;
  for (const { partition, orbit, isHit } of rows) {
    const nowMs = dueMs(row++);
    if (!isHit) continue;
    if (nowMs >= window.fromMs && nowMs < window.toMs) {
      openOrbits.set(orbit, [...(openOrbits.get(orbit) ?? []), nowMs]);
    }
    if (orbit > largest[partition]) {
      largest[partition] = orbit;
      const watermark = Math.min(...largest) - latenessOrbits;
      if (watermark > closed) {
        for (const [open, sentMs] of openOrbits) {
          if (open > watermark) continue;
          for (const ms of sentMs) waits.push(nowMs - ms);
          openOrbits.delete(open);
        }
        closed = watermark;
      }
    }
    if (nowMs >= window.toMs && openOrbits.size === 0) break;
  }
  return quantileWithInterval(waits, batchIntervalMs);
}

/** The quantile of `waits` with a wait of [0, interval) added that is as likely everywhere; by bisection, ms. */
function quantileWithInterval(waits: readonly number[], intervalMs: number): number {
  const share = (ms: number): number =>
    waits.reduce((sum, wait) => sum + Math.min(1, Math.max(0, (ms - wait) / intervalMs)), 0) / waits.length;
  let [low, high] = [0, Math.max(...waits) + intervalMs];
  while (high - low > 0.1) {
    const middle = (low + high) / 2;
    if (share(middle) < quantile) low = middle;
    else high = middle;
  }
  return high;
}
