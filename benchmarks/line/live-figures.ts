import type { Configuration } from '../../src/experiment/runs/configuration.js';
import {
  type ConfigurationRuns,
  type Experiment,
  groupRuns,
  orderedConfigurations,
  type Report,
  spreadOver,
} from '../../src/experiment/report.js';
import type { Measurements } from '../../src/experiment/runs/run-result.js';
import { sentRows } from '../../src/experiment/measure/sent-rows.js';
import type { Figure } from '../common/bounded-table.js';
import { type Spread, spreadOf } from '../common/spread.js';
import { latencyBound, type PacedRun, slackMs, waitingMs } from './latency-bound.js';

/** What a batch may take to compute, at p99. */
const computeMsMax = 10;

/** Batches of about 5000 rows: computing and committing them. */
export function computeFigures(report: Report): Figure[] {
  return groupRuns(report.runs, orderedConfigurations(report.runs)).flatMap((group) => {
    const rows = Math.round(median(group, (measured) => measured.rowsPerBatch));
    const batch = `batch of ${count(rows)} rows`;
    const ms = (what: string, of: (measured: Measurements) => number | undefined): Figure => ({
      ...{ what: `${batch}, ${what}: ms`, spread: spread(group, of), digits: 0 },
    });
    return [
      { ...ms('computing, p99', ({ computeMs }) => computeMs?.p99), bound: { atMost: computeMsMax } },
      ms('computing, p50', ({ computeMs }) => computeMs?.p50),
      { ...ms('committing, p99', ({ commitMs }) => commitMs?.p99), digits: 1 },
      { ...ms('committing, p50', ({ commitMs }) => commitMs?.p50), digits: 1 },
    ];
  });
}

/** Latency of hits at a fixed rate, for each number of partitions, and what of it is not waiting for rows and batches. */
export function latencyFigures(report: Report): Figure[] {
  return groupRuns(report.runs, orderedConfigurations(report.runs)).flatMap((group) => {
    const { configuration } = group;
    const title = `${at(configuration)}, ${partitionsText(configuration)}: latency of a hit, p99`;
    const paced = pacedRun(configuration);
    const waiting = waitingMs(sentRows(report.experiment.seed, configuration), paced, windowOf(report.experiment));
    const measured = spread(group, ({ latencyMs }) => latencyMs?.p99);
    return [
      {
        what: `${title}, ms`,
        ...{ spread: measured, digits: 0, bound: { atMost: Math.round(latencyBound(paced)) } },
      },
      { what: 'the same for a program that takes no time, ms', spread: spreadOf([waiting]), digits: 0 },
      {
        what: 'added by dtstream, ms',
        spread: spread(group, ({ latencyMs }) => (latencyMs === null ? undefined : latencyMs.p99 - waiting)),
        ...{ digits: 0, bound: { atMost: slackMs } },
      },
    ];
  });
}

/**
 * Times of batches at a fixed rate from few and from many partitions: the first and the last of the report's numbers.
 *
 * @param ratioMax what a batch from many may take of one from few
 */
export function partitionFigures(report: Report, ratioMax: number): Figure[] {
  const groups = groupRuns(report.runs, orderedConfigurations(report.runs));
  const [few, many] = [groups[0], groups[groups.length - 1]];
  const figures = (title: string, of: (measured: Measurements) => number | undefined, bound?: number): Figure[] => [
    ...[few, many].map((group) => ({
      what: `${at(group.configuration)}, ${partitionsText(group.configuration)}: ${title}, ms`,
      ...{ spread: spread(group, of), digits: 0 },
    })),
    {
      what: `the same, ${many.configuration.partitions} partitions compared with ${few.configuration.partitions}`,
      spread: spreadOf([median(many, of) / median(few, of)]),
      ...{ digits: 2, unit: '×' },
      ...(bound === undefined ? {} : { bound: { atMost: bound } }),
    },
  ];
  return [
    ...figures('batch, first row to visible, p50', ({ batchMs }) => batchMs?.p50, ratioMax),
    ...figures('computing and committing a batch, p50', ({ computeMs, commitMs }) =>
      computeMs === null || commitMs === null ? undefined : computeMs.p50 + commitMs.p50,
    ),
  ];
}

/** What was wrong with runs, for the section; empty when they all kept up and verified. */
export function faultsText(reports: readonly Report[]): string {
  const faults = reports
    .flatMap(({ runs }) => groupRuns(runs, orderedConfigurations(runs)))
    .flatMap((group) =>
      group.faults.map((fault) => `${at(group.configuration)}, ${partitionsText(group.configuration)}: ${fault}`),
    );
  return faults.length === 0
    ? 'All these runs kept up, and `verify` found their results equal to a recount.'
    : `Faults: ${faults.join('; ')}.`;
}

function pacedRun({ rate, partitions, batchIntervalMs }: Configuration): PacedRun {
  if (rate === 'max') throw new Error('latency must be of a rate, got max');
  return { rowsPerSecond: rate, partitions, batchIntervalMs };
}

/** When runs were measured, ms since their first row. */
function windowOf({ flags }: Experiment): { readonly fromMs: number; readonly toMs: number } {
  const [warmUpMs, durationMs] = [Number(flags.warmUpMs), Number(flags.durationMs)];
  return { fromMs: warmUpMs, toMs: warmUpMs + durationMs };
}

function spread(group: ConfigurationRuns, of: (measured: Measurements) => number | undefined): Spread {
  return spreadOver(group, of) ?? spreadOf([NaN]);
}

function median(group: ConfigurationRuns, of: (measured: Measurements) => number | undefined): number {
  return spread(group, of).median;
}

function at({ rate }: Configuration): string {
  return rate === 'max' ? 'as fast as possible' : `${count(rate)} rows/s`;
}

function partitionsText({ partitions }: Configuration): string {
  return `${partitions} partition${partitions === 1 ? '' : 's'}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
