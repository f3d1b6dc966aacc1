import type { TopicState, Transport } from '../../transport/transport.js';
import { openLog } from '../flags/log.js';
import type { Console } from '../console/console.js';
import { resultTopicsOf, rowsTopic, withPrefix } from '../flags/prefix.js';
import { topicsReport } from './report.js';
import { topicsTable } from './table.js';
import type { TopicsFlags } from './flags.js';

/** `dtstream topics`: one look at the log. */
export async function runTopics(console: Console, flags: TopicsFlags): Promise<void> {
  const log = await openLog(console, flags, { create: false });
  try {
    const { prefix = '' } = flags;
    const topics = (await log.topics()).filter(({ topic }) => topic.startsWith(prefix));
    if (flags.brokers !== undefined) await sayHidden(console, log, topics, prefix);
    const groups = (await log.groups()).filter(({ topic }) => topic.startsWith(prefix));
    const report = topicsReport(log.name, topics, groups);
    await (flags.json ? console.writeJson(report, 2) : console.writeLines(topicsTable(report)));
  } finally {
    await log.close();
  }
}

/** Brokers hide topics that the user may not see; for the topics of dtstream this is reported. */
async function sayHidden(
  console: Console,
  log: Transport,
  topics: readonly TopicState[],
  prefix: string,
): Promise<void> {
  const { isAuthorizationError } = await import('../../transport/kafka/rights/access.js');
  const { results, rejected } = resultTopicsOf({ prefix });
  const hidden: string[] = [];
  for (const name of [withPrefix(prefix, rowsTopic), results, rejected]) {
    if (topics.some(({ topic }) => topic === name)) continue;
    await log.topics([name]).catch((error: unknown) => {
      if (!isAuthorizationError(error)) throw error;
      hidden.push(name);
    });
  }
  if (hidden.length === 0) return;
  console.logLine(
    `not listed: topics and groups the user may not see, such as ${hidden.join(', ')}: Describe is missing`,
    'warn',
  );
}
