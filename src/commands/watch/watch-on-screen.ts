import { once } from 'node:events';
import { emptyState } from '../../results/dashboard-state.js';
import { History } from '../../results/history.js';
import type { About } from '../../tui/text/head-lines.js';
import type { Geometry } from '../../domain/geometry.js';
import type { PhysicsSettings } from '../../domain/physics-settings.js';
import { activeBands } from '../../views/detector/detector-view.js';
import type { ScreenAction } from '../../tui/pages/screen-action.js';
import { openDashboard, type ShownScreen } from '../../tui/dashboard.js';
import type { Style } from '../../tui/draw/style.js';
import { screenRefusal, type Terminal } from '../../tui/terminal.js';
import type { DetectorSources } from '../../tui/dashboard-time.js';
import { saveScreenReport } from '../report/screen-report.js';
import type { MessageSink } from './follow.js';
import { lagSink } from './lag-sink.js';
import type { Console } from '../console/console.js';
import { planOf } from './plan-of.js';
import { saveSnapshot } from './save-snapshot.js';
import { MarksOnly, type ScreenQuality } from './screen-quality.js';
import { keepHeapSmall } from './small-heap.js';
import { notingStates, stateSink } from './state-sink.js';
import type { WatchQualityOptions } from './watch-quality.js';

/** Where the dashboard is drawn, and how. */
export interface ScreenPlace {
  readonly terminal: Terminal;
  readonly style: Style;
  /** Where messages come from, and who shows them. */
  readonly about: About;
  /** Board channel of each chamber's first wire, where messages do not say it; empty = guessed from the channels seen. */
  readonly channelFirst: readonly number[];
  /** Gets a function that shows a warning on the screen until the next one. */
  readonly onWarn?: (warn: (text: string) => void) => void;
  /** Whether all messages of the topic are read. */
  readonly isFromStart: boolean;
  /** Of the reader; default: those of the telescope. */
  readonly geometry?: Geometry;
  readonly physics?: PhysicsSettings;
  /** What judges the messages; default: nothing. @param told what it calls when what is shown changes */
  readonly openQuality?: (told: Pick<WatchQualityOptions, 'onChange' | 'onJudged'>) => Promise<ScreenQuality>;
  /** Window that is shown first, s; default: 60. */
  readonly windowS?: number;
  /** Folder of snapshots and reports; default: the current one. */
  readonly outDir?: string;
  /** Serves a live page of the same. */
  readonly serve?: (sources: DetectorSources) => Promise<{ readonly url: string; close(): Promise<void> }>;
}

/**
 * Draws the dashboard until the user quits or the signal comes. It stays when the messages have come to their end; the
 * terminal is given back on every way out.
 *
 * @param follow reads messages into the sink until their end or the signal it gets
 */
export async function watchOnScreen(
  console: Console,
  place: ScreenPlace,
  follow: (sink: MessageSink, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const state = { ...emptyState(), isFromStart: place.isFromStart };
  const quit = new AbortController();
  const stop = (): void => quit.abort();
  signal.addEventListener('abort', stop);
  if (signal.aborted) return;
  const endHeap = keepHeapSmall();
  const history = new History(activeBands);
  const told = { onChange: () => screen.changed(), onJudged: notingStates(history) };
  const quality = (await place.openQuality?.(told)) ?? new MarksOnly();
  const sources: DetectorSources = {
    ...{ state, history },
    ...(place.geometry !== undefined && { geometry: place.geometry }),
    quality: () => quality.picture(),
    marks: () => quality.marks(),
    reference: () => quality.reference,
  };
  // An address that cannot be used is said before the screen is drawn.
  const served = await place.serve?.(sources);
  const screen = openDashboard({
    ...{ ...place, ...sources, onQuit: stop, act: (action, shown) => act(action, shown) },
  });
  const act = async (action: ScreenAction, shown: ShownScreen): Promise<string> => {
    switch (action.kind) {
      case 'save':
        return saveSnapshot(shown, { outDir: place.outDir ?? '.', plan: planOf(place) });
      case 'report':
        return saveScreenReport(shown, {
          ...{ about: place.about, outDir: place.outDir ?? '.', command: console.commandLine },
          ...{ geometryHash: planOf(place).geometry, reference: quality.reference },
        });
      case 'acknowledge':
      case 'known':
      case 'mark':
        return quality.act(action);
      default:
        return action satisfies never;
    }
  };
  console.redirectSaid((text) => {
    state.said = text;
    screen.changed();
  });
  place.onWarn?.((text) => {
    state.warned = text;
    screen.changed();
  });
  try {
    const sink = stateSink(state, () => screen.changed(), history);
    const behind = lagSink(sink, { state, history }, () => screen.changed());
    const followed = follow(quality.sink(behind), quit.signal);
    // An unreachable log may take a minute to fail: quitting does not wait for that.
    await Promise.race([followed, once(quit.signal, 'abort')]);
    if (quit.signal.aborted) return;
    await quality.end();
    state.ended = true;
    screen.changed();
    await once(quit.signal, 'abort');
  } finally {
    console.redirectSaid(undefined);
    screen.close();
    quality.close();
    endHeap();
    await served?.close();
    if (state.said !== undefined) console.logLine(state.said, 'warn');
    signal.removeEventListener('abort', stop);
  }
}

/** Why this process has no terminal that a screen can be drawn on, or undefined when it has. */
export function screenRefusalHere(console: Console): string | undefined {
  return screenRefusal({
    env: console.env,
    inputIsTerminal: console.stdin.isTTY,
    outputIsTerminal: console.stdout.isTTY,
  });
}
