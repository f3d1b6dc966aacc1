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
import { backlogOf, readRates, withLook } from '../../results/process-lag.js';
import { groupOf } from '../../results/producers.js';
import type { FollowProgress, MessageSink } from './follow.js';
import { LagWatch } from './lag-watch.js';
import type { Console } from '../console/console.js';
import { planOf } from './plan-of.js';
import { saveSnapshot } from './save-snapshot.js';
import { MarksOnly, type ScreenQuality } from './screen-quality.js';
import { stateSink } from './state-sink.js';

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
  /** What judges the messages; default: nothing. @param onChange to be called when what is shown changes */
  readonly openQuality?: (onChange: () => void) => Promise<ScreenQuality>;
  /** Window that is shown first, s; default: 60. */
  readonly windowS?: number;
  /** Folder of snapshots; default: the current one. */
  readonly outDir?: string;
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
  const history = new History(activeBands);
  const quality = (await place.openQuality?.(() => screen.changed())) ?? new MarksOnly();
  const screen = openDashboard({
    ...place,
    ...{ state, history, onQuit: stop, act: (action, shown) => act(action, shown) },
    quality: () => quality.picture(),
    marks: () => quality.marks(),
    reference: () => quality.reference,
  });
  const act = async (action: ScreenAction, shown: ShownScreen): Promise<string> => {
    switch (action.kind) {
      case 'save':
        return saveSnapshot(shown, { outDir: place.outDir ?? '.', plan: planOf(place) });
      case 'report':
        return 'w writes no report yet';
      default:
        return quality.act(action);
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
    const lag = new LagWatch(
      () => [...state.producers.keys()].map(groupOf).at(0),
      (look) => {
        state.lag = withLook(state.lag, look);
        const { perRecord, perSecond } = readRates(state.reads);
        const backlog = backlogOf(state.lag, perRecord, perSecond);
        if (backlog !== undefined) history.trend.noteLag(backlog.rows, look.seenMs);
        screen.changed();
      },
    );
    const progress = (of: FollowProgress): void => {
      sink.progress(of);
      lag.look(of.log);
    };
    const followed = follow(quality.sink({ ...sink, progress }), quit.signal);
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
