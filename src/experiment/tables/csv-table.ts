import { dimensions } from '../runs/configuration.js';
import type { Quantiles } from '../runs/quantiles.js';
import type { RunResult } from '../runs/run-result.js';
import { faultsOf } from '../runs/verdict.js';

const quantileNames = ['min', 'p25', 'p50', 'p75', 'p90', 'p99', 'max'] as const satisfies readonly (keyof Quantiles)[];
const timeNames = ['computeMs', 'commitMs', 'batchMs', 'latencyMs'] as const;
const numberNames = [
  'seconds',
  'askedRowsPerSecond',
  'producedRowsPerSecond',
  'processedRowsPerSecond',
  'messages',
  'rowsPerBatch',
  'hitsUnseen',
  'backlogRows',
  'backlogSlope',
] as const;

const header = [
  ...dimensions,
  ...['repeat', 'started'],
  ...numberNames,
  ...timeNames.flatMap((name) => quantileNames.map((quantile) => `${name}_${quantile}`)),
  ...['cpuSecondsPerMillionRows_process', 'cpuSecondsPerMillionRows_produce'],
  ...['peakMemoryBytes_process', 'peakMemoryBytes_produce', 'verify', 'verifiedRows', 'faults'],
];

/** Every run as a line of CSV, with everything that was measured; what was not is empty. */
export function csvTable(runs: readonly RunResult[]): string {
  return [header, ...runs.map(cellsOf)].map((row) => row.map(quoted).join(',')).join('\n');
}

function cellsOf(run: RunResult): string[] {
  const { configuration, repeat, started, measured } = run;
  const cells: (string | number | null | undefined)[] = [
    ...dimensions.map((dimension) => configuration[dimension]),
    ...[repeat, started],
    ...numberNames.map((name) => measured?.[name]),
    ...timeNames.flatMap((name) => quantileNames.map((quantile) => measured?.[name]?.[quantile])),
    ...[measured?.cpuSecondsPerMillionRows.process, measured?.cpuSecondsPerMillionRows.produce],
    ...[measured?.peakMemoryBytes.process, measured?.peakMemoryBytes.produce],
    ...[measured?.verify.result, measured?.verify.rows, faultsOf(run).join('; ')],
  ];
  return cells.map((cell) => (cell === undefined || cell === null ? '' : String(cell)));
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
