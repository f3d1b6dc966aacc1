import { setTimeout as delay } from 'node:timers/promises';
import type { Window } from '../../experiment/measure/backlog.js';
import { closingRows } from '../../experiment/measure/closing-rows.js';
import type { Configuration } from '../../experiment/runs/configuration.js';
import { judgeRun, type Observation, type Usage } from '../../experiment/measure/judge-run.js';
import type { Measurements } from '../../experiment/runs/run-result.js';
import { DtstreamError } from '../../errors.js';
import { measureLatency, readRecordRows, rowsAtEnds } from './latency.js';
import { BenchMonitor } from './monitor.js';
import { processArgs, produceArgs } from './run-args.js';
import type { RunSettings } from './settings.js';
import { TemporaryLog } from './temporary-log.js';
import { notVerified, verifyRun } from './verify.js';
import type { ProduceSummary } from '../produce/summary.js';
import type { SubcommandProcess } from '../child/subcommand-process.js';
import type { ProcessUsage } from '../child/usage.js';
import type { Console } from '../console/console.js';

/** How long instances may take to own their lanes. */
const readyMsMax = 60_000;
/** A run continues after its window until everything due in it can be visible, but no longer than this. */
const tailMsMax = 10_000;
const tailMsMin = 500;
/** Name of the group, which has the log for itself. */
const group = 'bench';

/**
 * One run: produce and process as separate processes on a fresh topic, watched from outside.
 *
 * ```
 *  start process ─► own lanes ─► start produce ─► warm-up ─► window ─► tail ─► stop both ─► verify, latency
 *                                                  │usage     usage│
 * ```
 *
 * @throws DtstreamError when a process failed or the signal aborted
 */
export async function measureRun(
  console: Console,
  configuration: Configuration,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<Measurements> {
  const line = await TemporaryLog.open(console, settings);
  try {
    return await runLine(line, configuration, settings, signal);
  } finally {
    await line.close();
  }
}

async function runLine(
  line: TemporaryLog,
  configuration: Configuration,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<Measurements> {
  const { log, topic, results } = line;
  const { partitions, instances, rate, batchIntervalMs } = configuration;
  const ownGroup = line.group(group);
  await line.createTopics(partitions);
  const monitor = await BenchMonitor.open(log, { topic, group: ownGroup, results });
  const processors = Array.from({ length: instances }, () =>
    line.start(processArgs(configuration, group, settings), settings.profileDir),
  );
  let producer: SubcommandProcess | undefined;
  let observed: Omit<Observation, 'latency' | 'verify' | 'startMs' | 'written' | 'messages'>;
  let summary: ProduceSummary;
  let endMs: number;
  try {
    await untilAtWork(line, signal);
    producer = line.start(produceArgs(configuration, settings));
    await untilRows(monitor, line, signal);
    await wait(settings.warmUpMs, line, signal);
    const fromMs = nowMs();
    const before = await usageOf(processors, producer);
    await wait(settings.durationMs, line, signal);
    const window: Window = { fromMs, toMs: nowMs() };
    const after = await usageOf(processors, producer);
    const usage = {
      process: usageBetween(before.process, after.process),
      produce: usageBetween(before.produce, after.produce),
    };
    observed = { configuration, window, usage };
    if (rate !== 'max') {
      const { lateness, blocks } = closingRows(partitions);
      const closingMs = ((lateness + blocks) / rate) * 1000;
      await wait(Math.min(tailMsMax, closingMs + batchIntervalMs + tailMsMin), line, signal);
    }
    endMs = nowMs();
    summary = JSON.parse(await producer.stop()) as ProduceSummary;
    await Promise.all(processors.map((child) => child.stop()));
  } finally {
    await monitor.close();
  }
  const { started_ms: startMs } = summary;
  if (startMs === null) throw new DtstreamError('transport', 'produce ended without writing a row');
  const recordRows = await readRecordRows(log, topic, configuration);
  const { messages } = monitor;
  const written = rowsAtEnds(monitor.written, summary.rows);
  return judgeRun({
    ...observed,
    startMs,
    messages,
    written,
    latency: measureLatency({
      ...observed,
      messages,
      startMs,
      endMs,
      seed: settings.seed,
      rows: summary.rows,
      recordRows,
    }),
    verify: settings.verify
      ? await verifyRun(log, { group: ownGroup, topic, results, config: settings.config })
      : notVerified,
  });
}

/** Waits until a process works for the group. */
async function untilAtWork(line: TemporaryLog, signal: AbortSignal): Promise<void> {
  const isAtWork = async (): Promise<boolean> =>
    (await line.log.groups()).some((state) => state.group === line.group(group) && state.alive);
  await until(isAtWork, 'process must own its lanes', line, signal);
}

async function untilRows(monitor: BenchMonitor, line: TemporaryLog, signal: AbortSignal): Promise<void> {
  const hasRows = (): Promise<boolean> => Promise.resolve((monitor.written.at(-1)?.rows ?? 0) > 0);
  await until(hasRows, 'produce must write its first row', line, signal);
}

async function until(
  isSo: () => Promise<boolean>,
  rule: string,
  line: TemporaryLog,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = performance.now() + readyMsMax;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) {
      throw new DtstreamError('transport', `cannot measure: ${rule} within ${readyMsMax / 1000} s, got nothing`);
    }
    await wait(20, line, signal);
  }
}

/** Waits, but no longer than until a process has ended. @throws DtstreamError why it has */
async function wait(ms: number, { children }: TemporaryLog, signal: AbortSignal): Promise<void> {
  const over = AbortSignal.any([signal, ...children.map(({ ended }) => ended)]);
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
  if (signal.aborted) throw new DtstreamError('transport', 'stopped');
  const gone = children.find(({ ended }) => ended.aborted);
  if (gone === undefined) return;
  await gone.stop();
  throw new DtstreamError('transport', 'a process ended unexpectedly');
}

async function usageOf(
  processors: readonly SubcommandProcess[],
  producer: SubcommandProcess,
): Promise<{ process: ProcessUsage; produce: ProcessUsage }> {
  const [produce, ...list] = await Promise.all([producer, ...processors].map((child) => child.usage()));
  return {
    produce,
    process: {
      cpuSeconds: list.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      peakMemoryBytes: list.reduce((sum, { peakMemoryBytes }) => sum + peakMemoryBytes, 0),
    },
  };
}

function usageBetween(before: ProcessUsage, after: ProcessUsage): Usage {
  return { cpuSeconds: after.cpuSeconds - before.cpuSeconds, peakMemoryBytes: after.peakMemoryBytes };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
