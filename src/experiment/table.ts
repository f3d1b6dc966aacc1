import { type Column, columnNotes, columnsOf } from './columns.js';
import { configurationText, dimensions, variedDimensions } from './configuration.js';
import { groupRuns, orderedConfigurations, type Report } from './report.js';

/** The results as a table for a terminal. */
export function textTable(report: Report): string {
  const { columns, cells } = tableOf(report);
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (columns[i].isText === true ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd();
  const lines = [columns.map(({ title }) => title), ...cells].map(line);
  return [...headLines(report), '', ...lines, '', columnNotes].join('\n');
}

/** The results as a Markdown table. */
export function markdownTable(report: Report): string {
  const { columns, cells } = tableOf(report);
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = columns.map(({ isText }) => (isText === true ? '---' : '---:'));
  const head = headLines(report).map((text) => `${text}  `);
  return [...head, '', ...[columns.map(({ title }) => title), rule, ...cells].map(line), '', columnNotes].join('\n');
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
  const lines = [
    `${machine.cores} × ${machine.processor}, ${gib} GiB, ${machine.system}, load ${machine.loadBefore.toFixed(1)} before; ${started.slice(0, 10)}`,
    `${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}; ${log}, seed ${seed}; ` +
      `${made}, warm-up ${String(flags.warmUpMs)} ms, window ${String(flags.durationMs)} ms`,
  ];
  if (configurations.length > 0) lines.push(configurationText(configurations[0], same));
  if (runsLeft > 0) lines.push(`incomplete: ${count(runsLeft, 'run')} left`);
  return lines;
}

function tableOf({ runs }: Report): { readonly columns: readonly Column[]; readonly cells: readonly string[][] } {
  const groups = groupRuns(runs, orderedConfigurations(runs));
  const columns = columnsOf(groups);
  return { columns, cells: groups.map((group) => columns.map(({ cell }) => cell(group))) };
}

function count(number: number, name: string): string {
  return `${number.toLocaleString('en-US')} ${name}${number === 1 ? '' : 's'}`;
}
