import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { defaultGeometry, type Geometry, layerOf } from '../../src/domain/geometry.js';
import { defaultPhysics } from '../../src/domain/physics-settings.js';
import { type QualityEvent, alarmSchema, qualityEventSchema, testNames } from '../../src/quality/events.js';
import { objectText } from '../../src/quality/object-text.js';
import { Quality, type QualityOptions } from '../../src/quality/quality.js';
import type { QualityReference } from '../../src/quality/quality-reference.js';
import { defaultQuality } from '../../src/quality/quality-settings.js';
import { ReferenceSum } from '../../src/quality/reference-of.js';
import { type Fault, Telescope } from './telescope.js';

const geometryHash = 'telescope';

function qualityOf(options: Partial<QualityOptions> = {}): Quality {
  const standard = { geometry: defaultGeometry, physics: defaultPhysics, geometryHash, settings: defaultQuality };
  return new Quality({ ...standard, ...options });
}

function feed(quality: Quality, messages: readonly BatchMessage[]): QualityEvent[] {
  return messages.flatMap((message) => quality.add(message));
}

/** Events in short, such as `raised channel_low@1:37`. */
function short(events: readonly QualityEvent[]): string[] {
  for (const event of events) assert.deepEqual(qualityEventSchema.parse(event), event);
  return events.map((event) => `${event.event} ${event.test}@${objectText(event)}`);
}

function referenceOf(messages: readonly BatchMessage[]): QualityReference {
  const sum = new ReferenceSum('a good run');
  for (const message of messages) sum.add(message);
  assert.ok(sum.reference);
  return sum.reference;
}

const only = (chamber: number, channel: number, times: number): Pick<Fault, 'rate' | 'efficiency'> => ({
  rate: (c, ch) => (c === chamber && ch === channel ? times : 1),
});

describe('quality', () => {
  let reference: QualityReference;

  before(() => {
    reference = referenceOf(new Telescope({ seed: 7 }).messages(600));
  });

  it('counts its detectors from geometry and reference, and alarms at h = ln(86,400 K / alarms a day)', () => {
    const figures = ({ detectors, threshold }: Quality): string => `${detectors} ${threshold.toFixed(4)}`;
    assert.equal(figures(qualityOf({ reference })), '1334 18.5627');
    assert.deepEqual([...new Set(qualityOf().states.map(({ test }) => test))], [...testNames]);
    assert.equal(figures(qualityOf({ learnS: 600 })), '1334 18.5627');
    assert.equal(figures(qualityOf()), '784 18.0312');
    const chambers = Array.from({ length: 64 }, (_, chamber) => ({
      ...defaultGeometry.chambers[0],
      ...{ fpga: chamber >> 3, channelFirst: 64 * (chamber & 7), xMm: 0 },
    }));
    const large: Geometry = {
      ...defaultGeometry,
      chambers,
      triggers: [{ ...defaultGeometry.triggers[0], channel: 511 }],
    };
    const many = { ...reference, chambers: chambers.map((_, chamber) => reference.chambers[chamber % 4]) };
    assert.equal(figures(qualityOf({ geometry: large, reference: many })), '21314 21.3339');
    const masked = { ...defaultQuality, masked: ['1:37'], alarmsPerDay: 0.1 };
    // Two of its rate, two of its neighbours, one of its efficiency.
    assert.equal(figures(qualityOf({ settings: masked, reference })), `1329 ${Math.log(864_000 * 1329).toFixed(4)}`);
    const weak = {
      ...reference.chambers[0],
      activeSlots: reference.chambers[0].activeSlots.map((n, at) => (at === 3 ? 99 : n)),
    };
    const fewer = { ...reference, chambers: [weak, ...reference.chambers.slice(1)] };
    assert.equal(qualityOf({ reference: fewer }).detectors, 1332);
    const blind = { ...defaultGeometry, triggers: [] };
    // Time from the chambers: only trigger rates and matches are gone.
    assert.equal(qualityOf({ geometry: blind }).detectors, 784);
  });

  it('says nothing of a healthy telescope, and OK only where a fault would have been seen', () => {
    for (const hz of [0.8, 8]) {
      const telescope = new Telescope({ hz, seed: 11 });
      const good = referenceOf(telescope.messages(600));
      const [sure, alone] = [qualityOf({ reference: good }), qualityOf()];
      const messages = telescope.messages(900);
      assert.deepEqual(short([...feed(sure, messages.slice(0, 3)), ...feed(alone, messages.slice(0, 3))]), []);
      assert.deepEqual([...new Set(alone.states.map(({ state }) => state))], ['NO_DATA']);
      assert.deepEqual(short([...feed(sure, messages.slice(3)), ...feed(alone, messages.slice(3))]), []);
      assert.deepEqual([...new Set(sure.states.map(({ state }) => state))], ['OK'], `${hz} Hz`);
      const without = new Set(alone.states.filter(({ state }) => state === 'NO_DATA').map(({ test }) => test));
      assert.deepEqual(
        [...without],
        [
          ...['channel_low', 'channel_high', 'chamber_rate_low', 'chamber_rate_high', 'trigger_match'],
          ...['box_rise', 'box_fall', 'box_width', 'trigger_rate_low', 'trigger_rate_high'],
        ],
      );
    }
  });

  it('keeps the list of states while none changes, and leaves an old one as it was', () => {
    const telescope = new Telescope({ seed: 3 });
    const quality = qualityOf({ reference });
    feed(quality, telescope.messages(300));
    const well = quality.states;
    feed(quality, telescope.messages(20));
    assert.equal(quality.states, well);
    assert.notDeepEqual(feed(quality, telescope.messages(60, only(1, 37, 0))), []);
    const inAlarm = (states: Quality['states']): string[] =>
      states.filter(({ state }) => state === 'ALARM').map(({ test, object }) => `${test}@${objectText(object)}`);
    assert.deepEqual([inAlarm(well), inAlarm(quality.states)], [[], ['channel_low@1:37', 'neighbour_low@1:37']]);
  });

  it('raises a dead and a hot channel, with what is observed and expected, and clears them', () => {
    for (const [times, tests] of [
      [0, ['channel_low', 'neighbour_low']],
      [10, ['channel_high', 'neighbour_high']],
    ] as const) {
      const telescope = new Telescope({ seed: 3 });
      const quality = qualityOf({ reference });
      assert.deepEqual(short(feed(quality, telescope.messages(100))), []);
      const raised = feed(quality, telescope.messages(60, only(1, 37, times)));
      assert.deepEqual(
        short(raised).sort(),
        tests.map((test) => `raised ${test}@1:37`),
      );
      const [alarm] = quality.alarms;
      assert.deepEqual(alarmSchema.parse(alarm), alarm);
      assert.match(alarm.id, /^channel_(low|high)@1:37@\d+$/);
      assert.equal(alarm.since_orbit, 64 * Number(alarm.id.split('@')[2]));
      assert.ok(Math.abs((alarm.expected ?? NaN) - 8) < 1, `${alarm.expected}`);
      assert.ok(Math.abs((alarm.ratio ?? NaN) - times) < 0.1 * times + 0.2, `${alarm.ratio}`);
      assert.ok(alarm.since_s > 90 && alarm.since_s < 106, `${alarm.since_s}`);
      const cleared = feed(quality, telescope.messages(90));
      assert.deepEqual(
        short(cleared).sort(),
        tests.map((test) => `cleared ${test}@1:37`),
      );
      assert.equal(quality.alarms.length, 0);
      // Again within ten minutes: the same alarm, not another one.
      const again = feed(quality, telescope.messages(60, only(1, 37, times)));
      assert.deepEqual(
        short(again).sort(),
        tests.map((test) => `changed ${test}@1:37`),
      );
      assert.equal(quality.alarms[0].id, alarm.id);
      feed(quality, telescope.messages(700));
      const later = feed(quality, telescope.messages(60, only(1, 37, times)));
      assert.deepEqual(
        short(later).sort(),
        tests.map((test) => `raised ${test}@1:37`),
      );
      assert.notEqual(quality.alarms[0].id, alarm.id);
    }
  });

  it('finds a channel that is dead from the start without a reference, and says at or before', () => {
    const fault = { ...only(2, 20, 0), efficiency: (c: number, ch: number) => (c === 2 && ch === 20 ? 0 : 0.97) };
    const messages = new Telescope().messages(60, fault);
    const quality = qualityOf();
    assert.deepEqual(short(feed(quality, messages)).sort(), [
      'raised channel_efficiency@2:20',
      'raised neighbour_low@2:20',
    ]);
    assert.deepEqual(
      quality.alarms.map(({ at_or_before }) => at_or_before),
      [true, true],
    );
    const later = qualityOf({ knownId: (test, object) => `${test}@${object}@12` });
    feed(later, messages.slice(20));
    assert.deepEqual(later.alarms.map(({ id }) => id).sort(), ['channel_efficiency@2:20@12', 'neighbour_low@2:20@12']);
  });

  it('tells a lost chamber as one alarm, whose parts are listed and never raised, also when it is back', () => {
    const telescope = new Telescope({ seed: 5 });
    const quality = qualityOf({ reference });
    feed(quality, telescope.messages(60));
    const lost: Fault = {
      rate: (chamber) => (chamber === 1 ? 0 : 1),
      match: (chamber) => (chamber === 1 ? 0 : 0.5),
      efficiency: (chamber) => (chamber === 1 ? 0 : 0.97),
    };
    const events = feed(quality, telescope.messages(60, lost));
    assert.equal(short(events)[0], 'raised chamber_rate_low@1');
    assert.deepEqual([...new Set(short(events).slice(1))], ['changed chamber_rate_low@1']);
    const [alarm, ...others] = quality.alarms;
    assert.deepEqual(others, []);
    assert.ok(alarm.parts.filter((id) => id.startsWith('channel_low@1:')).length === 64);
    assert.ok(alarm.parts.some((id) => id.startsWith('trigger_match@1@')));
    assert.equal(quality.parts.length, alarm.parts.length);
    const explained = quality.explain({ chamber: 1, channel: 9 }).find(({ test }) => test === 'channel_low');
    assert.match(explained?.why ?? '', new RegExp(`part of ${alarm.id}$`));
    const back = short(feed(quality, telescope.messages(120)));
    assert.equal(back.filter((event) => event === 'cleared chamber_rate_low@1').length, 1);
    assert.deepEqual(
      back.filter((event) => !event.includes('chamber_rate_low@1')),
      [],
    );
    assert.deepEqual([quality.alarms, quality.parts], [[], []]);
  });

  it('tells a lost board, and half of a layer, as one alarm each', () => {
    const telescope = new Telescope({ seed: 6 });
    const quality = qualityOf({ reference });
    feed(quality, telescope.messages(60));
    const lost = feed(quality, telescope.messages(10, { rate: (chamber) => (chamber < 2 ? 0 : 1) }));
    assert.deepEqual([...new Set(short(lost))], ['raised chamber_rate_low@board0', 'changed chamber_rate_low@board0']);
    const layer = qualityOf({ reference });
    const other = new Telescope({ seed: 8 });
    feed(layer, other.messages(60));
    // Half of the probes of layer 2 of chamber 3 fail.
    const weak = { efficiency: (c: number, ch: number): number => (c === 3 && layerOf(ch) === 2 ? 0.45 : 0.97) };
    const [first, ...more] = short(feed(layer, other.messages(400, weak)));
    assert.equal(first, 'raised layer_efficiency@3/2');
    assert.deepEqual(
      more.filter((event) => event !== 'changed layer_efficiency@3/2'),
      [],
    );
    const many = qualityOf({ reference });
    feed(many, other.messages(60));
    const dead: Fault = { rate: (c, ch) => (c === 3 && layerOf(ch) === 1 ? 0 : 1) };
    const events = short(feed(many, other.messages(20, dead)));
    assert.ok(events.includes('raised channel_low@3/1'), events.join());
    assert.ok(
      many.alarms.some(({ test, layer: at, parts }) => test === 'channel_low' && at === 1 && parts.length === 16),
    );
  });

  it('finds a trigger that is lost, one that misses, and drift times that moved', () => {
    const cases: readonly (readonly [Fault, number, readonly string[]])[] = [
      [{ trigger: 0 }, 5, ['raised trigger_rate_low@detector']],
      [{ trigger: 3 }, 20, ['raised trigger_rate_high@detector']],
      [{ match: (chamber) => (chamber === 2 ? 0.05 : 0.5) }, 10, ['raised trigger_match@2']],
      [{ lateNs: (chamber) => (chamber === 1 ? 12 : 0) }, 40, ['raised box_fall@1', 'raised box_rise@1']],
    ];
    for (const [fault, seconds, expected] of cases) {
      const telescope = new Telescope({ seed: 9 });
      const quality = qualityOf({ reference });
      feed(quality, telescope.messages(100));
      assert.deepEqual(short(feed(quality, telescope.messages(seconds, fault))).sort(), expected);
    }
    const telescope = new Telescope({ seed: 10 });
    const quality = qualityOf({ reference });
    assert.deepEqual(
      short(feed(quality, telescope.messages(300, { lateNs: () => 2 }))),
      [],
      '2 ns are inside the band',
    );
    const rise = quality.explain({ chamber: 1 }).find(({ test }) => test === 'box_rise');
    assert.ok(Math.abs((rise?.observed ?? NaN) - (rise?.expected ?? NaN) - 2) < 1, JSON.stringify(rise));
  });

  it('has no data, never OK, without physics, and names what counts do not say', () => {
    const telescope = new Telescope({ seed: 12 });
    const quality = qualityOf({ reference });
    const fault = only(0, 40, 0);
    feed(quality, telescope.messages(100, fault));
    const [{ id }] = quality.alarms;
    const messages = telescope.messages(20, fault);
    const off = messages.map((message) => ({ ...message, physics: undefined }));
    assert.deepEqual([...new Set(short(feed(quality, off)))].sort(), [
      'changed channel_low@0:40',
      'changed neighbour_low@0:40',
    ]);
    assert.deepEqual([...new Set(quality.states.map(({ state }) => state))], ['NO_DATA']);
    assert.deepEqual([...new Set(quality.alarms.map(({ state }) => state))], ['NO_DATA']);
    assert.equal(quality.explain({ chamber: 3, channel: 1 })[0].why, 'the messages have no physics');
    // The same alarm when they say it again.
    feed(quality, telescope.messages(60, fault));
    assert.deepEqual([quality.alarms[0].id, quality.alarms[0].state], [id, 'ALARM']);
    const counts = telescope.messages(30, fault).map((message) => withoutSegments(message));
    feed(quality, counts);
    const stateOf = (test: string): string | undefined => quality.states.find((one) => one.test === test)?.state;
    assert.deepEqual([stateOf('channel_low'), stateOf('channel_efficiency')], ['OK', 'NO_DATA']);
    const foreign = qualityOf({ geometryHash: 'another' });
    feed(foreign, messages);
    assert.equal(foreign.explain({})[0].why, 'the messages are of another geometry');
    const nothing: BatchMessage = { ...messages[0], physics: null };
    assert.deepEqual(qualityOf().add(nothing), []);
  });

  it('never alarms for a masked channel, and compares no other with it', () => {
    const telescope = new Telescope({ seed: 13 });
    const quality = qualityOf({ reference, settings: { ...defaultQuality, masked: ['0:40'] } });
    assert.deepEqual(short(feed(quality, telescope.messages(60, only(0, 40, 50)))), []);
    const states = quality.explain({ chamber: 0, channel: 40 });
    assert.deepEqual([...new Set(states.map(({ state }) => state))], ['MASKED']);
    assert.ok(states[0].ratio !== null && states[0].ratio > 5, 'it is counted');
  });

  it('learns a reference only when asked to, leaves out what is in alarm, and says so', () => {
    const telescope = new Telescope({ seed: 14 });
    const quality = qualityOf({ learnS: 300 });
    feed(quality, telescope.messages(290, only(2, 9, 0)));
    assert.equal(quality.states[0].state, 'NO_DATA');
    assert.equal(quality.explain({ chamber: 0, channel: 0 })[0].why, 'the reference is being learned');
    feed(quality, telescope.messages(60, only(2, 9, 0)));
    assert.equal(quality.states[0].state, 'OK');
    const low = quality.explain({ chamber: 2, channel: 9 }).find(({ test }) => test === 'channel_low');
    assert.equal(low?.why, 'it was in alarm when the reference was made');
    assert.deepEqual(
      short(feed(quality, telescope.messages(15, only(1, 5, 0)))).filter((event) => event.includes('channel_low')),
      ['raised channel_low@1:5'],
    );
    const alarm = quality.alarms.find(({ test }) => test === 'channel_low');
    assert.match(alarm?.learned ?? '', /^2026-01-01T00:00:00\.000Z to 2026-01-01T00:0\d:\d\d\.000Z$/);
    assert.ok(
      quality.alarms.filter(({ test }) => test === 'neighbour_low').every(({ learned }) => learned === undefined),
    );
  });

  it('keeps its alarms over a new run, with the evidence of the others at nothing', () => {
    const telescope = new Telescope({ seed: 15 });
    const quality = qualityOf({ reference });
    feed(quality, telescope.messages(100));
    feed(quality, telescope.messages(20, only(3, 3, 0)));
    const ids = quality.alarms.map(({ id }) => id);
    telescope.newRun();
    assert.deepEqual(short(feed(quality, telescope.messages(20, only(3, 3, 0)))), ['warning new_run@detector']);
    assert.deepEqual(
      quality.alarms.map(({ id }) => id),
      ids,
    );
    assert.ok(
      quality.alarms.every(({ since_s }) => since_s > 90),
      'since the run before',
    );
  });

  for (const lanes of [1, 3]) {
    it(`has the same states and ids wherever a reading begins, with ${lanes === 1 ? 'one lane' : 'three lanes'}`, () => {
      const telescope = new Telescope({ lanes, seed: 16 });
      const settings = { ...defaultQuality, holdS: 60 };
      const dead = only(1, 37, 0);
      const messages = [
        ...telescope.messages(250),
        ...telescope.messages(30, dead),
        ...telescope.messages(120),
        ...telescope.messages(60, { ...dead, rate: (c, ch) => (c === 2 ? 0 : (dead.rate?.(c, ch) ?? 1)) }),
      ];
      const whole = qualityOf({ reference, settings });
      feed(whole, messages);
      const ids = (quality: Quality): string[] => [...quality.alarms, ...quality.parts].map(({ id }) => id).sort();
      assert.ok(ids(whole).length > 60, 'something stands');
      fc.assert(
        fc.property(fc.integer({ min: 0, max: Math.floor(messages.length / 2) }), (from) => {
          const part = qualityOf({ reference, settings });
          feed(part, messages.slice(from));
          assert.deepEqual(ids(part), ids(whole));
          assert.deepEqual(
            part.states.filter(({ test }) => !test.startsWith('box')).map(({ state }) => state),
            whole.states.filter(({ test }) => !test.startsWith('box')).map(({ state }) => state),
          );
        }),
        { numRuns: 5 },
      );
    });
  }
});

function withoutSegments(message: BatchMessage): BatchMessage {
  const { physics } = message;
  if (physics === undefined || physics === null) return message;
  const chambers = Object.entries(physics.chambers).map(([key, chamber]) => [key, { ...chamber, segments: undefined }]);
  return { ...message, physics: { ...physics, chambers: Object.fromEntries(chambers) as typeof physics.chambers } };
}
