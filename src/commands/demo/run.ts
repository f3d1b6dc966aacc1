import { resolveStyle } from '../../tui/draw/style.js';
import { loadConfig } from '../config/load.js';
import { orbitNsOf } from '../../domain/geometry.js';
import { programVersion } from '../program-version.js';
import { withoutReasons } from '../run/run.js';
import { startDemoLine } from './line.js';
import { demoQuality } from './verdicts.js';
import { printSnapshots } from './snapshots.js';
import { openLog } from '../flags/log.js';
import { resultsTopic } from '../flags/prefix.js';
import type { Console } from '../console/console.js';
import { followMessages, type MessageSink } from '../watch/follow.js';
import { type ScreenPlace, screenRefusalHere, watchOnScreen } from '../watch/watch-on-screen.js';
import { WatchQuality } from '../watch/watch-quality.js';
import type { DemoFlags } from './flags.js';

const parentEveryMs = 200;

/** `dtstream demo`: simulator → produce → log → process → dashboard, until the user has seen enough. */
export async function runDemo(console: Console, flags: DemoFlags): Promise<void> {
  const stop = console.stopSignal();
  const { geometry } = await loadConfig(flags.config);
  if (stop.aborted) return;
  const line = startDemoLine(flags, geometry);
  const over = new AbortController();
  const end = (): void => over.abort();
  for (const signal of [stop, line.ended]) signal.addEventListener('abort', end);
  const parentWatch = watchParent(console, end);
  const follow = (sink: MessageSink, signal: AbortSignal): Promise<void> =>
    followMessages(() => openLog(console, { store: line.store }, { create: false }), withoutReasons(sink), {
      topic: resultsTopic,
      from: 'earliest',
      untilEnd: false,
      waits: true,
      signal,
    });
  try {
    const about = { version: programVersion(), source: sourceText(flags), orbitNs: orbitNsOf(geometry.clock) };
    const style = resolveStyle({
      env: console.env,
      isTerminal: console.stdout.isTTY,
      ascii: flags.ascii,
      glyphs: flags.glyphs,
    });
    if (screenRefusalHere(console) === undefined) {
      const terminal = { input: console.stdin, output: console.stdout };
      const channelFirst = geometry.chambers.map((chamber) => chamber.channelFirst);
      const openQuality: ScreenPlace['openQuality'] = async (told) => {
        const setup = await demoQuality(geometry, over.signal);
        const of = { flags: { store: line.store, topic: resultsTopic }, foldS: undefined, until: 'latest' } as const;
        return new WatchQuality({ console, setup, ...of, ...told });
      };
      const isJudged = flags.rate === 'detector';
      const place = {
        ...{ terminal, style, about, channelFirst, isFromStart: true, geometry },
        ...(isJudged && { openQuality }),
      };
      await watchOnScreen(console, place, follow, over.signal);
    } else {
      await printSnapshots(console, follow, { style, about }, over.signal);
    }
  } finally {
    clearInterval(parentWatch);
    over.abort();
    await line.stop();
  }
}

/** `npm start` that is told to end ends only the shell in which it has started us: that shell is looked after. */
function watchParent(console: Console, onGone: () => void): NodeJS.Timeout | undefined {
  if (console.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, parentEveryMs);
}

function sourceText({ rate }: DemoFlags): string {
  if (rate === 'detector') return 'simulated muons at the pace of the detector';
  return rate === Infinity ? 'simulated muons' : `simulated muons, ${rate} rows/s`;
}
