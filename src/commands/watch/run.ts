import { emptyState } from '../../results/dashboard-state.js';
import type { DetectorSources } from '../../tui/dashboard-time.js';
import { History } from '../../results/history.js';
import { activeBands } from '../../views/detector/detector-view.js';
import { resolveStyle } from '../../tui/draw/style.js';
import { orbitNsOf } from '../../domain/geometry.js';
import { programVersion } from '../program-version.js';
import { loadConfig } from '../config/load.js';
import { logName, openLog } from '../flags/log.js';
import { sayPart, windowText } from '../flags/part.js';
import type { Console } from '../console/console.js';
import { type FollowMessagesOptions, followMessages, type MessageSink } from './follow.js';
import { OneGroup } from './group-filter.js';
import { PartFilter } from './part-filter.js';
import { LoadProgress } from './load-progress.js';
import { alarmLine } from './alarm-line.js';
import { lineSink } from './lines.js';
import { openQuality } from './open-quality.js';
import { planOf } from './plan-of.js';
import { screenRefusalHere, watchOnScreen } from './watch-on-screen.js';
import { snapshotText } from './snapshot.js';
import { notingStates, stateSink } from './state-sink.js';
import type { WatchFlags } from './flags.js';
import type { AlarmNews, WatchQuality } from './watch-quality.js';

/** How long a reader gets for the lines under way when watch is told to end. */
const drainMs = 1000;

/** `dtstream watch`: the messages of a topic as a screen, a snapshot or lines. */
export async function runWatch(console: Console, flags: WatchFlags): Promise<void> {
  const signal = console.stopSignal();
  const { topic, from } = flags;
  const { geometry, hasOwnGeometry, physics } = await loadConfig(flags.config);
  // Wait for a missing log, unless its current contents are requested.
  const part = new PartFilter(flags);
  const untilEnd = flags.untilEnd || flags.once || part.isPast;
  const options: FollowMessagesOptions = { topic, from, untilEnd, waits: !untilEnd, signal };
  const open = () => openLog(console, flags, { create: false });
  const mode = modeOf(console, flags);
  const group = new OneGroup(console, flags.group, !untilEnd);
  const partEnd = untilEnd ? [] : [part.end()];
  const follow = async (sink: MessageSink, stop = signal): Promise<void> => {
    const ofPart = part.sink(sink);
    // JSON is for programs, which tell groups apart themselves.
    const isAll = mode === 'json' && flags.group === undefined;
    const until = AbortSignal.any([stop, ...partEnd]);
    await followMessages(open, isAll ? ofPart : group.sink(ofPart), { ...options, signal: until });
    if (stop.aborted) return;
    group.assertSeen();
    part.assertSeen();
  };
  sayPart(console, flags);
  const about = { version: programVersion(), source: sourceText(flags), orbitNs: orbitNsOf(geometry.clock) };
  const isFromStart = from === 'earliest' && flags.run === undefined;
  const lines = { about, quiet: flags.quiet, isFromStart };
  const style = resolveStyle({
    env: console.env,
    isTerminal: console.stdout.isTTY,
    ascii: flags.ascii,
    glyphs: flags.glyphs,
  });
  const { http } = flags;
  const serve =
    http === undefined
      ? undefined
      : async (sources: DetectorSources) => {
          const { serveLive } = await import('./http/serve-live.js');
          return serveLive(console, sources, { address: http, about, plan: planOf({ geometry, physics }) });
        };
  switch (mode) {
    case 'once': {
      const state = { ...emptyState(), isFromStart };
      const progress = new LoadProgress(console, flags.quiet);
      // What is wrong with the messages stands in the text.
      const history = new History(activeBands);
      const told = { onJudged: notingStates(history) };
      const quality = await openQuality({ env: console.env, logLine: () => undefined }, flags, told);
      const sink = stateSink(state, undefined, history);
      await judged(follow, quality, progress.sink(sink)).finally(() => progress.end());
      if (signal.aborted) return;
      const judgedBy = {
        ...{ quality: () => quality.picture(), marks: () => quality.marks(), reference: () => quality.reference },
      };
      const how = { style, about, brief: flags.brief };
      await console.writeOut(snapshotText(console, { state, history, geometry, ...judgedBy }, how));
      return;
    }
    case 'json':
      signal.addEventListener('abort', () => exitSoon(console));
      return follow(lineSink(console, mode, lines));
    case 'plain': {
      signal.addEventListener('abort', () => exitSoon(console));
      const onNews = (news: AlarmNews): Promise<void> => console.writeLines([alarmLine(news)]);
      await judged(follow, await openQuality(console, flags, { onNews }), lineSink(console, mode, lines));
      return;
    }
    case 'screen': {
      const channelFirst = hasOwnGeometry ? geometry.chambers.map((chamber) => chamber.channelFirst) : [];
      const terminal = { input: console.stdin, output: console.stdout };
      const shown = { windowS: flags.window / 1000, outDir: flags.outDir };
      const place = {
        terminal,
        style,
        about,
        channelFirst,
        isFromStart,
        geometry,
        physics,
        openQuality: (told: Parameters<typeof openQuality>[2]) => openQuality(console, flags, told),
        ...shown,
        ...(serve !== undefined && { serve }),
      };
      await watchOnScreen(console, place, follow, signal);
      exitSoon(console);
      return;
    }
    case 'headless': {
      const { watchHeadless } = await import('./http/headless.js');
      signal.addEventListener('abort', () => exitSoon(console));
      const quality = await openQuality(console, flags);
      await watchHeadless(console, { quality, serve, quiet: flags.quiet, geometry, isFromStart }, follow, signal);
      return;
    }
    default:
      return mode satisfies never;
  }
}

/** Reads messages into a sink, with those of the end judged. */
async function judged(
  follow: (sink: MessageSink) => Promise<void>,
  quality: WatchQuality | undefined,
  sink: MessageSink,
): Promise<void> {
  try {
    await follow(quality?.sink(sink) ?? sink);
    await quality?.end();
  } finally {
    quality?.close();
  }
}

/** `data_clean of Kafka broker1:9092, run 3, from 2026-11-29 15:30:00 (14:30:00 UTC)` */
function sourceText(flags: WatchFlags): string {
  const window = windowText(flags);
  const run = flags.run === undefined ? '' : `, run ${flags.run}`;
  return `${flags.topic} of ${logName(flags)}${run}${window === '' ? '' : `, ${window}`}`;
}

/** A consumer that has stopped reading, such as a pager, or an unreachable log must not keep a stopping process alive. */
function exitSoon(console: Console): void {
  setTimeout(() => console.exit(0), drainMs).unref();
}

/** How messages are shown: a full screen, unless another form was requested or the terminal cannot draw it. */
function modeOf(console: Console, flags: WatchFlags): 'once' | 'json' | 'plain' | 'screen' | 'headless' {
  if (flags.once) return 'once';
  if (flags.json) return 'json';
  if (flags.plain) return 'plain';
  const refusal = screenRefusalHere(console);
  if (refusal === undefined) return 'screen';
  if (flags.http !== undefined) return 'headless';
  // A pipe always gets lines; on a terminal, give the reason.
  if (console.stdout.isTTY) console.logLine(`${refusal}: printing one line per message instead of the dashboard`);
  return 'plain';
}
