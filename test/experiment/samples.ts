import type { Configuration } from '../../src/experiment/runs/configuration.js';
import type { Experiment, Report } from '../../src/experiment/report.js';
import type { Measurements, RunResult } from '../../src/experiment/runs/run-result.js';
import type { Quantiles } from '../../src/experiment/runs/quantiles.js';

export const plain: Configuration = {
  instances: 1,
  threads: 2,
  partitions: 10,
  shards: 2,
  rowsPerMessage: 1,
  encoding: 'csv',
  physics: 'full',
  rate: 1000,
  batchIntervalMs: 1000,
};

/** Quantiles around a median. */
export function around(p50: number): Quantiles {
  return { count: 100, min: p50 / 2, p25: p50 * 0.8, p50, p75: p50 * 1.2, p90: p50 * 1.5, p99: p50 * 2, max: p50 * 3 };
}

function measurements(changed: Partial<Measurements> = {}): Measurements {
  return {
    seconds: 10,
    askedRowsPerSecond: 1000,
    producedRowsPerSecond: 1000,
    processedRowsPerSecond: 1000,
    messages: 12,
    rowsPerBatch: 1000,
    computeMs: around(4),
    commitMs: around(6),
    batchMs: around(1010),
    latencyMs: around(1500),
    hitsUnseen: 0,
    backlogRows: 500,
    backlogSlope: 1,
    trends: { produce: 'flat', backlog: 'flat' },
    cpuSecondsPerMillionRows: { process: 30, produce: 20 },
    peakMemoryBytes: { process: 100e6, produce: 80e6 },
    verify: { result: 'equal', rows: 13_000, lateOrbits: 0, detail: '' },
    ...changed,
  };
}

export function runOf(
  configuration: Partial<Configuration> = {},
  measured: Partial<Measurements> = {},
  repeat = 0,
): RunResult {
  return {
    kind: 'run',
    configuration: { ...plain, ...configuration },
    repeat,
    started: '2026-01-31T12:00:00.000Z',
    measured: measurements(measured),
    failure: null,
  };
}

const experiment: Experiment = {
  kind: 'experiment',
  schema: 1,
  started: '2026-01-31T12:00:00.000Z',
  machine: { processor: 'Test CPU', cores: 2, memoryBytes: 8 * 2 ** 30, system: 'Linux 6', loadBefore: 0.25 },
  versions: { dtstream: '0.1.0', node: 'v20.20.2' },
  log: 'embedded log',
  flags: { warmUpMs: 3000, durationMs: 10_000 },
  seed: 1,
};

/** A run over a topic that was filled before. */
export function drainOf(
  configuration: Partial<Configuration>,
  processedRowsPerSecond: number,
  repeat = 0,
  measured: Partial<Measurements> = {},
): RunResult {
  return runOf(
    { rate: 'max', ...configuration },
    { askedRowsPerSecond: null, latencyMs: null, commitMs: null, processedRowsPerSecond, ...measured },
    repeat,
  );
}

export const drainFlags = { drain: 20_000_000, input: [], fill: false };

export function reportOf(runs: readonly RunResult[], changed: Partial<Experiment> = {}): Report {
  return { experiment: { ...experiment, ...changed }, runs, limits: [], runsLeft: 0 };
}
