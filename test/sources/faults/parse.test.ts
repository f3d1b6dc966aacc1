import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { DtstreamError } from '../../../src/errors.js';
import { textOf } from '../../../src/sources/faults/fault.js';
import { faultKinds, formOf, kindRules } from '../../../src/sources/faults/kinds.js';
import { parseFaults } from '../../../src/sources/faults/parse.js';

test('faults are read with their times, and written as they were', () => {
  const text = 'dead:1:37@700,t0:1:+12@0.5-9,trigger-late:-25ns@3s,shift:1:0-31:+4@1,orbit-gap:6s@2,trigger-lost@5-6';
  const faults = parseFaults(text, defaultGeometry);
  assert.equal(faults.map(textOf).join(), text.replace('3s', '3'));
  assert.deepEqual(faults[0], {
    kind: 'dead',
    text: 'dead:1:37',
    args: { chamber: 1, channel: 37 },
    startS: 700,
    endS: Infinity,
  });
  assert.deepEqual(faults[3].args, { chamber: 1, first: 0, last: 31, by: 4 });
});

for (const [text, rule] of [
  ['dud:1@5', /--fault dud:1@5: kind must be one of dead, .*, got dud$/],
  ['dead:1@5', /--fault dead:1@5: must be dead:CHAMBER:CHANNEL@START\[-END\], got dead:1@5$/],
  ['dead:1:37', /must be dead:CHAMBER:CHANNEL@START\[-END\]/],
  ['dead:4:1@5', /--fault dead:4:1@5: chamber must be a whole number from 0 to 3, got 4$/],
  ['dead:1:64@5,restart@1', /--fault dead:1:64@5: channel must be a whole number from 0 to 63, got 64$/],
  ['hot:1:1:1@5', /factor must be a number above 1 and at most 10000, got 1$/],
  ['layer-hv:1:2:x@5', /share must be a number from 0 to 1, got x$/],
  ['clock-slip:0:+1@5', /bx must be a whole number from -200 to 200, not 0, with the unit bx, got \+1$/],
  ['lost-fpga:2@5', /board must be one of the geometry \(0, 1\), got 2$/],
  ['shift:1:9-70:1@5', /channels must be first-last from 0-0 to 63-63, such as 0-31, got 9-70$/],
  ['dead:1:2@-5', /START must be seconds from 0 to 31622400, such as 700 or 0\.5, got $/],
  ['dead:1:2@5-5', /END must be seconds .* and after START, got 5-5$/],
  ['restart@5-6', /restart happens at START and has no END, got 5-6$/],
  ['restart@5,restart@5', /--fault restart@5: is given twice$/],
  ['orbit-wrap@5,orbit-wrap@6', /orbit-wrap must not be given twice$/],
] as const) {
  test(`${text} is refused with the part that is wrong and the rule`, () => {
    assert.throws(
      () => parseFaults(text, defaultGeometry),
      (error) => error instanceof DtstreamError && error.code === 'usage' && rule.test(error.message),
    );
  });
}

test('a fault of a trigger needs one', () => {
  assert.throws(
    () => parseFaults('trigger-lost@1', { ...defaultGeometry, triggers: [] }),
    /needs a trigger in the geometry/,
  );
});

test('the page lists every kind as the flag takes it', () => {
  const page = readFileSync('docs/simulator.md', 'utf8');
  for (const kind of faultKinds) assert.ok(page.includes(`\`${formOf(kind)}\``), formOf(kind));
});

test('tests and objects are those that name the fault', () => {
  const expected = (text: string) => {
    const [{ kind, args, startS }] = parseFaults(text, defaultGeometry);
    const { tests, object } = kindRules[kind].expect(args, { geometry: defaultGeometry, startS, isWords: false });
    return `${tests.join(' ')} ${object}`;
  };
  assert.equal(expected('dead:1:37@1'), 'channel_low neighbour_low 1:37');
  assert.equal(expected('hot:1:37:10@1'), 'channel_high neighbour_high 1:37');
  assert.equal(expected('lost-fpga:0@1'), 'chamber_rate_low board0');
  assert.equal(expected('layer-hv:1:2:0.5@1'), 'layer_efficiency 1/2');
  assert.equal(expected('drift:1:0.95@1'), 'box_width box_fall 1');
  assert.equal(expected('t0:1:+12@1'), 'box_rise box_fall 1');
  // The trigger is on board 1: the chambers of board 0 are timed by another board.
  assert.equal(expected('clock-slip:0:+1bx@1'), 'box_rise box_fall 0,1');
  assert.equal(expected('orbit-slip:1:+1@1'), 'trigger_match 0,1');
  for (const quiet of ['orbit-wrap@1', 'burst:1:37@1', 'weak:1:37:0.5@1', 't0:1:+2@1', 'swap:1:28:32@1'])
    assert.match(expected(quiet), /^ /, quiet);
});

test('mean delays are those of the table of the quality tests', () => {
  const delayS = (text: string, rateHz: number): number => {
    const [{ kind, args }] = parseFaults(text, defaultGeometry);
    return kindRules[kind].delayS?.(args, { threshold: 18.4, rateHz }) ?? Number.NaN;
  };
  const near = (seconds: number, table: number): void =>
    assert.ok(Math.abs(seconds / table - 1) < 0.15, `${seconds}, ${table}`);
  near(delayS('dead:1:37@1', 1), 31);
  near(delayS('hot:1:37:10@1', 1), 4.5);
  near(delayS('hot:1:37:3@1', 1), 28);
  assert.equal(delayS('weak:1:37:0.5@1', 1), Infinity);
});
