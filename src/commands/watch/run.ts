import { emptyState } from '../../results/dashboard-state.js';
import { resolveStyle } from '../../tui/draw/style.js';
import { loadConfig } from '../config/load.js';
import { logName, openLog } from '../flags/log.js';
import { logLine, stopSignal, writeOut } from '../console/stdio.js';
import { type FollowMessagesOptions, followMessages, type MessageSink } from './follow.js';
import { sinkOfGroup } from './group-filter.js';
import { lineSink } from './lines.js';
import { screenRefusalHere, watchOnScreen } from './screen.js';
import { snapshotText } from './snapshot.js';
import { stateSink } from './state-sink.js';
import type { WatchFlags } from './flags.js';

/** How long a reader gets for the lines under way when watch is told to end. */
const drainMs = 1000;

/** `dtstream watch`: the messages of a topic as a screen, a snapshot or lines. */
export async function runWatch(flags: WatchFlags): Promise<void> {
  const signal = stopSignal();
  const { topic, from } = flags;
  const { geometry, hasOwnGeometry } = await loadConfig(flags.config);
  // Wait for a missing log, unless its current contents are requested.
  const untilEnd = flags.untilEnd || flags.once;
  const options: FollowMessagesOptions = { topic, from, untilEnd, waits: !untilEnd, signal };
  const open = () => openLog(flags, { create: false });
  const follow = (sink: MessageSink, stop = signal): Promise<void> =>
    followMessages(open, flags.group === undefined ? sink : sinkOfGroup(sink, flags.group), {
      ...options,
      signal: stop,
    });
  const source = `${topic} of ${logName(flags)}`;
  const style = resolveStyle({ env: process.env, isTerminal: process.stdout.isTTY, ascii: flags.ascii });
  const mode = modeOf(flags);
  switch (mode) {
    case 'once': {
      const state = emptyState();
      await follow(stateSink(state));
      if (!signal.aborted) await writeOut(snapshotText(state, style));
      return;
    }
    case 'json':
    case 'plain':
      signal.addEventListener('abort', exitSoon);
      return follow(lineSink(mode, { source, quiet: flags.quiet }));
    case 'screen': {
      const channelFirst = hasOwnGeometry ? geometry.chambers.map((chamber) => chamber.channelFirst) : [];
      const terminal = { input: process.stdin, output: process.stdout };
      const place = { terminal, style, source, channelFirst };
      await watchOnScreen(place, follow, signal);
      exitSoon();
      return;
    }
    default:
      return mode satisfies never;
  }
}

/** A consumer that has stopped reading, such as a pager, or an unreachable log must not keep a stopping process alive. */
function exitSoon(): void {
  setTimeout(() => process.exit(0), drainMs).unref();
}

/** How messages are shown: a full screen, unless another form was requested or the terminal cannot draw it. */
function modeOf(flags: WatchFlags): 'once' | 'json' | 'plain' | 'screen' {
  if (flags.once) return 'once';
  if (flags.json) return 'json';
  if (flags.plain) return 'plain';
  const refusal = screenRefusalHere();
  if (refusal === undefined) return 'screen';
  // A pipe always gets lines; on a terminal, give the reason.
  if (process.stdout.isTTY) logLine(`${refusal}: printing one line per message instead of the dashboard`);
  return 'plain';
}
