import {
  type Configuration,
  configurationKey,
  configurationText,
  dimensions,
  variedDimensions,
} from '../runs/configuration.js';
import type { Limit } from '../limits/limit.js';
import { lawText } from '../scaling/law-text.js';
import { fitScalability, kneeThreads, type ScalingPoint } from '../scaling/scalability.js';
import { heldBackBy } from '../limits/stage-shares.js';
import { producerFault } from '../runs/verdict.js';

/**
 * The result of a search as text: one line per configuration, then a sentence for each series of configurations that differ
 * only in their threads.
 *
 * @param detectorRate hits/s of the user's detector
 */
export function limitsText(limits: readonly Limit[], detectorRate: number): string {
  const varied = variedDimensions(limits.map(({ configuration }) => configuration)).filter((name) => name !== 'rate');
  const named = varied.length > 0 ? varied : dimensions.filter((name) => name !== 'rate');
  const lines = limits.map((limit) => `${configurationText(limit.configuration, named)}: ${limitText(limit)}`);
  const series = new Map<string, Limit[]>();
  for (const limit of limits) {
    const key = seriesKey(limit.configuration);
    series.set(key, [...(series.get(key) ?? []), limit]);
  }
  const sentences = [...series.values()].map((list) => {
    const others = named.filter((name) => !(name === 'threads' || isShardsOfThreads(list, name)));
    const prefix = series.size > 1 && others.length > 0 ? `${configurationText(list[0].configuration, others)}: ` : '';
    return `${prefix}${sentence(list, detectorRate)}`;
  });
  return [...lines, '', ...sentences].join('\n');
}

/** `holds 120,000 rows/s (p99 1,020 ms of 2,000 ms), not 126,000: backlog grew …`. */
function limitText({ held, failed, p99Ms, objectiveMs, why, tried }: Limit): string {
  const objective = `${whole(objectiveMs)} ms`;
  const end = failed === null ? 'no higher rate was tried' : `not ${whole(failed)}: ${why}`;
  if (held === null) return `no rate keeps p99 within ${objective}, ${end} (${tried.length} tried)`;
  return `sustains ${whole(held)} rows/s (p99 ${whole(p99Ms ?? NaN)} ms of ${objective}), ${end} (${tried.length} tried)`;
}

/** What a user wants to know of a machine. */
function sentence(limits: readonly Limit[], detectorRate: number): string {
  const points: ScalingPoint[] = limits.flatMap(({ configuration, held }) =>
    held === null ? [] : [{ threads: configuration.threads, rate: held }],
  );
  if (points.length === 0) return 'This machine sustains none of the rates tried.';
  const best = limits.reduce((a, b) => ((b.held ?? 0) > (a.held ?? 0) ? b : a));
  const rate = best.held ?? 0;
  const carries =
    `This machine sustains ${whole(rate)} rows/s = ${short(rate / detectorRate)} times a detector of ` +
    `${whole(detectorRate)} hits/s`;
  const stages = best.why.includes(producerFault)
    ? [`limited by produce, which wrote too few rows above that rate; process: ${heldText(best)}`]
    : [`limited by ${heldText(best)}`];
  return `${[carries, kneeText(points), ...stages].join('; ')}.\n${lawText(points, fitScalability(points), 'threads')}`;
}

function heldText({ stages }: Limit): string {
  return stages === null ? 'an unknown part (no profile)' : heldBackBy(stages);
}

function kneeText(points: readonly ScalingPoint[]): string {
  const tried = [...new Set(points.map(({ threads }) => threads))].sort((a, b) => a - b);
  if (tried.length < 2) return `one number of threads tried (${tried[0]}), so no knee`;
  const knee = kneeThreads(points);
  const isLast = knee === tried.at(-1);
  return `knee at ${knee} ${knee === 1 ? 'thread' : 'threads'} of ${tried.join(', ')} tried${isLast ? ' (more may still help)' : ''}`;
}

/** The same for configurations that differ in threads only, and in shards where these are as many. */
function seriesKey(configuration: Configuration): string {
  const { threads, shards } = configuration;
  return configurationKey({ ...configuration, rate: 'max', threads: 1, shards: threads === shards ? 1 : shards });
}

function isShardsOfThreads(limits: readonly Limit[], name: string): boolean {
  return name === 'shards' && limits.every(({ configuration: { threads, shards } }) => threads === shards);
}

function whole(value: number): string {
  return Number.isNaN(value) ? '?' : Math.round(value).toLocaleString('en-US');
}

function short(value: number): string {
  return value >= 100 ? whole(value) : String(Number(value.toPrecision(2)));
}
