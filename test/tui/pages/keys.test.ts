import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { firstMode, modeAfterKey, type Pressed, type ScreenMode } from '../../../src/tui/pages/keys.js';
import { promptView } from '../../../src/tui/pages/prompt.js';
import { pages } from '../../../src/tui/pages/view.js';
import type { DetectorView } from '../../../src/views/detector/detector-view.js';
import { sampleDetectorView } from '../../views/sample-detector.js';

const first = firstMode({ windowS: 60, color: '256' });
const nowMs = Date.UTC(2026, 10, 29, 14, 52);

describe('keys of the screen', () => {
  let detector: DetectorView;
  before(async () => {
    detector = await sampleDetectorView();
  });

  /** The mode and the effects after keys; a text in quotes is typed letter by letter. */
  const press = (...keys: string[]) => pressFrom(first, ...keys);
  const pressFrom = (mode: ScreenMode, ...keys: string[]) => {
    const effects: Pressed['effect'][] = [];
    for (const key of keys.flatMap((one) => (one.startsWith("'") ? Array.from(one.slice(1, -1)) : [one]))) {
      const pressed = modeAfterKey(mode, key === ' ' ? 'space' : key, {
        detector,
        atMs: nowMs,
        geometry: defaultGeometry,
      });
      mode = pressed.mode;
      if (pressed.effect !== undefined) effects.push(pressed.effect);
    }
    return { mode, effects };
  };

  it('turn pages', () => {
    assert.deepEqual(press('2').mode, { ...first, page: 'occupancy' });
    assert.deepEqual(press(...pages.map(() => 'tab'), 'right').mode, press('2').mode);
    assert.equal(press('S-tab').mode.page, 'health');
    assert.deepEqual(press('?', '3').mode, { ...first, page: 'activity' });
    assert.deepEqual(press('?', 'x').mode, first);
    for (const key of [' ', 'down', 'pagedown', 'escape']) assert.deepEqual(press('?', key).mode, first);
  });

  it('quit, also while a line is typed for Ctrl-C; q is a letter there', () => {
    assert.deepEqual(press('q').effects, [{ kind: 'quit' }]);
    assert.deepEqual(press('?', 'C-c').effects, [{ kind: 'quit' }]);
    assert.deepEqual(press('m', 'q').effects, []);
    assert.deepEqual(press('m', 'C-c').effects, [{ kind: 'quit' }]);
  });

  it('freeze and go back and on in time, and freeze by themselves', () => {
    assert.equal(press('space').mode.isFrozen, true);
    assert.deepEqual(press('f', 'space').mode, first);
    for (const [key, effect] of [
      ['[', { kind: 'move', step: 'message', direction: -1 }],
      [']', { kind: 'move', step: 'message', direction: 1 }],
      ['{', { kind: 'move', step: 'minute', direction: -1 }],
      ['}', { kind: 'move', step: 'minute', direction: 1 }],
      ['home', { kind: 'oldest' }],
    ] as const) {
      const { mode, effects } = press(key);
      assert.deepEqual([mode, effects], [{ ...first, isFrozen: true }, [effect]]);
      assert.deepEqual(pressFrom(mode, 'end').mode, first);
    }
    assert.deepEqual(press('space', 'left').effects, [{ kind: 'move', step: 'message', direction: -1 }]);
  });

  it('zoom, and change the window; r begins a window at a mark and u takes it back', () => {
    const zoomOf = ({ mode }: { mode: ScreenMode }) => mode.zooms[mode.zoom];
    assert.deepEqual(zoomOf(press()), { seconds: 60, columnS: 1 });
    assert.deepEqual(zoomOf(press('-')), { seconds: 300, columnS: 5 });
    assert.deepEqual(zoomOf(press('+', '+', '+', '+')), { seconds: 10, columnS: 1 });
    assert.deepEqual(zoomOf(press('-', '-', '-', '-', '-', '-')), { seconds: 3600, columnS: 300 });
    const own = firstMode({ windowS: 45, color: 'none' });
    assert.deepEqual(own.zooms[own.zoom], { seconds: 45, columnS: 1 });
    assert.deepEqual(
      ['c', 'c', 'c', 'c'].map((_, count) => press(...new Array<string>(count + 1).fill('c')).mode.window),
      ['mark', 'start', 'batch', 'last'],
    );
    const { mode, effects } = press('c', 'c', 'r', "'gas on'", 'enter');
    assert.deepEqual(effects, [{ kind: 'act', action: { kind: 'mark', text: 'gas on', atMs: nowMs } }]);
    assert.equal(mode.window, 'mark');
    assert.equal(pressFrom(mode, 'u').mode.window, 'start');
    assert.deepEqual(press('u').effects, [{ kind: 'say', text: 'no r to take back' }]);
  });

  it('type a line: letters, backspace, Ctrl-U, Esc; at most 80 safe characters', () => {
    assert.deepEqual(press('m', "'gaz'", 'backspace', "'s 3'", 'enter').effects, [
      { kind: 'act', action: { kind: 'mark', text: 'gas 3', atMs: nowMs } },
    ]);
    assert.equal(press('m', "'gas'", 'C-u').mode.prompt?.text, '');
    assert.deepEqual(press('m', "'gas'", 'escape').mode, first);
    assert.equal(press('m', `'${'x'.repeat(100)}'`).mode.prompt?.text.length, 80);
    assert.equal(press('m', '\u202e', '{', 'up', 'C-x').mode.prompt?.text, '?(');
  });

  it('go from alarm to alarm with page and channel', () => {
    const { mode } = press('n');
    assert.deepEqual([mode.page, mode.choices.chamber, mode.choices.channel], ['occupancy', 2, 17]);
    const second = pressFrom(mode, 'n').mode;
    assert.deepEqual([second.choices.chamber, second.choices.channel], [0, 5]);
    const box = pressFrom(second, 'n').mode;
    assert.deepEqual([box.page, box.choices.chamber], ['timing', 3]);
    assert.equal(press(...detector.alarms.map(() => 'n'), 'n').mode.choices.alarm, mode.choices.alarm);
    assert.equal(press('6', 'down').mode.choices.alarm, detector.alarms[0].id);
    assert.equal(press('6', 'down', 'down').mode.choices.alarm, detector.alarms[1].id);
  });

  it('acknowledge the chosen alarm, else the newest one; all of them only after a y; K notes that one is known', () => {
    const [dead, hot, box] = detector.alarms;
    const acknowledge = (...ids: string[]) => [{ kind: 'act', action: { kind: 'acknowledge', ids } }];
    assert.deepEqual(press('a').effects, acknowledge(dead.id));
    assert.deepEqual(press('n', 'n', 'a').effects, acknowledge(hot.id));
    assert.deepEqual(press('A', 'n').effects, []);
    assert.deepEqual(press('A', 'y').effects, acknowledge(dead.id, hot.id, box.id));
    assert.deepEqual(press('n', 'K', "'HV off'", 'enter').effects, [
      { kind: 'act', action: { kind: 'known', object: '2:17', note: 'HV off' } },
    ]);
  });

  it('take a note for K in any case, and say where there is no alarm to note it for', () => {
    const calm = { ...detector, alarms: [] };
    const at = { detector: calm, atMs: nowMs, geometry: defaultGeometry };
    let { mode } = modeAfterKey(first, 'S-k', at);
    assert.equal(mode.prompt && promptView(mode.prompt).label, 'no alarm to note as known');
    for (const key of ['q', 's', 'w']) {
      const pressed = modeAfterKey(mode, key, at);
      assert.equal(pressed.effect, undefined);
      ({ mode } = pressed);
    }
    assert.equal(mode.prompt?.text, 'qsw');
    const said = { kind: 'say', text: 'no alarm to note as known' };
    assert.deepEqual(modeAfterKey(mode, 'enter', at), { mode: first, effect: said });
    assert.deepEqual(modeAfterKey(mode, 'escape', at).mode, first);
  });

  it('are capital letters as a terminal gives them', () => {
    assert.deepEqual(press('S-a', 'y').effects, press('A', 'y').effects);
    assert.deepEqual(press('S-k', 'S-h', 'S-v', 'enter').effects, [
      { kind: 'act', action: { kind: 'known', object: '2:17', note: 'HV' } },
    ]);
    assert.equal(press('S-t').mode.color, '16');
  });

  it('find a channel, or say what can be found', () => {
    const { mode } = press('/', "'2:17'", 'enter');
    assert.deepEqual([mode.page, mode.choices.chamber, mode.choices.channel], ['occupancy', 2, 17]);
    const wrong = press('/', "'9:99'", 'enter');
    assert.equal(wrong.effects[0]?.kind, 'say');
    assert.deepEqual(wrong.mode, first);
  });

  it('choose chamber and channel, and how a page is drawn', () => {
    assert.equal(press('down', 'down', 'down', 'down', 'down').mode.choices.chamber, 3);
    assert.equal(press('e', ',').mode.choices.channel, 63);
    assert.equal(press('enter', '.', '.').mode.choices.channel, 2);
    assert.equal(press('.').mode, first);
    assert.deepEqual(press('e', 'escape').mode, first);
    const { choices, reference } = press('l', 'g', 'v', 'y', 'o').mode;
    assert.deepEqual({ ...choices, reference }, { ...first.choices, isLog: true, isGated: true, isRatio: true, scale: 'full', reference: 'ratio' }); // prettier-ignore
  });

  it('change nothing when they mean nothing', () => {
    for (const key of ['0', '7', '9', 'x', 'C-x', '']) assert.equal(press(key).mode, first);
  });
});
