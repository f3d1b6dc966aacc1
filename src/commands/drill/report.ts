import { median } from '../../domain/median.js';
import { poissonUpperLimit } from '../../physics/rates.js';
import type { Outcome } from './evaluate.js';
import type { Demand } from './faults.js';

/** One run with a fault. */
export interface FaultRun {
  readonly seed: number;
  readonly outcome: Outcome;
  /** Mean delay by the formulas, in s; undefined where there is none. */
  readonly delayS: number | undefined;
  /** Whether the fault must be named within twice that. */
  readonly isTimed: boolean;
}

/** All runs of a fault at one rate. */
export interface FaultResult {
  readonly name: string;
  readonly rateFactor: number;
  readonly demand: Demand;
  readonly runs: readonly FaultRun[];
  /** Why there is no run, or not one for each seed. */
  readonly why: string | undefined;
}

/** Detector time without a fault, at one rate. */
export interface HealthyResult {
  readonly rateFactor: number;
  readonly seconds: number;
  /** What was raised, as `channel_low@1:37`. */
  readonly alarms: readonly string[];
  readonly warnings: readonly string[];
}

export interface DrillResult {
  readonly faults: readonly FaultResult[];
  readonly healthy: readonly HealthyResult[];
}

/** A line of the table of faults; shares in percent, times in s, null where there is no run or no such time. */
export interface FaultLineOfTable {
  readonly fault: string;
  readonly rate_factor: number;
  readonly demand: Demand;
  readonly runs: number;
  readonly found_percent: number | null;
  readonly latency_median_s: number | null;
  readonly latency_95_s: number | null;
  readonly expected_s: number | null;
  readonly right_object_percent: number | null;
  readonly right_kind_percent: number | null;
  readonly extra_alarms: number;
  readonly extra: readonly string[];
  readonly raised: readonly string[];
  readonly result: 'ok' | 'failed' | 'not testable' | 'not demanded';
  readonly why: string | null;
}

/** A line of the table of healthy time. */
export interface HealthyLine {
  readonly rate_factor: number;
  readonly hours: number;
  readonly alarms: number;
  readonly alarms_per_hour: number;
  /** Upper limit with 95 % confidence. */
  readonly limit_per_hour: number;
  readonly raised: readonly string[];
  readonly warnings: readonly string[];
  readonly result: 'ok' | 'failed';
}

/** Most alarms of all healthy time of a rate. */
const falseAlarmsMax = 1;
/** A look and a message beyond the time of the formulas, each about a second. */
const lookAndMessageS = 2;

export function faultLineOfTable({ name, rateFactor, demand, runs, why }: FaultResult): FaultLineOfTable {
  const outcomes = runs.map(({ outcome }) => outcome);
  const latencies = outcomes.flatMap(({ latencyS }) => latencyS ?? []);
  const firsts = outcomes.flatMap(({ first }) => first ?? []);
  const delays = runs.flatMap(({ delayS }) => delayS ?? []);
  const extra = outcomes.flatMap((outcome) => outcome.extra);
  return {
    fault: name,
    rate_factor: rateFactor,
    demand,
    runs: runs.length,
    found_percent: demand === 'named' ? percentOf(latencies.length, runs.length) : null,
    latency_median_s: latencies.length === 0 ? null : median(latencies),
    latency_95_s: latencies.length === 0 ? null : quantile(latencies, 0.95),
    expected_s: delays.length === 0 ? null : median(delays),
    right_object_percent: percentOf(firsts.filter(({ isRightObject }) => isRightObject).length, firsts.length),
    right_kind_percent: percentOf(firsts.filter(({ isRightKind }) => isRightKind).length, firsts.length),
    extra_alarms: extra.length,
    extra: [...new Set(extra)],
    raised: [...new Set(outcomes.flatMap(({ raised }) => raised))],
    ...judged(demand, runs, why),
  };
}

export function healthyLine({ rateFactor, seconds, alarms, warnings }: HealthyResult): HealthyLine {
  const hours = seconds / 3600;
  return {
    rate_factor: rateFactor,
    hours,
    alarms: alarms.length,
    alarms_per_hour: alarms.length / hours,
    limit_per_hour: poissonUpperLimit(alarms.length) / hours,
    raised: alarms,
    warnings,
    result: alarms.length <= falseAlarmsMax ? 'ok' : 'failed',
  };
}

/** What was demanded and not met. */
export function failuresOf({ faults, healthy }: DrillResult): number {
  const results = [...faults.map(faultLineOfTable), ...healthy.map(healthyLine)];
  return results.filter(({ result }) => result === 'failed').length;
}

function judged(
  demand: Demand,
  runs: readonly FaultRun[],
  why: string | undefined,
): Pick<FaultLineOfTable, 'result' | 'why'> {
  if (runs.length === 0) return { result: 'not testable', why: why ?? null };
  if (demand === 'nothing') return { result: 'not demanded', why: why ?? null };
  const failed = demand === 'named' ? namingFailure(runs) : silenceFailure(runs);
  if (failed !== undefined) return { result: 'failed', why: failed };
  return { result: 'ok', why: why ?? null };
}

function namingFailure(runs: readonly FaultRun[]): string | undefined {
  const missed = runs.filter(({ outcome }) => outcome.latencyS === undefined);
  if (missed.length > 0) return `not named in ${missed.length} of ${runs.length}${seedsText(missed)}`;
  const late = runs.filter(
    ({ outcome: { latencyS = 0 }, delayS, isTimed }) =>
      isTimed && delayS !== undefined && latencyS > 2 * delayS + lookAndMessageS,
  );
  return late.length === 0
    ? undefined
    : `later than twice the table in ${late.length} of ${runs.length}${seedsText(late)}`;
}

function silenceFailure(runs: readonly FaultRun[]): string | undefined {
  const loud = runs.filter(({ outcome }) => outcome.raised.length > 0);
  const names = new Set(loud.flatMap(({ outcome }) => outcome.raised));
  return loud.length === 0 ? undefined : `raised ${[...names].join(', ')}${seedsText(loud)}`;
}

function seedsText(runs: readonly FaultRun[]): string {
  return ` (seed ${runs.map(({ seed }) => seed).join(', ')})`;
}

function percentOf(part: number, of: number): number | null {
  return of === 0 ? null : (100 * part) / of;
}

/** Between two values the line through them. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.ceil(at)] - sorted[below]);
}
