import { visibleText } from '../domain/visible-text.js';
import { formatBytes, formatCount } from '../tui/format.js';
import type { TopicsReport } from './topics-report.js';

/** The report for people, line by line: topics, then groups, a row a partition and a last row for all where there are several. */
export function topicsTable({ log, topics, groups }: TopicsReport): string[] {
  const lines = [log, ''];
  if (topics.length === 0) lines.push('no topics yet');
  else lines.push(...alignRows([['TOPIC', 'PARTITION', 'FIRST', 'END', 'MESSAGES', 'SIZE'], ...topicRows(topics)], 1));
  if (groups.length > 0) {
    const head = ['GROUP', 'TOPIC', 'PARTITION', 'COMMITTED', 'READ', 'END', 'LAG', 'AT WORK'];
    lines.push('', ...alignRows([head, ...groupRows(groups)], 2));
  }
  return lines;
}

function topicRows(topics: TopicsReport['topics']): string[][] {
  return topics.flatMap(({ topic, partitions, messages, bytes }) => {
    const rows = partitions.map(({ partition, first, end, messages: held }) => {
      return [topic, String(partition), formatCount(first), formatCount(end), formatCount(held), ''];
    });
    if (rows.length === 1) rows[0][5] = formatBytes(bytes);
    else rows.push([topic, 'all', '', '', formatCount(messages), formatBytes(bytes)]);
    return rows;
  });
}

function groupRows(groups: TopicsReport['groups']): string[][] {
  return groups.flatMap(({ group, topic, alive, partitions, lag }) => {
    const names = [group, topic];
    const rows = partitions.map(({ partition, committed, read, end, lag: own }) => {
      return [
        ...names,
        String(partition),
        offsetText(committed),
        offsetText(read),
        formatCount(end),
        formatCount(own),
        '',
      ];
    });
    if (rows.length !== 1) rows.push([...names, 'all', '', '', '', formatCount(lag), '']);
    rows[rows.length - 1][7] = alive ? 'yes' : 'no';
    return rows;
  });
}

function offsetText(offset: number | null): string {
  return offset === null ? '-' : formatCount(offset);
}

/** Columns as wide as they need to be: the first `names` of them are text, the others numbers. */
function alignRows(rows: readonly (readonly string[])[], names: number): string[] {
  // What a terminal shows is what is aligned.
  const cells = rows.map((row) => row.map(visibleText));
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column < names ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd();
  return cells.map(line);
}
