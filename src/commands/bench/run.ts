import { accessSync, constants, existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname, extname, resolve } from 'node:path';
import { comparisonText } from '../../experiment/tables/compare.js';
import {
  type Configuration,
  configurationText,
  crossProduct,
  dimensions,
  variedDimensions,
} from '../../experiment/runs/configuration.js';
import { csvTable } from '../../experiment/tables/csv-table.js';
import { limitsText } from '../../experiment/tables/limit-text.js';
import { panelFigure } from '../../experiment/plots/panels.js';
import { textPlots } from '../../experiment/plots/text-plots.js';
import { planRuns, runKey, type PlannedRun } from '../../experiment/runs/plan.js';
import { drainedRows, type Experiment, type Report } from '../../experiment/report.js';
import { reportHtml, reportSvg } from '../../experiment/report-html.js';
import type { Measurements, RunResult } from '../../experiment/runs/run-result.js';
import { scalingOf } from '../../experiment/scaling/scaling.js';
import { headLines, markdownTable, textTable } from '../../experiment/tables/table.js';
import { faultsOf } from '../../experiment/runs/verdict.js';
import { visibleJson } from '../../domain/visible-text.js';
import { DtstreamError } from '../../errors.js';
import { systemProblem } from '../../sources/input-error.js';
import { isS3Input } from '../../sources/s3/s3-location.js';
import type { BenchContext } from './context.js';
import { findLimits } from './limits.js';
import { measureDrain } from './drain-run.js';
import { measureRun } from './one-run.js';
import { type DrainSettings, PrefilledTopics } from './prefill.js';
import { type RunSettings, temporaryFolder } from './settings.js';
import { BenchProgress } from './progress.js';
import { BenchState, readReport } from './state.js';
import type { BenchFlags } from './flags.js';
import { countOf } from '../console/plural.js';
import { checkOutput } from '../flags/output-file.js';
import type { Console } from '../console/console.js';

/** Start, stop and looking at the results, about. */
const runOverheadMs = 2500;
const plotWidth = 100;

/** `dtstream bench`: all runs of an experiment, then the results. */
export async function runBench(console: Console, flags: BenchFlags, version: string): Promise<void> {
  const { plot, compare } = flags;
  if (plot !== undefined && !['.svg', '.html'].includes(extname(plot))) {
    throw new DtstreamError('usage', `--plot must name a file.svg or a file.html, got ${plot}`);
  }
  if (plot !== undefined) await checkPlot(plot, flags.force);
  const earlier = compare === undefined ? undefined : { ...readReport(compare), runsLeft: 0 };
  const signal = console.stopSignal();
  const drain = drainSettings(flags);
  const lists = { ...flags, ...(drain === undefined ? {} : { rate: ['max'] as const }) };
  const configurations = crossProduct({ ...lists, batchIntervalMs: flags.batchInterval });
  const state = BenchState.open(experimentOf(flags, version), flags.resume);
  const settings = settingsOf(flags);
  let runsLeft = 0;
  if (flags.findLimit) await findLimits(configurations, { console, flags, settings, state, signal });
  else runsLeft = await makeRuns(configurations, { console, flags, settings, state, signal }, drain);
  const report: Report = { experiment: state.experiment, runs: state.runs, limits: state.limits, runsLeft };
  if (report.runs.length > 0 || report.limits.length > 0)
    await console.writeLines(reportText(console, report, flags).split('\n'));
  if (plot !== undefined) drawTo(console, plot, report);
  if (earlier !== undefined) await console.writeLines(['', ...comparisonText(earlier, report).split('\n')]);
  if (runsLeft > 0) {
    const how = flags.resume === undefined ? 'use --resume FILE to keep results' : 'run the same command to continue';
    throw new DtstreamError(
      'limit',
      `${signal.aborted ? 'stopped' : 'time limit reached'}: ${countOf(runsLeft, 'run')} left, ${how}`,
    );
  }
}

/** Makes the runs that are missing. @returns how many are left, for want of time or because it was stopped */
async function makeRuns(
  configurations: readonly Configuration[],
  context: BenchContext,
  drain: DrainSettings | undefined,
): Promise<number> {
  const { console, flags, settings, state, signal } = context;
  const done = new Set(state.runs.map(runKey));
  const plan = planRuns(configurations, flags.repeat, flags.seed).filter((run) => !done.has(runKey(run)));
  const varied = variedDimensions(configurations);
  const named = varied.length > 0 ? varied : (['rate'] as const);
  const runMs = (drain === undefined ? flags.warmUp + flags.duration : 0) + runOverheadMs;
  const progress = new BenchProgress(console, plan.length, runMs, flags.quiet);
  const topics = drain === undefined ? undefined : new PrefilledTopics(console, settings, drain, flags.quiet);
  const measure = async (run: PlannedRun): Promise<Measurements> => {
    const name = configurationText(run.configuration, named);
    if (drain === undefined || topics === undefined) {
      progress.begin(name);
      return measureRun(console, run.configuration, settings, signal);
    }
    // Filling has a progress of its own.
    const topic = await topics.topicFor(run.configuration, signal).finally(() => progress.begin(name));
    const group = `run-${plan.indexOf(run)}`;
    return measureDrain(topic, run.configuration, settings, { rows: drain.rows, group, signal }).finally(() =>
      topics.release(run.configuration),
    );
  };
  await topics?.checkRoom(plan.map(({ configuration }) => configuration));
  const startMs = performance.now();
  const limitMs = flags.timeLimit ?? Infinity;
  let made = 0;
  try {
    for (const run of plan) {
      if (signal.aborted || performance.now() - startMs + progress.runMs > limitMs) break;
      const result = await oneRun(run, () => measure(run));
      progress.close();
      if (signal.aborted) break;
      state.addRun(result);
      progress.end(outcomeText(result));
      made++;
    }
  } finally {
    await topics?.close();
  }
  return plan.length - made;
}

async function oneRun({ configuration, repeat }: PlannedRun, measure: () => Promise<Measurements>): Promise<RunResult> {
  const run = { kind: 'run', configuration, repeat, started: new Date().toISOString() } as const;
  try {
    return { ...run, measured: await measure(), failure: null };
  } catch (error) {
    // One run that fails is a result; the others are still worth having.
    if (!(error instanceof DtstreamError)) throw error;
    return { ...run, measured: null, failure: error.message };
  }
}

function outcomeText(result: RunResult): string {
  const faults = faultsOf(result);
  if (result.measured === null) return faults.join();
  const { processedRowsPerSecond, latencyMs } = result.measured;
  const latency = latencyMs === null ? '' : `, latency p99 ${Math.round(latencyMs.p99).toLocaleString('en-US')} ms`;
  const rate = Math.round(processedRowsPerSecond).toLocaleString('en-US');
  return `${rate} rows/s${latency}${faults.map((fault) => `, ${fault}`).join('')}`;
}

function reportText(console: Console, report: Report, { format, quiet, detectorRate }: BenchFlags): string {
  const width = console.stdout.isTTY ? console.stdout.columns : plotWidth;
  switch (format) {
    case 'table': {
      const parts = report.runs.length > 0 ? [textTable(report)] : [headLines(report).join('\n')];
      if (report.limits.length > 0) parts.push(limitsText(report.limits, detectorRate));
      else if (!quiet && isVaried(report)) parts.push(textPlots(panelFigure(report), width));
      return parts.join('\n\n');
    }
    case 'markdown':
      return [
        report.runs.length > 0 ? markdownTable(report) : headLines(report).join('  \n'),
        ...(report.limits.length > 0 ? [limitsText(report.limits, detectorRate)] : []),
      ].join('\n\n');
    case 'csv':
      return csvTable(report.runs);
    case 'json':
      return visibleJson(
        drainedRows(report.experiment) === undefined ? report : { ...report, scaling: scalingOf(report) },
        2,
      );
    default:
      return format satisfies never;
  }
}

/** A plot of one configuration says no more than the table. */
function isVaried({ runs }: Report): boolean {
  return variedDimensions(runs.map(({ configuration }) => configuration)).length > 0;
}

/** Before the runs, which may take hours. */
async function checkPlot(path: string, force: boolean): Promise<void> {
  const isOwn = (head: string): boolean => head.includes('<title>dtstream bench,') || head.includes('.whisker{stroke:');
  await checkOutput({ flag: '--plot', path, force, content: 'dtstream plots', isOwn });
  const folder = dirname(path);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new DtstreamError('input', `cannot write ${path}: ${folder}: ${systemProblem(error)}`, { cause: error });
  }
}

/** Writes a temporary file first, so that an existing file stays complete until the new one is. */
function drawTo(console: Console, file: string, report: Report): void {
  const text = extname(file) === '.svg' ? reportSvg(report) : reportHtml(report);
  const draft = `${file}.${process.pid}.tmp`;
  try {
    const isPlain = statSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
    writeFileSync(isPlain ? draft : file, text);
    if (isPlain) renameSync(draft, existsSync(file) ? realpathSync(file) : file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new DtstreamError('input', `cannot write ${file}: ${systemProblem(error)}`, { cause: error });
  }
  console.logLine(`drawn: ${file}`);
}

function settingsOf(flags: BenchFlags): RunSettings {
  const { brokers, brokerWait, prefix, config, folder = temporaryFolder, keep, seed, verify } = flags;
  const { warmUp: warmUpMs, duration: durationMs, orbitDetail } = flags;
  return {
    ...(brokers === undefined ? {} : { brokers, brokerWait, ...(prefix !== undefined && { prefix }) }),
    ...(config === undefined ? {} : { config }),
    ...{ folder, keep, warmUpMs, durationMs, seed, orbitDetail, verify },
  };
}

/** What topics are filled with; undefined for live runs. @throws DtstreamError `usage` for a flag that needs `--drain` */
function drainSettings({ drain: rows, input = [], fill }: BenchFlags): DrainSettings | undefined {
  if (rows !== undefined) {
    return { rows, inputs: input.map((name) => (isS3Input(name) ? name : resolve(name))), isFilledAgain: fill };
  }
  const alone = fill ? '--fill' : input.length > 0 ? '--input' : undefined;
  if (alone !== undefined) throw new DtstreamError('usage', `${alone} needs --drain ROWS`);
  return undefined;
}

function experimentOf(flags: BenchFlags, version: string): Experiment {
  const lists = Object.fromEntries(
    dimensions.map((name) => [
      name,
      name === 'batchIntervalMs' ? flags.batchInterval : (flags[name] ?? 'number of threads'),
    ]),
  );
  const { warmUp, duration, repeat, verify, findLimit, objective, tolerance, drain, input = [], fill } = flags;
  const { orbitDetail } = flags;
  const how = drain === undefined ? { warmUpMs: warmUp, durationMs: duration } : { drain, input, fill };
  return {
    kind: 'experiment',
    schema: 1,
    started: new Date().toISOString(),
    machine: machineNow(),
    versions: { dtstream: version, node: process.version },
    log: flags.brokers === undefined ? 'embedded log' : `Kafka ${flags.brokers}`,
    flags: {
      ...lists,
      ...how,
      ...{ repeat, orbitDetail, verify },
      ...(findLimit ? { findLimit, objectiveMs: objective ?? 'batch interval + 1s', tolerance } : {}),
    },
    seed: flags.seed,
  };
}

/** The machine as it is now. */
function machineNow(): Experiment['machine'] {
  return {
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    loadBefore: loadavg()[0],
  };
}
