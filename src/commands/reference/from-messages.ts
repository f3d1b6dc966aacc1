import { DtstreamError } from '../../errors.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { readWholeMessage } from '../../results/whole-message.js';
import type { Console } from '../console/console.js';
import { linesOf } from '../console/lines.js';
import { openLog } from '../flags/log.js';
import { sayPart } from '../flags/part.js';
import { followMessages, type MessageSink } from '../watch/follow.js';
import { OneGroup } from '../watch/group-filter.js';
import { PartFilter } from '../watch/part-filter.js';
import { type CollectOptions, ReferenceCollector } from './collect.js';
import type { ReferenceFlags } from './flags.js';

interface FromMessagesOptions extends Pick<CollectOptions, 'geometryHash' | 'quality'> {
  readonly isFromStdin: boolean;
  readonly flags: ReferenceFlags;
}

/**
 * The reference of the messages of a topic, or of those on standard input.
 *
 * @throws DtstreamError `input` where there are none, or it was stopped before it had all that was asked for
 */
export async function fromMessages(
  console: Console,
  { isFromStdin, flags, ...options }: FromMessagesOptions,
): Promise<QualityReference> {
  const stop = console.stopSignal();
  const complete = new AbortController();
  const forS = flags.for === undefined ? Infinity : flags.for / 1000;
  const say = (text: string): void => console.logLine(text, 'warn');
  const collector = new ReferenceCollector({ ...options, name: flags.topic, forS, say });
  const part = new PartFilter(flags);
  const untilEnd = flags.untilEnd || part.isPast || (flags.for === undefined && flags.to === undefined);
  const group = new OneGroup(console, flags.group, !untilEnd && !isFromStdin);
  const sink = messageSink(console, collector, { flags, onComplete: () => complete.abort() }, (inner) =>
    part.sink(group.sink(inner)),
  );
  sayPart(console, flags);
  const signal = AbortSignal.any([stop, complete.signal, ...(untilEnd ? [] : [part.end()])]);
  try {
    if (isFromStdin) await takeLines(console, sink, signal);
    else {
      const open = () => openLog(console, flags, { create: false });
      const { topic, from } = flags;
      await followMessages(open, sink, { topic, from, untilEnd, waits: !untilEnd, signal });
    }
  } finally {
    if (console.canRedraw()) console.eraseLine();
  }
  if (stop.aborted && !collector.isComplete) {
    const rest = `after ${collector.liveS.toFixed(0)} s of live time`;
    throw new DtstreamError('input', `stopped ${rest}: no reference is written; --until-end takes what is there`);
  }
  if (!collector.isComplete) {
    group.assertSeen();
    part.assertSeen();
    if (forS !== Infinity) say(`the messages end after ${collector.liveS.toFixed(0)} of ${forS} s of live time`);
  }
  return collector.end();
}

/** A sink that reads each message once, and hands those that pass the filters to the collector. */
function messageSink(
  console: Console,
  collector: ReferenceCollector,
  { flags, onComplete }: { readonly flags: ReferenceFlags; readonly onComplete: () => void },
  filtered: (sink: MessageSink) => MessageSink,
): MessageSink {
  let read: ReturnType<typeof readWholeMessage> = { unreadable: '' };
  let isWaiting = false;
  const inner = filtered({
    take() {
      if ('unreadable' in read) collector.addUnreadable();
      else if (collector.add(read.message) && collector.isComplete) onComplete();
    },
    progress({ lostRecords }) {
      isWaiting = false;
      if (lostRecords > 0) collector.noteLost(lostRecords);
      if (flags.for !== undefined && !flags.quiet && console.canRedraw())
        console.drawLine(`${collector.liveS.toFixed(0)} of ${flags.for / 1000} s of live time`);
    },
    waiting(why) {
      if (!isWaiting && !flags.quiet) console.logLine(`waiting: ${why}`);
      isWaiting = true;
    },
    beginAnew(why) {
      throw new DtstreamError('gone', `cannot make a reference: ${why}`);
    },
  });
  return {
    ...inner,
    take: (value, arrival) => {
      read = readWholeMessage(value);
      return inner.take(value, arrival, read);
    },
  };
}

async function takeLines(console: Console, sink: MessageSink, signal: AbortSignal): Promise<void> {
  const { stdin } = console;
  const end = (): void => void stdin.destroy();
  signal.addEventListener('abort', end);
  try {
    for await (const line of linesOf(stdin)) {
      if (signal.aborted) return;
      await sink.take(line, { receivedMs: Date.now(), partition: 0, offset: 0 });
    }
  } catch (error) {
    // Destroyed above.
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
}
