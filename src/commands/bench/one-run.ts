import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Window } from '../../experiment/backlog.js';
import { closingRows } from '../../experiment/closing-rows.js';
import type { Configuration } from '../../experiment/configuration.js';
import { judgeRun, type Observation, type Usage } from '../../experiment/judge-run.js';
import type { Measurements } from '../../experiment/run-result.js';
import { DtstreamError } from '../../errors.js';
import type { Transport } from '../../transport/transport.js';
import { measureLatency, readRecordRows, rowsAtEnds } from './latency.js';
import { BenchMonitor } from './monitor.js';
import { verifyRun } from './verify.js';
import { openLog } from '../flags/log.js';
import type { ProduceSummary } from '../produce/summary.js';
import { startSubcommand, type SubcommandProcess } from '../child/subcommand-process.js';
import type { ProcessUsage } from '../child/usage.js';
import { resultTopicsOf } from '../topics/topic-names.js';
import type { Console } from '../console/console.js';

/** What all runs of an experiment have in common. */
export interface RunSettings {
  /** Absent = a temporary embedded log for each run. */
  readonly brokers?: string;
  readonly brokerWait?: number;
  /** In front of the names of topics and groups in Kafka. */
  readonly prefix?: string;
  readonly config?: string;
  /** Where temporary logs are made. */
  readonly folder: string;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Of the simulated rows. */
  readonly seed: number;
  readonly verify: boolean;
  /** Where processor profiles of `process` go; absent = none are made. */
  readonly profileDir?: string;
}

/** Default folder of {@link RunSettings}. */
export const temporaryFolder = tmpdir();

/** How long instances may take to own their lanes. */
const readyMsMax = 60_000;
/** A run continues after its window until everything due in it can be visible, but no longer than this. */
const tailMsMax = 10_000;
const tailMsMin = 500;
/** A child that has not ended by itself after this is killed. */
const stopMsMax = 15_000;

/** A run under way: names and processes. */
interface Line {
  readonly log: Transport;
  readonly topic: string;
  readonly group: string;
  readonly results: string;
  readonly rejected: string;
  readonly logArgs: readonly string[];
  readonly children: SubcommandProcess[];
}

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
  const store = settings.brokers === undefined ? mkdtempSync(join(settings.folder, 'dtstream-bench-')) : undefined;
  const children: SubcommandProcess[] = [];
  const clean = (): void => {
    for (const child of children) child.kill();
    // A process that was killed a moment ago may still close its files.
    if (store !== undefined) rmSync(store, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
  };
  process.once('exit', clean);
  try {
    const { brokers, brokerWait, config, prefix } = settings;
    const log = await openLog(console, {
      ...(brokers === undefined ? {} : { brokers }),
      ...(brokerWait === undefined ? {} : { brokerWait }),
      ...(prefix === undefined ? {} : { prefix }),
      ...(config === undefined ? {} : { config }),
      store: store ?? '',
    });
    try {
      const name = `${prefix ?? ''}dtstream-bench-${process.pid.toString(36)}-${Date.now().toString(36)}`;
      const topic = brokers === undefined ? 'data_raw' : name;
      const logArgs = brokers === undefined ? ['--store', store ?? ''] : ['--brokers', brokers];
      if (prefix !== undefined) logArgs.push('--prefix', prefix);
      if (config !== undefined) logArgs.push('--config', resolve(config));
      return await runLine(
        { log, topic, group: name, ...resultTopicsOf(settings), logArgs, children },
        configuration,
        settings,
        signal,
      );
    } finally {
      await log.close();
    }
  } finally {
    process.removeListener('exit', clean);
    clean();
  }
}

async function runLine(
  line: Line,
  configuration: Configuration,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<Measurements> {
  const { log, topic, group, results, rejected } = line;
  const { partitions, instances, rate, batchIntervalMs } = configuration;
  const once = { replicationFactor: 1, partitions: 1, writer: 'group' } as const;
  await log.createTopics([
    { topic, partitions, replicationFactor: 1 },
    { topic: results, ...once },
    { topic: rejected, ...once },
  ]);
  const monitor = await BenchMonitor.open(log, { topic, group, results });
  const processors = Array.from({ length: instances }, () => startProcessor(line, configuration, settings));
  let producer: SubcommandProcess | undefined;
  let observed: Omit<Observation, 'latency' | 'verify' | 'startMs' | 'written' | 'messages'>;
  let summary: ProduceSummary;
  let endMs: number;
  try {
    await untilAtWork(line, signal);
    producer = startProducer(line, configuration, settings);
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
      ? await verifyRun(log, { group, topic, results, config: settings.config })
      : { result: 'not asked', rows: 0, lateOrbits: 0, detail: '' },
  });
}

function startProcessor(
  line: Line,
  configuration: Configuration,
  { brokers, profileDir }: RunSettings,
): SubcommandProcess {
  const { threads, shards, instances, batchIntervalMs } = configuration;
  const compute = ['--threads', threads, '--shards', shards, '--batch-interval', `${batchIntervalMs}ms`];
  // In Kafka the group assigns lanes; in the embedded log the first process takes free ones.
  const lanes = ['--lanes', instances, ...(brokers === undefined ? ['--own-lanes', 1] : [])];
  const names = ['--topic', line.topic, '--group', line.group];
  const args = ['process', '--quiet', ...line.logArgs, ...names, ...compute, ...lanes].map(String);
  const child = startSubcommand(args, { stopMsMax, profileDir });
  line.children.push(child);
  return child;
}

function startProducer(line: Line, configuration: Configuration, { seed }: RunSettings): SubcommandProcess {
  const { rate, partitions, rowsPerMessage, encoding } = configuration;
  const pace = ['--rate', rate, '--sim', `seed=${seed}`];
  const form = ['--partitions', partitions, '--rows-per-message', rowsPerMessage, '--encoding', encoding];
  const args = ['produce', '--quiet', '--summary', ...line.logArgs, '--topic', line.topic, ...pace, ...form];
  const child = startSubcommand(args.map(String), { stopMsMax });
  line.children.push(child);
  return child;
}

/** Waits until a process works for the group. */
async function untilAtWork(line: Line, signal: AbortSignal): Promise<void> {
  const isAtWork = async (): Promise<boolean> =>
    (await line.log.groups()).some(({ group, alive }) => group === line.group && alive);
  await until(isAtWork, 'process must own its lanes', line, signal);
}

async function untilRows(monitor: BenchMonitor, line: Line, signal: AbortSignal): Promise<void> {
  const hasRows = (): Promise<boolean> => Promise.resolve((monitor.written.at(-1)?.rows ?? 0) > 0);
  await until(hasRows, 'produce must write its first row', line, signal);
}

async function until(isSo: () => Promise<boolean>, rule: string, line: Line, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + readyMsMax;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) {
      throw new DtstreamError('transport', `cannot measure: ${rule} within ${readyMsMax / 1000} s, got nothing`);
    }
    await wait(20, line, signal);
  }
}

/** Waits, but no longer than until a process has ended. @throws DtstreamError why it has */
async function wait(ms: number, { children }: Line, signal: AbortSignal): Promise<void> {
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
