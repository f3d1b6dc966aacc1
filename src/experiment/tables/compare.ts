import { configurationKey, configurationText, dimensions, variedDimensions } from '../runs/configuration.js';
import { type ConfigurationRuns, groupRuns, orderedConfigurations, type Report, spreadOver } from '../report.js';
import type { Measurements } from '../runs/run-result.js';
import type { Spread } from '../runs/spread.js';

/** The compared quantities: a number of each run, and which direction is better. */
const compared: readonly {
  readonly name: string;
  readonly of: (measured: Measurements) => number | null | undefined;
  readonly better: 'more' | 'less';
}[] = [
  { name: 'processed rows/s', of: (one) => one.processedRowsPerSecond, better: 'more' },
  { name: 'compute p99', of: (one) => one.computeMs?.p99, better: 'less' },
  { name: 'latency p99', of: (one) => one.latencyMs?.p99, better: 'less' },
  { name: 'CPU s/M rows', of: (one) => one.cpuSecondsPerMillionRows.process, better: 'less' },
  { name: 'peak memory', of: (one) => one.peakMemoryBytes.process, better: 'less' },
];

/** Two reports side by side, a line for each configuration that both have and each number. */
export function comparisonText(earlier: Report, now: Report): string {
  const before = new Map(groupsOf(earlier).map((group) => [configurationKey(group.configuration), group]));
  const shared = groupsOf(now).filter(({ configuration }) => before.has(configurationKey(configuration)));
  const head = `compared with the runs of ${earlier.experiment.started.slice(0, 16).replace('T', ' ')}`;
  const warnings = machineWarnings(earlier, now);
  if (shared.length === 0) return [head, ...warnings, 'the two have no configuration in common'].join('\n');
  const varied = variedDimensions(shared.map(({ configuration }) => configuration));
  const named = varied.length > 0 ? varied : dimensions;
  const blocks = shared.map((group) => {
    const old = before.get(configurationKey(group.configuration));
    const lines = compared.map(({ name, of, better }) => {
      const verdict = compareSpreads(old && spreadOver(old, of), spreadOver(group, of), better);
      return verdict === undefined ? '' : `  ${name.padEnd(16)}  ${verdict}`;
    });
    return [configurationText(group.configuration, named), ...lines.filter((line) => line !== '')].join('\n');
  });
  return [head, ...warnings, ...blocks].join('\n');
}

/**
 * What two sets of repeats say about each other. Only where their ranges do not overlap is there a difference to speak of;
 * one run on either side has no range, and then nothing can be said.
 */
function compareSpreads(
  before: Spread | undefined,
  now: Spread | undefined,
  better: 'more' | 'less',
): string | undefined {
  if (before === undefined || now === undefined) return undefined;
  const medians = `${short(before.median)} → ${short(now.median)}`;
  if (before.count < 2 || now.count < 2) return `${medians}: only one run, spread unknown`;
  if (before.min <= now.max && now.min <= before.max) return `${medians}: no difference seen`;
  const isMore = now.median > before.median;
  const ratio = isMore ? now.median / before.median : before.median / now.median;
  const word = isMore ? 'more' : 'less';
  return `${medians}: ${ratio.toFixed(2)} × ${word}, ${isMore === (better === 'more') ? 'better' : 'WORSE'}`;
}

function machineWarnings(earlier: Report, now: Report): string[] {
  const same = (of: (report: Report) => unknown, name: string): string[] =>
    JSON.stringify(of(earlier)) === JSON.stringify(of(now)) ? [] : [`not comparable like for like: ${name} differs`];
  return [
    ...same(({ experiment: { machine } }) => [machine.processor, machine.cores, machine.system], 'the machine'),
    ...same(({ experiment: { versions } }) => versions.node, 'the version of Node'),
    ...same(({ experiment: { flags } }) => [flags.durationMs, flags.warmUpMs, flags.drain], 'the length of the runs'),
  ];
}

function groupsOf({ runs }: Report): ConfigurationRuns[] {
  return groupRuns(runs, orderedConfigurations(runs));
}

function short(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
