import type { Transport } from '../../transport/transport.js';
import { countOf } from '../console/plural.js';
import { topicsReport } from '../topics/report.js';
import { type Finding, ok, warn } from './finding.js';

/** Rows that wait while nobody processes them: the line stands still, however healthy its parts are. */
export async function checkUnread(log: Transport, topic: string, group: string): Promise<Finding[]> {
  const topics = await log.topics([topic]);
  const { groups, topics: held } = topicsReport(log.name, topics, await log.groups([group]));
  const own = groups.find((one) => one.group === group && one.topic === topic);
  const lag = own?.lag ?? held.find((one) => one.topic === topic)?.messages ?? 0;
  const isAlive = own?.alive === true;
  const check = 'unread';
  if (lag === 0) return [];
  const text = `group ${group} has not read ${countOf(lag, 'message')} of ${topic}`;
  if (isAlive) return [ok(check, `${text}, and is at work`)];
  const names = `${topic === 'data_raw' ? '' : ` --topic ${topic}`}${group === 'dtstream' ? '' : ` --group ${group}`}`;
  return [warn(check, `${text}, and nobody is at work in it`, `start it: dtstream process${names}`)];
}
