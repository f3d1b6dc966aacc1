import { openLog } from './log-flags.js';
import { writeOut } from './stdio.js';
import { topicsReport } from './topics-report.js';
import { topicsTable } from './topics-table.js';
import type { TopicsFlags } from './topics.js';

/** `dtstream topics`: one look at the log. */
export async function runTopics(flags: TopicsFlags): Promise<void> {
  const log = await openLog(flags, { create: false });
  try {
    const report = topicsReport(log.name, await log.topics(), await log.groups());
    await writeOut(flags.json ? `${JSON.stringify(report, null, 2)}\n` : topicsTable(report));
  } finally {
    await log.close();
  }
}
