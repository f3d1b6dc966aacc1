import { type LogFlags, openLog } from './log-flags.js';
import type { GlobalFlags } from './options.js';
import { writeJson, writeLines } from './stdio.js';
import { topicsReport } from './topics-report.js';
import { topicsTable } from './topics-table.js';

/** Flags of `dtstream topics`. */
export interface TopicsFlags extends GlobalFlags, LogFlags {
  readonly json: boolean;
}

/** `dtstream topics`: one look at the log. */
export async function runTopics(flags: TopicsFlags): Promise<void> {
  const log = await openLog(flags, { create: false });
  try {
    const report = topicsReport(log.name, await log.topics(), await log.groups());
    await (flags.json ? writeJson(report, 2) : writeLines(topicsTable(report)));
  } finally {
    await log.close();
  }
}
