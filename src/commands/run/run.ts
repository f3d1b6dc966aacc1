import { orbitNsOf } from '../../domain/geometry.js';
import { DtstreamError } from '../../errors.js';
import { emptyState } from '../../results/dashboard-state.js';
import { History } from '../../results/history.js';
import { activeBands } from '../../views/detector/detector-view.js';
import { resolveStyle, type Style } from '../../tui/draw/style.js';
import type { About } from '../../tui/text/head-lines.js';
import type { ChildLine } from '../child/subcommand-process.js';
import { loadConfig } from '../config/load.js';
import type { Console } from '../console/console.js';
import { logName, openLog } from '../flags/log.js';
import { resultTopicsOf } from '../flags/prefix.js';
import { programVersion } from '../program-version.js';
import { followMessages, type MessageSink } from '../watch/follow.js';
import { OneGroup } from '../watch/group-filter.js';
import { lineSink } from '../watch/lines.js';
import { screenRefusalHere, watchOnScreen } from '../watch/watch-on-screen.js';
import { snapshotText } from '../watch/snapshot.js';
import { stateSink } from '../watch/state-sink.js';
import type { RunFlags } from './flags.js';
import { startLine } from './line.js';
import { lineCommands } from './words.js';

/** Lines of the children that are shown once more when the screen is gone: the newest. */
const linesKept = 20;

/**
 * `dtstream run`: files → produce → log → process → dashboard.
 *
 * @param given names of the flags that are not at their default
 * @throws DtstreamError `transport` when a child has failed
 */
export async function runLine(
  console: Console,
  inputs: readonly string[],
  flags: RunFlags,
  given: ReadonlySet<string>,
): Promise<void> {
  if (inputs.includes('-')) {
    throw new DtstreamError('usage', 'run needs inputs that can be read again, got standard input; use produce -');
  }
  const stop = console.stopSignal();
  const { geometry, hasOwnGeometry } = await loadConfig(flags.config);
  const isPlain = flags.plain || screenRefusalHere(console) !== undefined;
  const kept: ChildLine[] = [];
  let onScreen: ((text: string) => void) | undefined;
  const line = startLine(lineCommands(inputs, flags, { given, isQuiet: flags.quiet || !isPlain }), {
    // Secrets have no place among the words of a command.
    keepsVariable: (name) => name.startsWith('DTSTREAM_KAFKA_'),
    onLine(said) {
      if (isPlain) console.logLine(said.text, said.level);
      else kept.push(said);
      kept.splice(0, kept.length - linesKept);
      onScreen?.(said.text);
    },
  });
  const group = new OneGroup(console, flags.group, true);
  const follow = (sink: MessageSink, signal: AbortSignal): Promise<void> =>
    followMessages(() => openLog(console, flags, { create: false }), group.sink(withoutReasons(sink)), {
      topic: resultTopicsOf(flags).results,
      from: 'earliest',
      untilEnd: false,
      endsAfter: line.ended,
      waits: true,
      signal,
    });
  const over = AbortSignal.any([stop, line.failed]);
  const about = {
    version: programVersion(),
    source: `${inputs.join(', ')} by ${logName(flags)}`,
    orbitNs: orbitNsOf(geometry.clock),
  };
  const style = resolveStyle({
    env: console.env,
    isTerminal: console.stdout.isTTY,
    ascii: flags.ascii,
    glyphs: flags.glyphs,
  });
  try {
    if (isPlain) {
      await printLines(console, follow, { style, about }, over);
    } else {
      const place = {
        terminal: { input: console.stdin, output: console.stdout },
        style,
        about,
        isFromStart: true,
        channelFirst: hasOwnGeometry ? geometry.chambers.map((chamber) => chamber.channelFirst) : [],
        onWarn: (warn: (text: string) => void) => (onScreen = warn),
      };
      await watchOnScreen(console, place, follow, over);
    }
  } finally {
    onScreen = undefined;
    await line.stop().finally(() => {
      for (const { text, level } of kept) console.logLine(text, level);
    });
  }
}

/** A line for each message that comes from now on; when the input has come to its end, the sums of all messages. */
async function printLines(
  console: Console,
  follow: (sink: MessageSink, signal: AbortSignal) => Promise<void>,
  how: { readonly style: Style; readonly about: About },
  signal: AbortSignal,
): Promise<void> {
  const startMs = Date.now();
  const state = emptyState();
  const history = new History(activeBands);
  const sums = stateSink(state, undefined, history);
  const lines = lineSink(console, 'plain', { about: how.about, quiet: true, isFromStart: false });
  const both: MessageSink = {
    async take(value, arrival) {
      sums.take(value, arrival);
      if ((arrival.appendedMs ?? arrival.receivedMs) >= startMs) await lines.take(value, arrival);
    },
    async progress(progress) {
      sums.progress(progress);
      await lines.progress(progress);
    },
    waiting: () => undefined,
    async beginAnew(why) {
      sums.beginAnew(why);
      await lines.beginAnew(why);
    },
  };
  await follow(both, signal);
  state.ended = true;
  if (!signal.aborted) await console.writeOut(snapshotText(console, { state, history }, how));
}

/** That log and topic are not there in the first moment goes without saying. */
export function withoutReasons(sink: MessageSink): MessageSink {
  return { ...sink, waiting: () => undefined };
}
