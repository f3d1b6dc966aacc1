import { performance } from 'node:perf_hooks';
import { defaultGeometry } from '../domain/geometry.js';
import { trendColumns, trendSecondsMax } from '../results/trend.js';
import type { DetectorView } from '../views/detector/detector-view.js';
import { makeDetectorView } from '../views/detector/make-detector-view.js';
import type { DashboardState } from '../results/dashboard-state.js';
import type { About } from './text/head-lines.js';
import { openFullScreen } from './full-screen.js';
import { firstMode, modeAfterKey, nameOfKey } from './pages/keys.js';
import { isCurrent } from './panels/feed.js';
import { renderScreen } from './pages/render-screen.js';
import { firstChoices } from './pages/view.js';
import type { Style } from './draw/style.js';
import { stopJob, watchContinue } from './suspend.js';
import { type Terminal, setBlocking } from './terminal.js';

/** Frames are drawn at most this often, and at least every second so that the lag advances. */
const frameMsMin = 100;
const frameMsMax = 1000;
/** Every cell is written so often, changed or not: others write on a terminal, too, and say nothing of it. */
const repaintMsDefault = 30_000;

/** How long an answer to a key stands. */
const saidMs = 2000;

/** A frame may take this share of the time; a slower terminal gets fewer frames. */
const drawShareMax = 0.25;

export interface DashboardOptions {
  /** Drawn in its current state at each frame; the caller keeps changing it. */
  readonly state: DashboardState;
  readonly terminal: Terminal;
  readonly style: Style;
  /** Where messages come from, and who shows them. */
  readonly about: About;
  /** How often the whole screen is redrawn; default: 30 s. */
  readonly repaintMs?: number;
  /** Board channel of each chamber's first wire; default: guessed from the channels seen. */
  readonly channelFirst?: readonly number[];
  /** The user pressed q or Ctrl-C, or the terminal is gone; the screen stays until it is closed. */
  readonly onQuit: () => void;
}

export interface Dashboard {
  /** Marks the state as changed; the next frame draws it. */
  changed(): void;
  /** Gives the terminal back as it was. Idempotent; also done when the process exits or crashes. */
  close(): void;
}

/** Takes over the terminal and draws the dashboard until it is closed. */
export function openDashboard(options: DashboardOptions): Dashboard {
  const { state, terminal, style } = options;
  const full = openFullScreen(terminal);
  const { screen } = full;
  let mode = firstMode;
  let frozen: { state: DashboardState; nowMs: number } | undefined;
  let said: { text: string; untilMs: number } | undefined;
  let isDirty = true;
  let isClosed = false;
  let drawnMs = -Infinity;
  let repaintedMs = performance.now();
  let restMs = frameMsMin;

  const draw = (): void => {
    const startMs = performance.now();
    const { width, height } = { width: Number(screen.width), height: Number(screen.height) };
    const view = {
      page: mode.page,
      help: mode.help,
      choices: firstChoices,
      frozen: frozen && {
        ...{ atMs: frozen.nowMs, oldestMs: frozen.state.span.fromMs ?? frozen.nowMs, liveMs: Date.now() },
        ...{ messagesSince: state.messages - frozen.state.messages, step: 'message' as const },
      },
      prompt: undefined,
      nowMs: frozen?.nowMs ?? Date.now(),
      said: said !== undefined && startMs < said.untilMs ? said.text : undefined,
      about: options.about,
      channelFirst: options.channelFirst ?? [],
    };
    if (startMs - repaintedMs >= (options.repaintMs ?? repaintMsDefault)) {
      full.forget();
      repaintedMs = startMs;
    }
    const shown = frozen?.state ?? state;
    full.show(
      renderScreen({ state: shown, detector: detectorSinceStart(shown, view.nowMs), view }, { width, height, style }),
    );
    isDirty = false;
    drawnMs = performance.now();
    restMs = Math.max(frameMsMin, (drawnMs - startMs) / drawShareMax);
  };
  const tick = (): void => {
    const sinceMs = performance.now() - drawnMs;
    if (sinceMs < restMs || (!isDirty && sinceMs < frameMsMax)) return;
    // A terminal that has not taken the frame before gets none: what it shows next is the newest.
    if (!terminal.output.writableNeedDrain) draw();
  };
  const retake = (): void => {
    full.take();
    setBlocking(terminal.output, false);
    repaintedMs = performance.now();
    draw();
  };
  const suspend = (): void => {
    setBlocking(terminal.output, true);
    full.leave();
    stopJob();
    retake();
  };
  const press = (key: string): void => {
    if (key === 'C-z') suspend();
    if (key === 'C-l') retake();
    const next = modeAfterKey(mode, key);
    if (next === 'quit') {
      options.onQuit();
      return;
    }
    if (next.frozen !== mode.frozen) {
      frozen = next.frozen ? { state: structuredClone(state), nowMs: Date.now() } : undefined;
    }
    const isUnknown = next === mode && key !== 'C-z' && key !== 'C-l';
    said = isUnknown
      ? { text: ` ${nameOfKey(key)} means nothing here  ? help`, untilMs: performance.now() + saidMs }
      : undefined;
    isDirty = true;
    mode = next;
    if (isDirty && !terminal.output.writableNeedDrain) draw();
  };

  screen.on('keypress', (char: string | undefined, key: { full?: string; name?: string } | undefined) => {
    press(key?.name === 'space' ? 'space' : (key?.full ?? char ?? ''));
  });
  screen.on('resize', draw);
  const endWatch = watchContinue(retake);
  // The terminal is gone, or belongs to another job: not a crash. Also heard while the screen is closed.
  terminal.input.on('error', options.onQuit);
  const timer = setInterval(tick, frameMsMin / 2);
  // Runs before the restoring handler of blessed, whose bytes must reach the terminal before the process is gone.
  const block = (): void => setBlocking(terminal.output, true);
  process.prependListener('exit', block);
  setBlocking(terminal.output, false);
  draw();

  return {
    changed() {
      isDirty = true;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      clearInterval(timer);
      endWatch();
      block();
      process.removeListener('exit', block);
      screen.destroy();
    },
  };
}

/** The detector over all messages since the start, without physics and verdicts. */
function detectorSinceStart(state: DashboardState, nowMs: number): DetectorView {
  const { totals, span, trend, messages } = state;
  const sums = {
    ...{ messages, totals, fromMs: span.fromMs, toMs: span.toMs, orbitFirst: null, orbitLast: null },
    ...{ physics: undefined, liveS: undefined, lanes: 1 },
  };
  const columns = Math.min(trendSecondsMax, Math.round(((span.toMs ?? 0) - (span.fromMs ?? 0)) / 1000));
  const of = (index: number): number[] => [...trendColumns(trend, index, columns)];
  return makeDetectorView({
    ...{ nowMs, isCurrent: isCurrent(state, nowMs), geometry: defaultGeometry, reference: undefined },
    ...{ window: { kind: 'start', title: 'since start', sums }, sinceStart: sums, showReference: 'overlay' },
    ...{ quality: undefined, marks: [], activeSteps: [], boxTrends: [] },
    trends: {
      ...{ columnS: 1, endMs: span.toMs ?? nowMs, all: of(0), trigger: [], lag: [], marks: [] },
      chambers: totals.chambers.map((_, chamber) => of(1 + chamber)),
    },
  });
}
