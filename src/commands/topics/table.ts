import { formatBytes, formatCount } from '../../tui/draw/format.js';
import { alignRows } from '../console/align-rows.js';
import type { TopicsReport } from './report.js';

/** The report for people, line by line: topics, then groups, a row a partition and a last row for all where there are several. */
export function topicsTable({ log, topics, groups }: TopicsReport): string[] {
  const lines = [log, ''];
  if (topics.length === 0) lines.push('no topics yet');
  else lines.push(...alignRows([['TOPIC', 'PARTITION', 'FIRST', 'END', 'MESSAGES', 'SIZE'], ...topicRows(topics)], 1));
  if (groups.length > 0) {
    lines.push('', ...alignRows(groupRows(groups), 2));
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

/** Has columns for messages behind an open transaction and for lost messages only if there are any. */
function groupRows(groups: TopicsReport['groups']): string[][] {
  const all = groups.flatMap(({ partitions }) => partitions);
  const extra = (['waiting', 'lost'] as const).filter((key) => all.some((partition) => partition[key] > 0));
  const head = ['GROUP', 'TOPIC', 'PARTITION', 'COMMITTED', 'READ', 'END', 'LAG'];
  const rows = groups.flatMap(({ group, topic, alive, partitions, lag }) => {
    const names = [group, topic];
    const own = partitions.map((state) => {
      const { partition, committed, read, end } = state;
      const offsets = [offsetText(committed), offsetText(read), formatCount(end)];
      const counts = [state.lag, ...extra.map((key) => state[key])].map(formatCount);
      return [...names, String(partition), ...offsets, ...counts, ''];
    });
    if (own.length !== 1) {
      const sums = extra.map((key) => formatCount(partitions.reduce((sum, state) => sum + state[key], 0)));
      own.push([...names, 'all', '', '', '', formatCount(lag), ...sums, '']);
    }
    own[own.length - 1][head.length + extra.length] = alive ? 'yes' : 'no';
    return own;
  });
  return [[...head, ...extra.map((key) => key.toUpperCase()), 'RUNNING'], ...rows];
}

function offsetText(offset: number | null): string {
  return offset === null ? '-' : formatCount(offset);
}
