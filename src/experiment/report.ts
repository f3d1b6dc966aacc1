import { z } from 'zod';
import { type Configuration, compareValues, configurationKey, dimensions } from './runs/configuration.js';
import type { Limit } from './limits/limit.js';
import type { Measurements, RunResult } from './runs/run-result.js';
import { type Spread, spreadOf } from './runs/spread.js';
import { faultsOf } from './runs/verdict.js';

/** Where and how an experiment was made: enough to make it again. */
export const experimentSchema = z.object({
  kind: z.literal('experiment'),
  schema: z.literal(1),
  /** ISO 8601, UTC. */
  started: z.string(),
  machine: z.object({
    processor: z.string(),
    cores: z.int().min(1),
    memoryBytes: z.number(),
    system: z.string(),
    /** Load average over a minute before the first run: processes running or waiting for a core. */
    loadBefore: z.number(),
  }),
  versions: z.record(z.string(), z.string()),
  log: z.string(),
  flags: z.record(z.string(), z.unknown()),
  seed: z.int().min(0),
});
export type Experiment = Readonly<z.infer<typeof experimentSchema>>;

/** Rows of the topics that were filled before the runs; undefined for live runs. */
export function drainedRows({ flags }: Experiment): number | undefined {
  return typeof flags.drain === 'number' ? flags.drain : undefined;
}

/** An experiment with its results: what `--format json` prints and `--compare` reads. */
export interface Report {
  readonly experiment: Experiment;
  readonly runs: readonly RunResult[];
  readonly limits: readonly Limit[];
  /** Runs that were planned and not made, for want of time. */
  readonly runsLeft: number;
}

/** The runs of one configuration. */
export interface ConfigurationRuns {
  readonly configuration: Configuration;
  /** In the order of their repeats. */
  readonly runs: readonly RunResult[];
  /** The faults of the runs, each once. */
  readonly faults: readonly string[];
}

/** Runs by configuration, in the order in which the configurations are given. */
export function groupRuns(runs: readonly RunResult[], configurations: readonly Configuration[]): ConfigurationRuns[] {
  return configurations.flatMap((configuration) => {
    const key = configurationKey(configuration);
    const own = runs.filter((run) => configurationKey(run.configuration) === key).sort((a, b) => a.repeat - b.repeat);
    if (own.length === 0) return [];
    return [{ configuration, runs: own, faults: worstFaults(own) }];
  });
}

/** One fault of each kind, with how many runs have it where not all do. */
function worstFaults(runs: readonly RunResult[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const fault of runs.flatMap((run) => faultsOf(run))) {
    const kind = fault.slice(0, fault.indexOf(':'));
    kinds.set(kind, [...(kinds.get(kind) ?? []), fault]);
  }
  return [...kinds.values()].map((faults) =>
    faults.length === runs.length ? faults[0] : `${faults[0]} (${faults.length} of ${runs.length} runs)`,
  );
}

/** Configurations in the order of the dimensions' values, as tables and plots show them. */
export function orderedConfigurations(runs: readonly RunResult[]): Configuration[] {
  const all = new Map(runs.map(({ configuration }) => [configurationKey(configuration), configuration]));
  return [...all.values()].sort(compareConfigurations);
}

function compareConfigurations(a: Configuration, b: Configuration): number {
  const first = dimensions.find((dimension) => a[dimension] !== b[dimension]);
  return first === undefined ? 0 : compareValues(a[first], b[first]);
}

/** A measured number over the repeats of a configuration; undefined where no run has it. */
export function spreadOver(
  { runs }: ConfigurationRuns,
  of: (measured: Measurements) => number | null | undefined,
): Spread | undefined {
  const values = runs.flatMap(({ measured }) => (measured === null ? [] : [of(measured)]));
  return spreadOf(values.filter((value) => typeof value === 'number'));
}
