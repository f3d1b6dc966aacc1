import { type RejectedRow, RejectedRows } from '../../results/rejected-rows.js';
import { batchesToEnd } from '../../transport/batches-to-end.js';
import { recordsOf } from '../../transport/records-of.js';
import type { Headers, LogReader, Transport } from '../../transport/transport.js';
import { Progress } from '../console/progress.js';
import type { Console } from '../console/console.js';
import { groupsNamedMax, severalGroups } from '../flags/one-group.js';
import { openLog } from '../flags/log.js';
import { sayPart } from '../flags/part.js';
import { resultTopicsOf } from '../flags/prefix.js';
import type { RejectedFlags } from './flags.js';
import { rejectedJson, rejectedLines, type RejectedReport } from './text.js';

/** Longest name of a group. */
const groupLengthMax = 200;

/** `dtstream rejected`: what is wrong with the rows that were not counted. */
export async function runRejected(console: Console, flags: RejectedFlags): Promise<void> {
  const stop = console.stopSignal();
  sayPart(console, flags);
  const log = await openLog(console, flags, { create: false });
  try {
    const report = await readRejected(console, log, flags, stop);
    await (flags.json ? console.writeJson(rejectedJson(report), 2) : console.writeLines(rejectedLines(report)));
  } finally {
    await log.close();
  }
}

async function readRejected(
  console: Console,
  log: Transport,
  flags: RejectedFlags,
  signal: AbortSignal,
): Promise<RejectedReport> {
  const { rejected: topic } = resultTopicsOf(flags);
  const reader = await log.openReader(topic, flags.from);
  const progress = new Progress(console, flags.quiet);
  try {
    const rows = new RejectedRows(flags.examples);
    const groups = new Set<string>();
    let unnamed = 0;
    let deleted = 0;
    let read = 0;
    let total = 0;
    const starts = reader.positions();
    const onBounds = (bounds: Awaited<ReturnType<LogReader['bounds']>>): void => {
      for (const { partition, first, end } of bounds) {
        if (flags.from === 'earliest') deleted += first;
        total += end - (starts.get(partition) ?? end);
      }
    };
    for await (const batch of batchesToEnd(reader, { onBounds, signal })) {
      const { headers, timestampMs, valueEnds } = batch;
      read += valueEnds.length;
      progress.show({ rows: read, share: total === 0 ? undefined : read / total });
      const group = headers.group?.slice(0, groupLengthMax);
      if (group === undefined) unnamed += valueEnds.length;
      else if (groups.size < groupsNamedMax) groups.add(group);
      if (flags.group === undefined && groups.size > 1) throw severalGroups(groups);
      if (flags.group !== undefined && group !== undefined && group !== flags.group) continue;
      for (const { value } of recordsOf(batch)) rows.add({ ...placeOf(headers), value, timestampMs });
    }
    const { group = [...groups].at(0) } = flags;
    return { log: log.name, topic, group, groups, unnamed, deleted, isWhole: !signal.aborted, rows };
  } finally {
    progress.end();
    await reader.close();
  }
}

/** What the headers say of a row; a record of another program has none. */
function placeOf(headers: Headers): Omit<RejectedRow, 'value' | 'timestampMs'> {
  const { reason = 'unknown', partition, offset, line, bytes } = headers;
  return {
    reason,
    partition: Number(partition),
    offset: Number(offset),
    line: Number(line),
    isCut: bytes !== undefined,
  };
}
