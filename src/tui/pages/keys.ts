import { plainText } from '../../domain/plain-text.js';
import { objectText } from '../../quality/object-text.js';
import type { Geometry } from '../../domain/geometry.js';
import { findObject } from '../../views/detector/find-object.js';
import type { DetectorView } from '../../views/detector/detector-view.js';
import type { AlarmRow } from '../../views/detector/verdicts.js';
import { type HistoryChoice, windowKinds } from '../../views/detector/history-view.js';
import type { Style } from '../draw/style.js';
import { letterOf } from './key-name.js';
import { afterPromptKey, noneKnown, type Prompt } from './prompt.js';
import type { ScreenAction } from './screen-action.js';
import { type Choices, firstChoices, type Page, pages } from './view.js';

/** What the keys of the screen change. */
export interface ScreenMode {
  readonly page: Page;
  readonly help: boolean;
  readonly choices: Choices;
  readonly isFrozen: boolean;
  readonly window: HistoryChoice['kind'];
  /** Windows and columns of trends that `+` and `-` step through, and the one that is shown. */
  readonly zooms: readonly Zoom[];
  readonly zoom: number;
  /** The window before `r`; undefined = nothing to take back. */
  readonly before: HistoryChoice['kind'] | undefined;
  readonly reference: 'overlay' | 'ratio' | 'off';
  readonly isBellOn: boolean;
  readonly color: Style['color'];
  readonly prompt: Prompt | undefined;
}

interface Zoom {
  /** Of the window "last N s". */
  readonly seconds: number;
  /** A column of the trends. */
  readonly columnS: number;
}

/** What a key asks for that is not in the mode. */
export type KeyEffect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'say'; readonly text: string }
  /** The screen goes to another moment; it stands still from then on. */
  | { readonly kind: 'move'; readonly step: 'message' | 'minute'; readonly direction: -1 | 1 }
  | { readonly kind: 'oldest' }
  | { readonly kind: 'act'; readonly action: ScreenAction };

export interface Pressed {
  /** The same object = the key means nothing here. */
  readonly mode: ScreenMode;
  readonly effect?: KeyEffect;
}

const zooms: readonly Zoom[] = [
  { seconds: 10, columnS: 1 },
  { seconds: 30, columnS: 1 },
  { seconds: 60, columnS: 1 },
  { seconds: 300, columnS: 5 },
  { seconds: 600, columnS: 20 },
  { seconds: 3600, columnS: 60 },
  { seconds: 3600, columnS: 300 },
];

/** @param windowS of the window "last N s" at first */
export function firstMode({ windowS, color }: { windowS: number; color: Style['color'] }): ScreenMode {
  const known = zooms.findIndex(({ seconds }) => seconds >= windowS);
  const at = known < 0 ? zooms.length : known;
  const own = { seconds: windowS, columnS: (zooms.at(at) ?? zooms[zooms.length - 1]).columnS };
  const isKnown = zooms.at(at)?.seconds === windowS;
  return {
    ...{ page: pages[0], help: false, choices: firstChoices, isFrozen: false, window: 'last' },
    ...{ zooms: isKnown ? zooms : zooms.toSpliced(at, 0, own), zoom: at },
    ...{ before: undefined, reference: 'overlay', isBellOn: false, color, prompt: undefined },
  };
}

/**
 * The mode after a key, named as blessed names it: `q`, `S-k`, `C-c`, `space`, `tab`, `S-tab`, `?`, `1`.
 *
 * @param shown what the screen shows, at which moment: keys go to what is there
 */
export function modeAfterKey(
  mode: ScreenMode,
  named: string,
  shown: { readonly detector: DetectorView; readonly atMs: number; readonly geometry: Pick<Geometry, 'chambers'> },
): Pressed {
  const key = letterOf(named);
  if (key === 'C-c') return { mode, effect: { kind: 'quit' } };
  if (mode.prompt !== undefined) return afterPrompt(mode, mode.prompt, key, shown.geometry);
  if (key === 'q') return { mode, effect: { kind: 'quit' } };
  if (key === '?' || key === 'h') return { mode: { ...mode, help: !mode.help } };
  const under = mode.help ? { ...mode, help: false } : mode;
  if (mode.help && readingKeys.includes(key)) return { mode: under };
  const pressed =
    afterTimeKey(under, key) ??
    afterPageKey(under, key) ??
    afterChoiceKey(under, key, shown.detector) ??
    afterAlarmKey(under, key, shown.detector) ??
    afterLogbookKey(under, key, shown.atMs);
  return pressed ?? { mode: under };
}

/** Keys with which one goes on in a text: under the help they do nothing else. */
const readingKeys: readonly string[] = ['space', 'enter', 'escape', 'up', 'down', 'pageup', 'pagedown'];

/** Keys that change which time is shown. */
function afterTimeKey(mode: ScreenMode, key: string): Pressed | undefined {
  const frozen = { ...mode, isFrozen: true };
  const move = (step: 'message' | 'minute', direction: -1 | 1): Pressed => ({
    mode: frozen,
    effect: { kind: 'move', step, direction },
  });
  switch (key) {
    case 'space':
    case 'f':
      return { mode: { ...mode, isFrozen: !mode.isFrozen } };
    case '[':
      return move('message', -1);
    case ']':
      return move('message', 1);
    case '{':
      return move('minute', -1);
    case '}':
      return move('minute', 1);
    case 'left':
      return mode.isFrozen ? move('message', -1) : undefined;
    case 'right':
      return mode.isFrozen ? move('message', 1) : undefined;
    case 'home':
      return { mode: frozen, effect: { kind: 'oldest' } };
    case 'end':
      return { mode: { ...mode, isFrozen: false } };
    case '+':
    case '=':
      return { mode: { ...mode, zoom: Math.max(0, mode.zoom - 1) } };
    case '-':
      return { mode: { ...mode, zoom: Math.min(mode.zooms.length - 1, mode.zoom + 1) } };
    case 'c':
      return { mode: { ...mode, window: windowKinds[(windowKinds.indexOf(mode.window) + 1) % windowKinds.length] } };
    case 'u':
      if (mode.before === undefined) return { mode, effect: { kind: 'say', text: 'no r to take back' } };
      return { mode: { ...mode, window: mode.before, before: undefined } };
    default:
      return undefined;
  }
}

function afterPageKey(mode: ScreenMode, key: string): Pressed | undefined {
  const index = pages.indexOf(mode.page);
  const number = /^[1-9]$/.test(key) ? Number(key) - 1 : undefined;
  const to =
    key === 'tab' || key === 'right'
      ? (index + 1) % pages.length
      : key === 'S-tab' || key === 'left'
        ? (index + pages.length - 1) % pages.length
        : number;
  const page = to === undefined ? undefined : pages.at(to);
  return page && { mode: { ...mode, page } };
}

/** Keys that change how a page is drawn. */
function afterChoiceKey(mode: ScreenMode, key: string, detector: DetectorView): Pressed | undefined {
  const { choices } = mode;
  const chosen = (changes: Partial<Choices>): Pressed => ({ mode: { ...mode, choices: { ...choices, ...changes } } });
  switch (key) {
    case 'l':
      return chosen({ isLog: !choices.isLog });
    case 'y':
      return chosen({ scale: after(['robust', 'full', 'same'] as const, choices.scale) });
    case 'o':
      return { mode: { ...mode, reference: after(['overlay', 'ratio', 'off'] as const, mode.reference) } };
    case 'g':
      return chosen({ isGated: !choices.isGated });
    case 'v':
      return chosen({ isRatio: !choices.isRatio });
    case 'up':
    case 'down':
      return chosen(selected(mode, detector, key === 'up' ? -1 : 1));
    case 'e':
    case 'enter':
      return chosen({ isEnlarged: !choices.isEnlarged });
    case 'escape':
      return chosen({ isEnlarged: false });
    case ',':
    case '.': {
      const channels = detector.chambers.at(choices.chamber)?.channels;
      if (!choices.isEnlarged || channels === undefined) return undefined;
      return chosen({ channel: (choices.channel + (key === ',' ? channels - 1 : 1)) % channels });
    }
    case 'b':
      return {
        mode: { ...mode, isBellOn: !mode.isBellOn },
        effect: { kind: 'say', text: mode.isBellOn ? 'bell off' : 'bell on: it rings at a new alarm' },
      };
    case 'T': {
      const color = after(['256', '16', 'none'] as const, mode.color);
      return { mode: { ...mode, color }, effect: { kind: 'say', text: `colours: ${color}` } };
    }
    default:
      return undefined;
  }
}

/** The alarm or the chamber above or below the chosen one. */
function selected({ page, choices }: ScreenMode, detector: DetectorView, step: -1 | 1): Partial<Choices> {
  if (page !== 'health') {
    const chamber = choices.chamber + step;
    return { chamber: Math.max(0, Math.min(detector.chambers.length - 1, chamber)) };
  }
  const { alarms } = detector;
  const index = alarms.findIndex(({ id }) => id === choices.alarm) + step;
  return { alarm: alarms.at(Math.max(0, Math.min(alarms.length - 1, index)))?.id };
}

function afterAlarmKey(mode: ScreenMode, key: string, detector: DetectorView): Pressed | undefined {
  const { alarms } = detector;
  const open = alarms.filter(({ state }) => state === 'NEW' || state === 'GONE');
  const say = (text: string): Pressed => ({ mode, effect: { kind: 'say', text } });
  const chosen = alarms.find(({ id }) => id === mode.choices.alarm);
  switch (key) {
    case 'n': {
      const next = alarms.at((alarms.findIndex(({ id }) => id === mode.choices.alarm) + 1) % alarms.length);
      return next === undefined ? say('no alarm') : { mode: atAlarm(mode, next) };
    }
    case 'a': {
      const row = chosen !== undefined && open.includes(chosen) ? chosen : newest(open);
      if (row === undefined) return say('no alarm to acknowledge');
      return { mode: { ...mode }, effect: { kind: 'act', action: { kind: 'acknowledge', ids: row.ids } } };
    }
    case 'A':
      if (open.length === 0) return say('no alarm to acknowledge');
      return { mode: { ...mode, prompt: { kind: 'all', text: '', ids: open.flatMap(({ ids }) => ids) } } };
    case 'K': {
      // Without an alarm, too: a note that is typed blindly must not act as keys.
      const row = chosen ?? newest(open) ?? newest(alarms);
      const of = row && { object: objectText(row.object), name: row.objectText };
      return { mode: { ...mode, prompt: { kind: 'known', text: '', of } } };
    }
    default:
      return undefined;
  }
}

function newest(rows: readonly AlarmRow[]): AlarmRow | undefined {
  return rows.reduce<AlarmRow | undefined>((best, row) => (best === undefined || row.sinceMs > best.sinceMs ? row : best), undefined); // prettier-ignore
}

/** The page that shows the object of an alarm, with the object chosen. */
function atAlarm(mode: ScreenMode, { id, object, test }: AlarmRow): ScreenMode {
  const { chamber, channel, layer } = object;
  const page: Page = test.startsWith('box_')
    ? 'timing'
    : channel !== undefined
      ? 'occupancy'
      : layer !== undefined
        ? 'cells'
        : chamber !== undefined
          ? 'overview'
          : 'health';
  const { choices } = mode;
  const at = { chamber: chamber ?? choices.chamber, channel: channel ?? choices.channel };
  return { ...mode, page, choices: { ...choices, ...at, alarm: id } };
}

function afterLogbookKey(mode: ScreenMode, key: string, atMs: number): Pressed | undefined {
  const prompt = (of: Prompt): Pressed => ({ mode: { ...mode, prompt: of } });
  switch (key) {
    case 'm':
      return prompt({ kind: 'mark', text: '', atMs, isWindow: false });
    case 'r':
      return prompt({ kind: 'mark', text: '', atMs, isWindow: true });
    case '/':
      return prompt({ kind: 'find', text: '' });
    case 's':
      return { mode: { ...mode }, effect: { kind: 'act', action: { kind: 'save' } } };
    case 'w':
      return { mode: { ...mode }, effect: { kind: 'act', action: { kind: 'report' } } };
    default:
      return undefined;
  }
}

function afterPrompt(mode: ScreenMode, prompt: Prompt, key: string, { chambers }: Pick<Geometry, 'chambers'>): Pressed {
  const next = afterPromptKey(prompt, key);
  if (next === 'given up') return { mode: { ...mode, prompt: undefined } };
  if (next !== 'entered') return { mode: { ...mode, prompt: next } };
  const done = { ...mode, prompt: undefined };
  const text = plainText(prompt.text.trim(), prompt.text.length + 1);
  const act = (action: ScreenAction, of: ScreenMode = done): Pressed => ({ mode: of, effect: { kind: 'act', action } });
  switch (prompt.kind) {
    case 'mark': {
      const of: ScreenMode = prompt.isWindow ? { ...done, window: 'mark', before: mode.window } : done;
      return act({ kind: 'mark', text, atMs: prompt.atMs }, of);
    }
    case 'known':
      if (prompt.of === undefined) return { mode: done, effect: { kind: 'say', text: noneKnown } };
      return act({ kind: 'known', object: prompt.of.object, note: text });
    case 'all':
      return act({ kind: 'acknowledge', ids: prompt.ids });
    case 'find': {
      const found = findObject(text, { chambers, chamber: mode.choices.chamber });
      if ('problem' in found) return { mode: done, effect: { kind: 'say', text: found.problem } };
      const { chamber, channel = mode.choices.channel } = found;
      const isChannel = found.channel !== undefined && mode.page !== 'cells';
      const page = isChannel ? 'occupancy' : found.layer === undefined ? mode.page : 'cells';
      return { mode: { ...done, page, choices: { ...mode.choices, chamber, channel } } };
    }
    default:
      return prompt satisfies never;
  }
}

function after<T>(values: readonly T[], value: T): T {
  return values[(values.indexOf(value) + 1) % values.length];
}
