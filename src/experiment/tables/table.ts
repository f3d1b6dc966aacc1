import { type Column, columnNotes, columnsOf, type TableKind } from './columns.js';
import { configurationText, dimensions, variedDimensions } from '../runs/configuration.js';
import { drainedRows, groupRuns, orderedConfigurations, type Report } from '../report.js';
import { scalingTables } from './scaling-text.js';

/** The results as a table for a terminal. */
export function textTable(report: Report): string {
  const { columns, cells, notes } = tableOf(report);
  const isText = columns.map((column) => column.isText === true);
  const main = alignedLines([columns.map(({ title }) => title), ...cells], isText);
  const scaling = scalingTables(report).flatMap(({ title, header, rows, law }) => {
    const lines = alignedLines([header, ...rows], []);
    return ['', title, ...lines, ...(law === undefined ? [] : [law])];
  });
  return [...headLines(report), '', ...main, ...scaling, '', notes].join('\n');
}

/** @param isText columns that are set to the left */
function alignedLines(rows: readonly (readonly string[])[], isText: readonly boolean[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (isText[i] ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}

/** The results as Markdown tables. */
export function markdownTable(report: Report): string {
  const { head, main, scaling, notes } = markdownParts(report);
  return [head, main, ...(scaling === '' ? [] : [scaling]), notes].join('\n\n');
}

/** The same in parts: where and how it was measured, every configuration, how speed scales, and what the titles mean. */
export function markdownParts(report: Report): Readonly<Record<'head' | 'main' | 'scaling' | 'notes', string>> {
  const { columns, cells, notes } = tableOf(report);
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = columns.map(({ isText }) => (isText === true ? '---' : '---:'));
  const scaling = scalingTables(report).flatMap(({ title, header, rows, law }) => [
    `${title}:`,
    [header, header.map(() => '---:'), ...rows].map(line).join('\n'),
    ...(law === undefined ? [] : [law]),
  ]);
  return {
    head: headLines(report)
      .map((text) => `${text}  `)
      .join('\n'),
    main: [columns.map(({ title }) => title), rule, ...cells].map(line).join('\n'),
    scaling: scaling.join('\n\n'),
    notes,
  };
}

/** On which machine, with what, how often: what a figure must stand with. */
export function headLines({ experiment, runs, limits, runsLeft }: Report): string[] {
  const { machine, versions, started, log, seed, flags } = experiment;
  const configurations = orderedConfigurations(runs);
  const varied = variedDimensions(configurations);
  const followsThreads = varied.includes('threads') && new Set(configurations.map(({ shards }) => shards)).size > 1;
  const same = dimensions.filter(
    (name) => !varied.includes(name) && name !== 'rate' && !(name === 'shards' && followsThreads),
  );
  const gib = Math.round(machine.memoryBytes / 2 ** 30);
  const repeats = new Set(runs.map(({ repeat }) => repeat)).size;
  const made =
    runs.length === 0 && limits.length > 0
      ? `limits of ${count(limits.length, 'configuration')}`
      : `${count(configurations.length, 'configuration')}, ${count(repeats, 'repeat')}`;
  const rows = drainedRows(experiment);
  const how =
    rows === undefined
      ? `warm-up ${String(flags.warmUpMs)} ms, window ${String(flags.durationMs)} ms`
      : `topics of ${count(rows, 'row')}, filled ${flags.fill === true ? 'before every run' : 'once'}`;
  const lines = [
    `${machine.cores} × ${machine.processor}, ${gib} GiB, ${machine.system}, load ${machine.loadBefore.toFixed(1)} before; ${started.slice(0, 10)}`,
    `${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}; ${log}, seed ${seed}; ` + `${made}, ${how}`,
  ];
  const { orbitDetail = 'auto' } = flags;
  const detail = orbitDetail === 'auto' ? '' : `, orbit detail ${String(orbitDetail)}`;
  if (configurations.length > 0) lines.push(configurationText(configurations[0], same) + detail);
  if (runsLeft > 0) lines.push(`incomplete: ${count(runsLeft, 'run')} left`);
  return lines;
}

function tableOf({ experiment, runs }: Report): {
  readonly columns: readonly Column[];
  readonly cells: readonly string[][];
  readonly notes: string;
} {
  const groups = groupRuns(runs, orderedConfigurations(runs));
  const isLive = drainedRows(experiment) === undefined;
  const kind: TableKind = isLive ? 'live' : experiment.flags.fill === true ? 'fill and drain' : 'drain';
  const columns = columnsOf(groups, kind);
  const notes = columnNotes[isLive ? 'live' : 'drain'];
  return { columns, cells: groups.map((group) => columns.map(({ cell }) => cell(group))), notes };
}

function count(number: number, name: string): string {
  return `${number.toLocaleString('en-US')} ${name}${number === 1 ? '' : 's'}`;
}
