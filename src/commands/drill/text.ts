import { alignColumns } from '../../tui/draw/align-columns.js';
import { type DrillResult, faultLineOfTable, type FaultLineOfTable, type HealthyLine, healthyLine } from './report.js';

interface Column<Line> {
  readonly title: string;
  readonly isText?: boolean;
  readonly cell: (line: Line) => string;
}

const faultColumns: readonly Column<FaultLineOfTable>[] = [
  { title: 'fault', isText: true, cell: ({ fault }) => fault },
  { title: 'rate', cell: ({ rate_factor }) => String(rate_factor) },
  { title: 'runs', cell: ({ runs }) => String(runs) },
  { title: 'found %', cell: ({ found_percent }) => wholeText(found_percent) },
  { title: 'median s', cell: ({ latency_median_s }) => secondsText(latency_median_s) },
  { title: '95 % s', cell: ({ latency_95_s }) => secondsText(latency_95_s) },
  { title: 'expected s', cell: ({ expected_s }) => secondsText(expected_s) },
  { title: 'object %', cell: ({ right_object_percent }) => wholeText(right_object_percent) },
  { title: 'kind %', cell: ({ right_kind_percent }) => wholeText(right_kind_percent) },
  { title: 'extra', cell: ({ extra_alarms }) => String(extra_alarms) },
  { title: 'result', isText: true, cell: resultText },
];

const healthyColumns: readonly Column<HealthyLine>[] = [
  { title: 'without a fault', isText: true, cell: ({ rate_factor }) => `rate ${rate_factor}` },
  { title: 'hours', cell: ({ hours }) => hours.toPrecision(3) },
  { title: 'alarms', cell: ({ alarms }) => String(alarms) },
  { title: 'alarms/h', cell: ({ alarms_per_hour }) => shortText(alarms_per_hour) },
  { title: '95 % limit/h', cell: ({ limit_per_hour }) => shortText(limit_per_hour) },
  { title: 'warnings', cell: ({ warnings }) => String(warnings.length) },
  { title: 'result', isText: true, cell: ({ result }) => (result === 'ok' ? 'ok' : 'FAILED') },
];

/** The tables of a drill, and behind them what was raised where it should not have been. */
export function drillText(result: DrillResult): string[] {
  return parts(result, alignedTable);
}

export function drillMarkdown(result: DrillResult): string[] {
  return parts(result, markdownTable);
}

/** The same as an object. */
export function drillJson({ faults, healthy }: DrillResult): object {
  return { faults: faults.map(faultLineOfTable), healthy: healthy.map(healthyLine) };
}

type Table = <Line>(columns: readonly Column<Line>[], lines: readonly Line[]) => string[];

function parts(result: DrillResult, table: Table): string[] {
  const faults = result.faults.map(faultLineOfTable);
  const healthy = result.healthy.map(healthyLine);
  const blocks = [
    ...(faults.length === 0 ? [] : [table(faultColumns, faults)]),
    ...(healthy.length === 0 ? [] : [table(healthyColumns, healthy)]),
    ...(notes(faults, healthy).length === 0 ? [] : [notes(faults, healthy)]),
  ];
  return blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

function notes(faults: readonly FaultLineOfTable[], healthy: readonly HealthyLine[]): string[] {
  const ofFault = ({ fault, rate_factor, extra }: FaultLineOfTable): string[] =>
    extra.length === 0 ? [] : [`- extra of ${fault} at rate ${rate_factor}: ${extra.join(', ')}`];
  const ofHealthy = ({ rate_factor, raised, warnings }: HealthyLine): string[] => {
    const all = [...new Set([...raised, ...warnings])];
    return all.length === 0 ? [] : [`- without a fault at rate ${rate_factor}: ${all.join(', ')}`];
  };
  return [...faults.flatMap(ofFault), ...healthy.flatMap(ofHealthy)];
}

function alignedTable<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): string[] {
  const head = columns.map(({ title }) => title.toUpperCase());
  const cells = lines.map((line) => columns.map(({ cell }) => cell(line)));
  return alignColumns([head, ...cells], (column) => columns[column].isText === true);
}

function markdownTable<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): string[] {
  const cells = lines.map((line) => columns.map(({ cell }) => cell(line).replaceAll('|', '\\|')));
  const rule = columns.map(({ isText }) => (isText === true ? '---' : '---:'));
  return [columns.map(({ title }) => title), rule, ...cells].map((row) => `| ${row.join(' | ')} |`);
}

function resultText({ result, why }: FaultLineOfTable): string {
  const word = result === 'failed' ? 'FAILED' : result;
  return why === null ? word : `${word}: ${why}`;
}

function wholeText(value: number | null): string {
  return value === null ? '-' : value.toFixed(0);
}

function secondsText(value: number | null): string {
  return value === null ? '-' : value.toFixed(value < 10 ? 1 : 0);
}

function shortText(value: number): string {
  return String(Number(value.toPrecision(2)));
}
