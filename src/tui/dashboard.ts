import { performance } from 'node:perf_hooks';
import { defaultGeometry } from '../domain/geometry.js';
import { plainText } from '../domain/plain-text.js';
import { DashboardTime, type DetectorSources, type Shown } from './dashboard-time.js';
import type { About } from './text/head-lines.js';
import { openFullScreen } from './full-screen.js';
import { nameOfKey } from './pages/key-name.js';
import { firstMode, type KeyEffect, modeAfterKey } from './pages/keys.js';
import { promptView } from './pages/prompt.js';
import { renderScreen } from './pages/render-screen.js';
import type { ScreenAction } from './pages/screen-action.js';
import type { View } from './pages/view.js';
import type { Style } from './draw/style.js';
import { stopJob, watchContinue } from './suspend.js';
import { type Terminal, setBlocking } from './terminal.js';

/**
 * Frames are drawn at most this often but for keys, and at least every second so that ages advance; where messages come,
 * their next one is waited for a little longer, and where none has come for a while, every other second will do.
 */
const frameMsMin = 500;
/** The same while a long past is read; as soon as it is, it is drawn. */
const pastMsMin = 250;
/** Messages that are read before a frame would be through. */
const shortPast = 200;
const frameMsMax = { live: 1300, quiet: 1000, idle: 2000 };
const idleAfterMs = 30_000;
/** What comes at the same time as a change, such as verdicts with their message, is drawn with it. */
const gatherMs = 25;
/** While the display stands still only ages and counts go on: they are drawn ever more rarely, by half of their age. */
const frozenMsMax = 60_000;
const frozenShare = 0.5;
/**
 * Every cell is written so often, changed or not: others write on a terminal, too, and say nothing of it. Where nothing
 * comes or is shown, one does so by hand, or waits.
 */
const repaintMs = { live: 30_000, quiet: 300_000 };

/** How long an answer to a key stands, and what came of an action. */
const saidMs = 2000;
const doneMs = 5000;
/** Of an answer, in characters. */
const saidMax = 200;
/** Window that is shown first, s. */
const windowDefaultS = 60;

/** A frame may take this share of the time; a slower terminal gets fewer frames. */
const drawShareMax = 0.25;

/** What is shown while a key asks for something beyond the screen. */
export interface ShownScreen extends Shown {
  readonly view: View;
  readonly style: Style;
}

/** Drawn in its current state at each frame; the caller keeps changing state and history. */
export interface DashboardOptions extends DetectorSources {
  readonly terminal: Terminal;
  readonly style: Style;
  /** Where messages come from, and who shows them. */
  readonly about: About;
  /** How often the whole screen is redrawn; default: 30 s, 5 min where nothing comes or is shown. */
  readonly repaintMs?: number;
  /** Board channel of each chamber's first wire; default: guessed from the channels seen. */
  readonly channelFirst?: readonly number[];
  /** The window "last N s" that is shown first, s; default: 60. */
  readonly windowS?: number;
  /** Does what a key asks for, and says what came of it; absent = nothing can be done. */
  readonly act?: (action: ScreenAction, shown: ShownScreen) => Promise<string>;
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
  const { terminal, geometry = defaultGeometry } = options;
  const full = openFullScreen(terminal);
  const { screen } = full;
  let mode = firstMode({ windowS: options.windowS ?? windowDefaultS, color: options.style.color });
  const time = new DashboardTime(options);
  const rung = new Set<string>();
  let said: { text: string; untilMs: number } | undefined;
  let isDirty = false;
  /** Of the history, at the last repainting. */
  let repaintedVersion = options.history.version;
  let drawnVersion = repaintedVersion;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let drawnMs = -Infinity;
  let repaintedMs = performance.now();
  let restMs = 0;
  /** Whether the last frame was of a past that was being read. */
  let isPastDrawn = true;
  let pressedMs = 0;
  let movedMs = 0;

  const show = (): ShownScreen => {
    const shown = time.show(mode, Date.now());
    const view: View = {
      ...{ page: mode.page, help: mode.help, choices: mode.choices, frozen: shown.frozen, nowMs: shown.nowMs },
      said: said?.text,
      prompt: mode.prompt && promptView(mode.prompt),
      about: options.about,
      channelFirst: options.channelFirst ?? [],
    };
    return { ...shown, view, style: { ...options.style, color: mode.color } };
  };
  const say = (text: string, forMs = saidMs): void => {
    said = { text: ` ${plainText(text, saidMax)}`, untilMs: performance.now() + forMs };
    changed();
  };
  /** Rings at an alarm that has not been seen. */
  const ring = ({ detector }: ShownScreen): void => {
    const fresh = detector.alarms.filter(({ id, state }) => state === 'NEW' && !rung.has(id));
    for (const { id } of fresh) rung.add(id);
    if (fresh.length > 0 && mode.isBellOn && !time.isFrozen) terminal.output.write('\x07');
  };
  const act = (action: ScreenAction): void => {
    void options.act?.(action, show()).then(
      (text) => say(text, doneMs),
      (error: unknown) => say(error instanceof Error ? error.message : String(error), doneMs),
    );
  };
  const take = (effect: KeyEffect): void => {
    switch (effect.kind) {
      case 'quit':
        options.onQuit();
        return;
      case 'say':
        say(effect.text);
        return;
      case 'move':
        time.move(effect);
        return;
      case 'oldest':
        time.move('oldest');
        return;
      case 'act':
        act(effect.action);
        return;
      default:
        effect satisfies never;
    }
  };
  const draw = (): void => {
    const startMs = performance.now();
    const { width, height } = { width: Number(screen.width), height: Number(screen.height) };
    if (said !== undefined && startMs >= said.untilMs) said = undefined;
    const shown = show();
    ring(shown);
    const { version } = options.history;
    const isNews = version !== drawnVersion;
    drawnVersion = version;
    if (isNews) movedMs = startMs;
    const standsMs = startMs - Math.max(movedMs, pressedMs);
    const frame = isNews ? 'live' : standsMs < idleAfterMs ? 'quiet' : 'idle';
    const everyMs = repaintMs[version !== repaintedVersion && !time.isFrozen ? 'live' : 'quiet'];
    if (startMs - repaintedMs >= (options.repaintMs ?? everyMs)) {
      full.forget();
      repaintedMs = startMs;
      repaintedVersion = version;
    }
    full.show(renderScreen(shown, { width, height, style: shown.style }));
    isDirty = false;
    drawnMs = performance.now();
    isPastDrawn = isPastRead();
    restMs = (drawnMs - startMs) / drawShareMax;
    const stoodMs = time.isFrozen && said === undefined ? frozenShare * (drawnMs - pressedMs) : 0;
    drawIn(Math.max(restMs, frameMsMax[frame], Math.min(frozenMsMax, stoodMs)));
  };
  const drawIn = (waitMs: number): void => {
    clearTimeout(timer);
    if (isClosed) return;
    timer = setTimeout(() => {
      // A terminal that has not taken the frame before gets none: what it shows next is the newest.
      if (terminal.output.writableNeedDrain) drawIn(frameMsMin);
      else draw();
    }, waitMs);
  };
  const isPastRead = (): boolean => options.history.newestMs === undefined || options.state.unread > 0;
  const changed = (): void => {
    const isThere = isPastDrawn && !isPastRead();
    if (isDirty && !isThere) return;
    isDirty = true;
    const leastMs = isThere ? 0 : options.state.unread > shortPast ? pastMsMin : frameMsMin;
    if (isThere) isPastDrawn = false;
    drawIn(Math.max(gatherMs, Math.max(leastMs, restMs) - (performance.now() - drawnMs)));
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
    pressedMs = performance.now();
    if (key === 'C-z') suspend();
    if (key === 'C-l') retake();
    const nowMs = Date.now();
    const { detector } = time.show(mode, nowMs);
    const { mode: next, effect } = modeAfterKey(mode, key, { detector, atMs: time.atMs(nowMs), geometry });
    const isUnknown = next === mode && effect === undefined && key !== 'C-z' && key !== 'C-l';
    said = undefined;
    if (isUnknown) say(`${nameOfKey(key)} means nothing here  ? help`);
    mode = next;
    if (mode.isFrozen) time.freeze(nowMs);
    else time.goLive();
    if (effect !== undefined) take(effect);
    if (terminal.output.writableNeedDrain) changed();
    else draw();
  };

  screen.on('keypress', (char: string | undefined, key: { full?: string; name?: string } | undefined) => {
    // Return comes twice: as itself, and as enter.
    if (key?.name === 'return') return;
    press(key?.name === 'space' || key?.name === 'enter' ? key.name : (key?.full ?? char ?? ''));
  });
  screen.on('resize', draw);
  const endWatch = watchContinue(retake);
  // The terminal is gone, or belongs to another job: not a crash. Also heard while the screen is closed.
  terminal.input.on('error', options.onQuit);
  // Runs before the restoring handler of blessed, whose bytes must reach the terminal before the process is gone.
  const block = (): void => setBlocking(terminal.output, true);
  process.prependListener('exit', block);
  setBlocking(terminal.output, false);
  draw();

  return {
    changed() {
      if (!time.isFrozen) changed();
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(timer);
      endWatch();
      block();
      process.removeListener('exit', block);
      screen.destroy();
    },
  };
}
