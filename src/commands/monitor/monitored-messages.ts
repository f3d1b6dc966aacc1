import type { Console } from '../console/console.js';
import { openLog } from '../flags/log.js';
import type { StartPlace } from '../flags/start-place.js';
import { followMessages, type MessageSink } from '../watch/follow.js';
import { OneGroup } from '../watch/group-filter.js';
import { type FoldPlaces, foldStart } from '../quality/fold-start.js';
import type { MonitoredFlags } from './flags.js';
import { Logbook } from '../quality/logbook.js';
import type { MonitorSink } from './monitor-sink.js';
import type { Reporter } from './reporter.js';
import { stateFolder } from '../quality/state-folder.js';

interface MonitoredOptions {
  readonly from: StartPlace;
  readonly untilEnd: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads the messages of a topic into a sink, those of the last hour before the start as ones to be folded, with the logbook
 * of the log.
 *
 * @throws DtstreamError as `followMessages`; `usage` where one group must be chosen
 */
export async function readMonitored(
  console: Console,
  flags: MonitoredFlags,
  { sink, reporter }: { readonly sink: MonitorSink; readonly reporter: Reporter },
  { from, untilEnd, signal }: MonitoredOptions,
): Promise<void> {
  const { topic, group, fold } = flags;
  let place = from;
  let places: FoldPlaces | undefined;
  const open = async () => {
    const log = await openLog(console, flags, { create: false });
    const folder = await stateFolder(log, flags, console.env);
    if (folder !== undefined) await reporter.openLogbook(new Logbook(folder));
    return log;
  };
  const one = new OneGroup(console, group, !untilEnd);
  const ofGroup: MessageSink = {
    ...one.sink({
      ...{ take: () => undefined, progress: (state) => sink.progress(state), beginAnew: (why) => sink.beginAnew(why) },
      waiting: () => {
        // What is there after the wait came after it began.
        if (places === undefined && place === 'latest') place = 'earliest';
        sink.waiting();
      },
    }),
    take: (value, arrival) => sink.take(value, arrival, (name) => one.isOurs(name)),
  };
  await followMessages(open, ofGroup, {
    ...{ topic, untilEnd, waits: !untilEnd, signal },
    from: async (log) => {
      places = await foldStart(log, { topic, from: place, foldS: fold / 1000, group });
      sink.foldUntil(places.place);
      return places.start;
    },
  });
  if (!signal.aborted) one.assertSeen();
}
