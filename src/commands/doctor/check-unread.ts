import type { Transport } from '../../transport/transport.js';
import { countOf } from '../console/plural.js';
import { topicsReport } from '../topics/report.js';
import { groupDefault, rowsTopic, withPrefix } from '../flags/prefix.js';
import { type Finding, ok, warn } from './finding.js';
import type { DoctorFlags } from './flags.js';

/** Warns of rows that no process reads: nothing moves, however healthy the parts are. */
export async function checkUnread(
  log: Transport,
  { topic, group, prefix }: Pick<DoctorFlags, 'topic' | 'group' | 'prefix'>,
): Promise<Finding[]> {
  const topics = await log.topics([topic]);
  const { groups, topics: held } = topicsReport(log.name, topics, await log.groups([group]));
  const own = groups.find((one) => one.group === group && one.topic === topic);
  const lag = own?.lag ?? held.find((one) => one.topic === topic)?.messages ?? 0;
  const isAlive = own?.alive === true;
  const check = 'unread';
  if (lag === 0) return [];
  const text = `group ${group} has not read ${countOf(lag, 'message')} of ${topic}`;
  if (isAlive) return [ok(check, `${text}, and is running`)];
  const start = [
    'dtstream process',
    ...(prefix === undefined ? [] : [`--prefix ${prefix}`]),
    ...(topic === withPrefix(prefix, rowsTopic) ? [] : [`--topic ${topic}`]),
    ...(group === withPrefix(prefix, groupDefault) ? [] : [`--group ${group}`]),
  ];
  return [warn(check, `${text}, and no process is running`, `start it: ${start.join(' ')}`)];
}
