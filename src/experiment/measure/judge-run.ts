import {
  backlogAfterMessages,
  backlogAt,
  interpolateRows,
  processedRate,
  rateOver,
  type RowsAt,
  type Window,
} from './backlog.js';
import type { Configuration } from '../runs/configuration.js';
import { quantilesOf } from '../runs/quantiles.js';
import type { Measurements } from '../runs/run-result.js';
import type { SeenMessage } from './seen-message.js';
import { trendOf } from './trend.js';
import { batchesMin } from '../runs/verdict.js';

/** What the processes of a kind took in the window, and at their peak. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

/** Everything that was seen of a run. */
export interface Observation {
  readonly configuration: Configuration;
  readonly window: Window;
  /** When the first row was due, ms since 1970. */
  readonly startMs: number;
  /** In the order in which they became visible. */
  readonly messages: readonly SeenMessage[];
  /** Samples of the number of rows in the topic. */
  readonly written: readonly RowsAt[];
  readonly usage: { readonly process: Usage; readonly produce: Usage };
  readonly latency: Pick<Measurements, 'latencyMs' | 'hitsUnseen'>;
  readonly verify: Measurements['verify'];
}

/** A processor that says nothing for so many batch intervals, and this share of the window, has stalled. */
const silentIntervals = 3;
const silentShareMin = 0.25;

/** What a run was measured to do. */
export function judgeRun(observation: Observation): Measurements {
  const { configuration, window, startMs, messages, written, usage, latency, verify } = observation;
  const { rate, batchIntervalMs } = configuration;
  const asked = rate === 'max' ? null : rate;
  const seconds = (window.toMs - window.fromMs) / 1000;
  const rowsInAt = (ms: number): number =>
    asked === null ? interpolateRows(written, ms) : Math.max(0, ((ms - startMs) / 1000) * asked);
  const inside = messages.filter(({ visibleMs }) => visibleMs >= window.fromMs && visibleMs < window.toMs);
  const withRows = inside.filter(({ rowsRead }) => rowsRead > 0);
  const isInside = ({ ms }: RowsAt): boolean => ms >= window.fromMs && ms < window.toMs;
  const unwritten = written.filter(isInside).map(({ ms, rows }) => ({ ms, rows: rowsInAt(ms) - rows }));
  const samples = backlogAfterMessages(messages, rowsInAt, window);
  const backlogRows = backlogAt(messages, rowsInAt, window.toMs);
  const silentMs = window.toMs - (samples.at(-1)?.ms ?? window.fromMs);
  const isStalled = silentMs > Math.max(silentIntervals * batchIntervalMs, silentShareMin * seconds * 1000);
  const backlogBefore = samples.at(0)?.rows ?? backlogAt(messages, rowsInAt, window.fromMs);
  const backlog = isStalled ? { slope: (backlogRows - backlogBefore) / seconds, isRising: true } : trendOf(samples);
  const processed = processedRate(messages, window);
  const perMillion = (cpuSeconds: number): number => (processed > 0 ? (cpuSeconds / (processed * seconds)) * 1e6 : 0);
  const timesOf = (of: (message: SeenMessage) => number): Measurements['batchMs'] =>
    quantilesOf(withRows.map(of)) ?? null;
  return {
    seconds,
    askedRowsPerSecond: asked,
    producedRowsPerSecond: Math.max(0, rateOver(written, window)),
    processedRowsPerSecond: processed,
    processedHitsPerSecond: inside.reduce((sum, { hits }) => sum + hits, 0) / seconds,
    messages: inside.length,
    rowsPerBatch: withRows.reduce((sum, { rowsRead }) => sum + rowsRead, 0) / Math.max(1, withRows.length),
    computeMs: timesOf(({ computeMs }) => computeMs),
    commitMs: timesOf(({ visibleMs, closedMs }) => visibleMs - closedMs),
    batchMs: timesOf(({ visibleMs, openedMs }) => visibleMs - openedMs),
    ...latency,
    backlogRows,
    backlogSlope: backlog.slope,
    trends: {
      produce: trendOf(unwritten).isRising ? 'rises' : 'flat',
      backlog: !isStalled && withRows.length < batchesMin ? 'unknown' : backlog.isRising ? 'rises' : 'flat',
    },
    cpuSecondsPerMillionRows: {
      process: perMillion(usage.process.cpuSeconds),
      produce: perMillion(usage.produce.cpuSeconds),
    },
    peakMemoryBytes: { process: usage.process.peakMemoryBytes, produce: usage.produce.peakMemoryBytes },
    verify,
  };
}
