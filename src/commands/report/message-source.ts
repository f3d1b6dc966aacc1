import { createReadStream } from 'node:fs';
import { DtstreamError } from '../../errors.js';
import { readMessage } from '../../results/incoming-message.js';
import { groupOf } from '../../results/producers.js';
import { readWholeMessage } from '../../results/whole-message.js';
import { systemProblem } from '../../sources/input-error.js';
import type { Console } from '../console/console.js';
import { linesOf } from '../console/lines.js';
import { openLog } from '../flags/log.js';
import { sayPart } from '../flags/part.js';
import type { StartPlace } from '../flags/start-place.js';
import { stateFolder } from '../quality/state-folder.js';
import { type FoldPlaces, foldStart } from '../quality/fold-start.js';
import { followMessages, type MessageSink } from '../watch/follow.js';
import { OneGroup } from '../watch/group-filter.js';
import { PartFilter } from '../watch/part-filter.js';
import type { ShiftCollector } from './collect.js';
import type { ReportFlags } from './flags.js';
import type { LogbookState } from '../quality/logbook-state.js';
import { numberMarks, RunMarks } from '../watch/run-marks.js';
import { markTimeMs, readLogbook } from './logbook-marks.js';

/** Takes the value of a message. */
function take(collector: ShiftCollector, value: Uint8Array, read = readMessage(value)): void {
  if ('unreadable' in read) {
    collector.addUnreadable();
    return;
  }
  const whole = readWholeMessage(value, read);
  const message = 'message' in whole ? whole.message : undefined;
  collector.add({ ...read.message, physics: message?.physics }, message);
}

/** Reads the messages of a file, or of standard input. @throws DtstreamError `input` when it cannot be read */
export async function collectLines(
  console: Console,
  path: string,
  {
    collector,
    group,
    signal,
  }: { readonly collector: ShiftCollector; readonly group?: string | undefined; readonly signal: AbortSignal },
): Promise<void> {
  const one = new OneGroup(console, group, false);
  const stream = path === '-' ? console.stdin : createReadStream(path);
  signal.addEventListener('abort', () => stream.destroy());
  try {
    for await (const line of linesOf(stream)) {
      const read = readMessage(line);
      const producer = 'message' in read ? read.message.producer : undefined;
      if (producer === undefined || one.isOurs(groupOf(producer))) take(collector, line, read);
    }
  } catch (cause) {
    if (signal.aborted) return;
    if (cause instanceof DtstreamError) throw cause;
    throw new DtstreamError('input', `cannot read ${path}: ${systemProblem(cause)}`, { cause });
  }
  one.assertSeen();
}

/** Where the messages of the log begin, with what its logbook says. */
export interface LogPlace {
  readonly logbook: LogbookState;
  readonly from: StartPlace;
}

/** @throws DtstreamError as the log; `usage` where there is no mark of `--mark` */
export async function logPlace(console: Console, flags: ReportFlags, signal: AbortSignal): Promise<LogPlace> {
  const log = await openLog(console, flags, { create: false });
  try {
    const logbook = await readLogbook(await stateFolder(log, flags, console.env), flags.group);
    if (flags.mark === undefined) return { logbook, from: flags.from };
    const marks = numberMarks(logbook.marks, (await runsOf(console, flags, signal)).list);
    return { logbook, from: { timeMs: markTimeMs(marks, flags.mark) } };
  } finally {
    await log.close();
  }
}

/** Runs that began in the topic: they are among the marks that `watch` numbers. */
async function runsOf(console: Console, flags: ReportFlags, signal: AbortSignal): Promise<RunMarks> {
  const { topic, group } = flags;
  const runs = new RunMarks();
  const one = new OneGroup(console, group, false);
  const sink = one.sink({
    take: (value, _, read = readMessage(value)) => {
      if ('message' in read) runs.note(read.message);
    },
    ...{ progress: () => undefined, waiting: () => undefined, beginAnew: () => undefined },
  });
  const open = () => openLog(console, flags, { create: false });
  await followMessages(open, sink, { topic, from: 'earliest', untilEnd: true, waits: false, signal });
  return runs;
}

/** Reads the messages of the log, and for the tests alone those of `--fold` before them. @throws DtstreamError as the log */
export async function collectLog(
  console: Console,
  flags: ReportFlags,
  {
    collector,
    from,
    signal,
  }: { readonly collector: ShiftCollector; readonly from: StartPlace; readonly signal: AbortSignal },
): Promise<void> {
  const { topic, group, fold, to } = flags;
  let places: FoldPlaces | undefined;
  const part = new PartFilter(flags);
  const one = new OneGroup(console, group, false);
  const sink: MessageSink = {
    take: (value, { partition, offset }, read) => {
      if (offset >= (places?.place.get(partition) ?? 0)) collector.endFold();
      take(collector, value, read);
    },
    progress: () => undefined,
    waiting: () => undefined,
    beginAnew: (why) => {
      throw new DtstreamError('gone', `cannot make a report: ${why}`);
    },
  };
  sayPart(console, { from, quiet: flags.quiet, ...(to !== undefined && { to }) });
  collector.beginFold();
  await followMessages(() => openLog(console, flags, { create: false }), part.sink(one.sink(sink)), {
    ...{ topic, untilEnd: true, waits: false, signal },
    from: async (log) => {
      places = await foldStart(log, { topic, from, foldS: fold / 1000, group });
      return places.start;
    },
  });
  collector.endFold();
  if (signal.aborted) return;
  one.assertSeen();
  part.assertSeen();
}
