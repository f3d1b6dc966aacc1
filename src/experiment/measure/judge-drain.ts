import type { Usage } from './judge-run.js';
import { quantilesOf } from '../runs/quantiles.js';
import type { Measurements } from '../runs/run-result.js';
import type { SeenMessage } from './seen-message.js';

/** Everything that was seen of a run over a topic that was filled before. */
export interface DrainObservation {
  /** At least one. */
  readonly messages: readonly SeenMessage[];
  /** Of all instances, from their start to their end. */
  readonly usage: Usage;
  readonly fill: { readonly rowsPerSecond: number; readonly usage: Usage };
  readonly verify: Measurements['verify'];
}

/** Times in messages are whole ms. */
const secondsMin = 0.001;

/** What `process` alone was measured to do, from the first row of the first message to the last message of all instances. */
export function judgeDrain({ messages, usage, fill, verify }: DrainObservation): Measurements {
  const sum = (of: (message: SeenMessage) => number): number =>
    messages.reduce((total, message) => total + of(message), 0);
  const rows = sum(({ rowsRead }) => rowsRead);
  const startMs = Math.min(...messages.map(({ openedMs }) => openedMs));
  const endMs = Math.max(...messages.map(({ closedMs }) => closedMs));
  const seconds = Math.max(secondsMin, (endMs - startMs) / 1000);
  const batches = messages.filter(({ rowsRead }) => rowsRead > 0);
  const perMillion = ({ cpuSeconds }: Usage): number => (cpuSeconds / rows) * 1e6;
  return {
    seconds,
    askedRowsPerSecond: null,
    producedRowsPerSecond: fill.rowsPerSecond,
    processedRowsPerSecond: rows / seconds,
    processedHitsPerSecond: sum(({ hits }) => hits) / seconds,
    messages: messages.length,
    rowsPerBatch: rows / batches.length,
    computeMs: quantilesOf(batches.map(({ computeMs }) => computeMs)) ?? null,
    commitMs: null,
    batchMs: quantilesOf(batches.map(({ openedMs, closedMs }) => closedMs - openedMs)) ?? null,
    latencyMs: null,
    hitsUnseen: 0,
    backlogRows: 0,
    backlogSlope: 0,
    trends: { produce: 'flat', backlog: 'flat' },
    cpuSecondsPerMillionRows: { process: perMillion(usage), produce: perMillion(fill.usage) },
    peakMemoryBytes: { process: usage.peakMemoryBytes, produce: fill.usage.peakMemoryBytes },
    verify,
  };
}
