import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Configuration,
  configurationKey,
  configurationText,
  dimensions,
  variedDimensions,
} from '../../experiment/runs/configuration.js';
import { findLimit, type Limit, type Trial } from '../../experiment/limits/limit.js';
import type { Measurements } from '../../experiment/runs/run-result.js';
import { cpuProfileSchema, stageShares, type StageShares } from '../../experiment/limits/stage-shares.js';
import { batchesMin, faultsOf } from '../../experiment/runs/verdict.js';
import { DtstreamError } from '../../errors.js';
import { measureRun } from './one-run.js';
import { BenchProgress } from './progress.js';
import type { BenchContext } from './context.js';
import { withSourceFiles } from './profile-sources.js';

const trialsMax = 16;
/** Estimate of the runs of a search: the rates tried, and the profiling run. */
const runsExpected = 8;
const runOverheadMs = 2500;
const objectiveBeyondIntervalMs = 1000;

/** Searches the limit of every configuration that has none yet; their rates are first guesses. */
export async function findLimits(configurations: readonly Configuration[], context: BenchContext): Promise<void> {
  const { console, flags, settings, state, signal } = context;
  const withoutRate = new Map(configurations.map((one) => [configurationKey({ ...one, rate: 'max' }), one]));
  const done = new Set(state.limits.map(({ configuration }) => configurationKey({ ...configuration, rate: 'max' })));
  const missing = [...withoutRate].filter(([key]) => !done.has(key)).map(([, configuration]) => configuration);
  const varied = variedDimensions(missing).filter((dimension) => dimension !== 'rate');
  const named = varied.length > 0 ? varied : dimensions.filter((dimension) => dimension !== 'rate');
  const searchMs = runsExpected * (settings.warmUpMs + settings.durationMs + runOverheadMs);
  const progress = new BenchProgress(console, missing.length, searchMs, flags.quiet);
  const startMs = performance.now();
  for (const configuration of missing) {
    if (signal.aborted || performance.now() - startMs + progress.runMs > (flags.timeLimit ?? Infinity)) break;
    const name = configurationText(configuration, named);
    progress.begin(name);
    const limit = await searchLimit(configuration, context, (trial) => {
      if (!flags.quiet && !console.stderr.isTTY) console.logLine(`${name}: ${trial}`);
    });
    progress.close();
    if (signal.aborted) break;
    state.addLimit(limit);
    progress.end(limit.held === null ? 'no sustained rate' : `${limit.held.toLocaleString('en-US')} rows/s`);
  }
}

async function searchLimit(
  configuration: Configuration,
  context: BenchContext,
  tell: (trial: string) => void,
): Promise<Limit> {
  const { console, flags, settings, signal } = context;
  const objectiveMs = flags.objective ?? configuration.batchIntervalMs + objectiveBeyondIntervalMs;
  const p99s = new Map<number, number>();
  const measureAt = async (rate: number | 'max'): Promise<Measurements | string> => {
    try {
      return await measureRun(console, { ...configuration, rate }, settings, signal);
    } catch (error) {
      if (!(error instanceof DtstreamError) || signal.aborted) throw error;
      return error.message;
    }
  };
  const holdsAt = async (rate: number): Promise<Trial> => {
    const measured = await measureAt(rate);
    if (typeof measured !== 'string') refuseShortWindow(rate, measured);
    const trial = typeof measured === 'string' ? { holds: false, why: measured } : judgeTrial(measured, objectiveMs);
    if (typeof measured !== 'string' && measured.latencyMs !== null) p99s.set(rate, measured.latencyMs.p99);
    const p99 = p99s.get(rate);
    tell(
      `${rate.toLocaleString('en-US')} rows/s ${trial.holds ? `sustained, p99 ${Math.round(p99 ?? 0)} ms` : `not sustained: ${trial.why}`}`,
    );
    return trial;
  };
  const first = configuration.rate === 'max' ? await measureAt('max') : undefined;
  const guess =
    configuration.rate !== 'max' ? configuration.rate : typeof first === 'object' ? first.processedRowsPerSecond : 1000;
  const search = { guess, tolerance: flags.tolerance / 100, trialsMax };
  const found = await findLimit(search, holdsAt).catch((error: unknown) => {
    // Processes that end with the signal fail in ways of their own; a bug is none of them.
    if (!signal.aborted || !(error instanceof DtstreamError)) throw error;
    return { held: null, failed: null, tried: [], why: 'stopped' };
  });
  const stages = signal.aborted ? null : await profileAt(configuration, found.held ?? guess, context);
  const p99Ms = found.held === null ? null : (p99s.get(found.held) ?? null);
  return { kind: 'limit', configuration, ...found, objectiveMs, p99Ms, stages };
}

/** A rate that cannot be judged must not pass for one that does not hold: the search would go down for ever. */
function refuseShortWindow(
  rate: number,
  { trends, messages, askedRowsPerSecond, producedRowsPerSecond }: Measurements,
): void {
  const isProducerBehind = trends.produce === 'rises' && producedRowsPerSecond < (askedRowsPerSecond ?? 0);
  if (trends.backlog !== 'unknown' || isProducerBehind) return;
  throw new DtstreamError(
    'usage',
    `cannot judge ${rate.toLocaleString('en-US')} rows/s: the window must have at least ${batchesMin} batches, got ` +
      `${messages}; use a longer --duration or a shorter --batch-interval`,
  );
}

function judgeTrial(measured: Measurements, objectiveMs: number): Trial {
  const faults = faultsOf({ measured, failure: null });
  const { latencyMs, hitsUnseen } = measured;
  if (faults.length === 0 && latencyMs !== null && latencyMs.p99 > objectiveMs) {
    faults.push(
      `latency p99 ${hitsUnseen > 0 ? 'above ' : ''}${Math.round(latencyMs.p99)} ms, objective ${objectiveMs} ms`,
    );
  }
  return { holds: faults.length === 0, why: faults.join('; ') };
}

/** Where the processor time goes at a rate: a run of its own, as profiling slows it down a little. */
async function profileAt(
  configuration: Configuration,
  rate: number,
  { console, settings, signal }: BenchContext,
): Promise<StageShares | null> {
  const profileDir = mkdtempSync(join(settings.folder, 'dtstream-profile-'));
  try {
    await measureRun(console, { ...configuration, rate }, { ...settings, verify: false, profileDir }, signal);
    const files = readdirSync(profileDir).filter((name) => name.endsWith('.cpuprofile'));
    const profiles = files.map((name) => ({
      process: name.split('.')[3],
      thread: Number(name.split('.')[4]),
      profile: withSourceFiles(cpuProfileSchema.parse(JSON.parse(readFileSync(join(profileDir, name), 'utf8')))),
    }));
    // Several instances do the same work: one of them stands for all.
    const own = profiles.filter(({ process }) => process === profiles[0]?.process);
    const main = own.find(({ thread }) => thread === 0);
    return main === undefined
      ? null
      : stageShares(
          main.profile,
          own.filter((one) => one !== main).map(({ profile }) => profile),
        );
  } catch (error) {
    if (!(error instanceof DtstreamError)) throw error;
    return null;
  } finally {
    rmSync(profileDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
  }
}
