import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { applyMessage, applyRead, type DashboardState, emptyState } from '../../../src/results/dashboard-state.js';
import { readMessage } from '../../../src/results/incoming-message.js';
import { robustTop } from '../../../src/results/plot-scale.js';
import { Canvas } from '../../../src/tui/draw/canvas.js';
import type { Style } from '../../../src/tui/draw/style.js';
import { occupancyBars } from '../../../src/tui/panels/occupancy/occupancy-bars.js';
import { drawOccupancyPage } from '../../../src/tui/pages/occupancy-page.js';
import { drawOverviewPage } from '../../../src/tui/pages/overview-page.js';
import { renderScreen, screenSizeMin } from '../../../src/tui/pages/render-screen.js';
import { firstChoices, pages, type View, viewOf } from '../../../src/tui/pages/view.js';
import type { ChamberPanel, DetectorView } from '../../../src/views/detector/detector-view.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { fastDriftPicture } from '../../views/sample-detector.js';
import { assertGolden, displayWidth, withoutColor } from '../golden.js';
import { sampleMessage } from '../sample-messages.js';
import { sampleAbout as about, sampleTimeMs } from '../sample-state.js';
import { manyChambers, pageInput, type SampleScreen, sampleScreen, screenSizes } from './sample-page.js';

const plain: Style = { color: 'none', ascii: false };
const ascii: Style = { color: 'none', ascii: true };
const color: Style = { color: '256', ascii: false };
const styles = [plain, ascii, color];

let sample: SampleScreen;
/** Without physics, reference, verdicts and trends; and one whose messages are overdue. */
let bare: SampleScreen;
let stale: SampleScreen;

before(async () => {
  sample = await sampleScreen();
  const sums = { ...sample.detector.window.sums, physics: undefined, liveS: undefined };
  const window = { kind: 'last', title: 'last 60 s', sums } as const;
  bare = await sampleScreen({ window, reference: undefined, quality: undefined, boxTrends: [], activeSteps: () => [] });
  stale = await sampleScreen({ isCurrent: false });
});

const frame = (
  screen: SampleScreen,
  page: View['page'],
  surface: { width: number; height: number; style: Style },
  changes: Parameters<typeof pageInput>[2] = {},
): string[] => renderScreen(pageInput(screen, page, changes), surface);

/** The same screen without colour, in ASCII and in 256 colours. */
function assertStyles(name: string, draw: (style: Style) => string[]): void {
  const texts = styles.map((style) => draw(style).join('\n'));
  assertGolden(name, `${texts.join(`\n${'='.repeat(60)}\n`)}\n`);
}

describe('the screen as text', () => {
  for (const { width, height } of screenSizes) {
    const size = `${width}x${height}`;
    for (const page of ['overview', 'occupancy'] as const) {
      it(`draws ${page}, and it enlarged, at ${size} as committed`, () => {
        assertStyles(`${page}/${size}`, (style) => frame(sample, page, { width, height, style }));
        const choices = { isEnlarged: true, chamber: 2, channel: 17 };
        assertStyles(`${page}-enlarged/${size}`, (style) => frame(sample, page, { width, height, style }, { choices }));
      });
    }

    it(`draws help at ${size} as committed`, () => {
      assertStyles(`help/${size}`, (style) => frame(sample, 'occupancy', { width, height, style }, { help: true }));
    });

    it(`draws each state of the feed at ${size} as committed`, () => {
      const draw = (style: Style) => feeds().flatMap(([screen, changes]) => {
        const lines = frame(screen, 'overview', { width, height, style }, changes);
        return [...lines.slice(0, 2), '...', ...lines.slice(-2), '-'.repeat(width)];
      }); // prettier-ignore
      assertStyles(`states/${size}`, draw);
    });
  }

  it('draws a moment of before with its time, and names of many alarms in whole words, as committed', async () => {
    const fast = await sampleScreen({ quality: fastDriftPicture });
    const { nowMs } = fast.detector;
    const frozen = { atMs: nowMs - 400, oldestMs: nowMs - 3_600_000, liveMs: nowMs + 60_000, messagesSince: 60 };
    const then = { frozen: { ...frozen, step: 'message' as const } };
    const [small, middle, large] = screenSizes;
    const enlarged = { ...then, choices: { isEnlarged: true } };
    const frames = [
      frame(fast, 'overview', { ...large, style: plain }, then),
      frame(fast, 'overview', { ...middle, style: plain }, enlarged),
      frame(fast, 'overview', { ...large, style: { ...color, braille: true } }, enlarged).map(withoutColor),
      frame(fast, 'occupancy', { ...middle, style: plain }, { choices: { chamber: 3 } }),
      frame(fast, 'health', { ...small, style: plain }),
    ];
    assertGolden('fast-drift', `${frames.map((lines) => lines.join('\n')).join(`\n${'='.repeat(60)}\n`)}\n`);
    for (const lines of frames.slice(0, 3)) assert.doesNotMatch(lines.slice(2, -2).join('\n'), /\bnow\b|\blast\b/);
  });

  it('draws what the keys choose as committed', () => {
    const surface = { width: 80, height: 24, style: plain };
    const draw = (screen: SampleScreen, choices: Partial<View['choices']>) =>
      frame(screen, 'occupancy', surface, { choices });
    const show = (kind: 'ratio' | 'off'): SampleScreen => ({
      ...sample,
      detector: { ...sample.detector, reference: { name: 'run588.json', show: kind } },
    });
    const frames = [
      draw(sample, { isLog: true }),
      draw(sample, { scale: 'full' }),
      draw(sample, { scale: 'same' }),
      draw(sample, { isGated: true }),
      draw(bare, { isGated: true }),
      draw(bare, {}),
      draw(show('ratio'), {}),
      draw(show('off'), {}),
    ].map((lines) => lines.slice(1, -2).join('\n'));
    assertGolden('occupancy/choices', `${frames.join(`\n${'='.repeat(80)}\n`)}\n`);
  });
});

/** The feed in each of its states, and what else may stand in the frame. */
function feeds(): [SampleScreen, Parameters<typeof pageInput>[2]][] {
  const { state, detector } = sample;
  const { nowMs } = detector;
  const later = { ...stale, detector: { ...stale.detector, nowMs: nowMs + 57_000 } };
  const calm = { ...detector, alarms: [] };
  const of = (changes: Partial<DashboardState>, view = detector): SampleScreen => ({
    state: { ...state, ...changes },
    detector: view,
  });
  const look = (records: number, seenMs: number) => ({ records, alive: true, seenMs });
  const growing = Array.from({ length: 10 }, (_, at) => look(at * 5000, nowMs));
  const frozen = {
    atMs: nowMs - 9000,
    oldestMs: nowMs - 3_600_000,
    liveMs: nowMs + 120_000,
    messagesSince: 258,
    step: 'message',
  } as const;
  const waiting = { ...about, source: 'topic data_clean of embedded log .dtstream' };
  return [
    [{ ...sample, state: emptyState() }, { about: waiting }],
    [{ ...stale, state: { ...state, unread: 3_100_000, receivedMs: nowMs + 57_000 } }, { nowMs: nowMs + 57_000 }],
    [{ ...later, state: { ...state, lag: growing } }, { nowMs: nowMs + 57_000 }],
    [{ ...later, state: { ...state, said: 'cannot reach broker1:9092: retrying' } }, { nowMs: nowMs + 21_000 }],
    [{ ...later, state: { ...state, lag: [look(0, nowMs + 57_000)] } }, { nowMs: nowMs + 57_000 }],
    [of({ ended: true }, calm), {}],
    [of({ lag: growing }, { ...calm, alarms: detector.alarms.filter(({ state: is }) => is === 'KNOWN') }), {}],
    [of({}), { frozen }],
    [of({ lostRecords: 1234, duplicates: 2 }), {}],
    [of({}), { said: ' C-x means nothing here  ? help' }],
    [of({}), { prompt: { label: 'mark', text: 'gas flow 3.1', keys: 'Enter sets it  Esc back' } }],
  ]; // prettier-ignore
}

describe('every screen', () => {
  it('names the dead and the hot channel, at every size and without colour', () => {
    for (const { width, height } of screenSizes) {
      for (const page of pages) {
        const [first] = frame(sample, page, { width, height, style: ascii });
        assert.match(first, /0 HOT [01].* {2}1 known 1.* {2}2 DEAD (1|2:17) {2}3 ok/, `${page} ${width}`);
      }
      const overview = frame(sample, 'overview', { width, height, style: ascii }).join('\n');
      assert.match(overview, /HOT 1 +0:5\n[^]*DEAD 1 +2:17\n/);
      const choices = { chamber: 2 };
      const occupancy = frame(sample, 'occupancy', { width, height, style: ascii }, { choices }).join('\n');
      assert.match(occupancy, /#x+[#.:]/);
      assert.match(occupancy, /[_16]x_/);
    }
  });

  it('says no rate and no verdict where messages are overdue', () => {
    for (const { width, height } of screenSizes) {
      const surface = { width, height, style: plain };
      const nowMs = stale.detector.nowMs + 57_000;
      const lines = frame(stale, 'overview', surface, { nowMs }).join('\n');
      assert.match(lines, /STALE/);
      assert.match(lines, /0 \? {2}1 \? {2}2 \? {2}3 \?/);
      assert.match(lines, /all chambers {2}– hits\/s/);
      assert.match(lines, /\n[ >]0 +– /);
      assert.doesNotMatch(lines, /\d hits\/s| ok\b|HOT|DEAD/);
    }
  });

  it('tells everything without colour, in no bright black and without braille', () => {
    for (const { width, height } of screenSizes) {
      for (const page of ['overview', 'occupancy'] as const) {
        for (const isEnlarged of [false, true]) {
          const draw = (style: Style): string =>
            frame(sample, page, { width, height, style }, { choices: { isEnlarged } }).join('\n');
          for (const palette of ['16', '256'] as const) {
            const text = draw({ color: palette, ascii: false });
            assert.doesNotMatch(text, new RegExp(`${String.fromCharCode(27)}\\[([0-9;]*;)?(90|1;30|38;5;8)m`));
            assert.doesNotMatch(text, /[\u2800-\u28ff]/);
            // The brackets of the page shown stand for its colour.
            const told = withoutColor(text)
              .replace(/ (\d \w+) (?=.*60 s)/, '[$1]')
              .replace(/ +$/gm, '');
            assert.equal(told.split('\n').slice(2).join('\n'), draw(plain).split('\n').slice(2).join('\n'));
          }
        }
      }
    }
  });

  it('says how many chambers found no room', () => {
    const many = { ...sample, detector: manyChambers(sample.detector, 64) };
    const lines = frame(many, 'occupancy', { width: 80, height: 24, style: ascii });
    assert.match(lines[0], /16 ok {2}16 known {2}32 bad/);
    assert.match(lines[1], / 59 more: Up Down {3}last 60 s/);
    const last = frame(many, 'occupancy', { width: 80, height: 24, style: ascii }, { choices: { chamber: 63 } });
    assert.match(last.join('\n'), />chamber 63 /);
  });

  it('says in one line that the terminal is too small', () => {
    const size = { width: screenSizeMin.width - 1, height: screenSizeMin.height };
    const lines = frame(sample, 'overview', { ...size, style: color }).filter((line) => line !== '');
    assert.deepEqual(lines, [`terminal too small: ${size.width}x${size.height}, needs 40x10`]);
  });

  it('draws enlarged trends and boxes as lines of braille where they are asked for and have colours', () => {
    const draw = (page: View['page'], style: Style) =>
      frame(sample, page, { width: 120, height: 40, style }, { choices: { isEnlarged: true } }).join('\n');
    for (const page of ['overview', 'timing'] as const) {
      assert.match(draw(page, { ...color, braille: true }), /[\u2801-\u28ff]/);
      for (const style of [color, { ...plain, braille: true }])
        assert.doesNotMatch(draw(page, style), /[\u2801-\u28ff]/);
    }
  });

  it('says where there is no room for a page whether data come, how far process is behind, and the alarms', () => {
    const draw = (screen: SampleScreen, changes: Parameters<typeof frame>[3] = {}) =>
      frame(screen, 'overview', { ...screenSizeMin, style: plain }, changes).join('\n');
    const known = { label: '2:17 is known, note', text: 'HV', keys: 'Enter keeps it  Esc back' };
    const { nowMs } = stale.detector;
    const frames = [draw(sample), draw(sample, { prompt: known }), draw(stale, { nowMs: nowMs + 57_000 })];
    const calm = { ...sample, detector: { ...sample.detector, alarms: [] } };
    const empty = { ...calm, state: { ...emptyState(), waitingReason: 'there is no log yet: .dtstream' } };
    assertGolden('small-40x10', `${[...frames, draw(calm), draw(empty)].join(`\n${'-'.repeat(40)}\n`)}\n`);
  });

  it('says why it waits in text that is safe', () => {
    const state = emptyState();
    state.waitingReason = 'cannot open \x1b[31m{red-fg}log: there is no log yet';
    const source = 'data_clean of embedded log log';
    const lines = frame(
      { ...sample, state },
      'overview',
      { width: 80, height: 24, style: ascii },
      { about: { ...about, source } },
    );
    assert.deepEqual(
      lines.map((line) => line.trim()).filter((line) => /^of|cannot/.test(line)),
      ['of data_clean of embedded log log', 'cannot open ?[31m(red-fg)log: there is no log yet'],
    );
  });
});

describe('pages of any detector', () => {
  it('keep to their area, to one column per character and to SGR sequences', () => {
    fc.assert(
      fc.property(anyDetector, anyChoices, anyArea, fc.constantFrom(...styles), (detector, choices, size, style) => {
        const screen = screenOf(detector);
        for (const draw of [drawOverviewPage, drawOccupancyPage]) {
          // What is drawn beyond the area would stand on the border around it.
          const canvas = new Canvas({ width: size.width + 2, height: size.height + 2 });
          const area = canvas.part({ x: 1, y: 1, ...size });
          const { chambers } = screen.detector;
          const input = { ...pageInput(screen, 'overview', { choices: { ...choices, chamber: choices.chamber % chambers.length } }), style };
          const shown = draw(area, input);
          assert.ok(shown >= 0 && shown <= chambers.length, String(shown));
          const lines = canvas.toLines(style);
          assert.equal(withoutColor(lines[0] + (lines.at(-1) ?? '')), '');
          for (const line of lines) assert.ok(displayWidth(line) <= size.width + 1 && !/^\S/.test(withoutColor(line)), line);
          assert.match(withoutColor(lines.join('\n')), style.ascii ? /^[\x20-\x7e\n]*$/ : /^[^\u2800-\u28ff]*$/);
        }
      }),
      { numRuns: casesOf(300) },
    );
  }); // prettier-ignore

  it('keep the frame to the size of the screen, whatever the messages say', () => {
    fc.assert(
      fc.property(anyState, anyDetector, anyView, anySize, fc.constantFrom(...styles), (state, of, view, size, style) => {
        const { detector } = screenOf(of);
        const lines = renderScreen({ state, detector, view }, { ...size, style });
        assert.equal(lines.length, size.height);
        for (const line of lines) assert.ok(displayWidth(line) <= size.width, `${displayWidth(line)} columns: ${line}`);
        const text = withoutColor(lines.join('\n'));
        assert.match(text, style.ascii ? /^[\x20-\x7e\n]*$/ : /^[\x20-\x7e\n\u00a1-\u024f\u0391-\u044f\u2013-\u27ff]*$/);
      }),
      { numRuns: casesOf(150) },
    );
  }); // prettier-ignore
});

describe('the scale of a chamber', () => {
  it('is lowered by a hot channel by no more than a fifth, judged or not', () => {
    const anyHits = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(anyHits, fc.nat(63), fc.double({ min: 2, max: 1000, noNaN: true }), fc.boolean(), (noise, hot, factor, isJudged) => {
        // A chamber in cosmics: twice as many hits in the middle, and counts that vary by a tenth.
        const hits = Float64Array.from(noise, (of, channel) => 300 * (1 + Math.sin((Math.PI * channel) / 64)) + of);
        const raised = hits.map((count, channel) => (channel === hot ? count * factor : count));
        const full = (of: Float64Array, sign: ' ' | '^'): number => {
          const signs = noise.map((_, channel) => (channel === hot ? sign : ' '));
          const panel: ChamberPanel = { ...sample.detector.chambers[0], occupancy: { ...sample.detector.chambers[0].occupancy, hits: of, signs } };
          return occupancyBars(panel, { ...sample.detector, chambers: [panel] }, firstChoices)?.full ?? NaN;
        };
        const lowered = full(hits, ' ') / full(raised, isJudged ? '^' : ' ');
        assert.ok(lowered >= 0.8, String(lowered));
      }),
      { numRuns: casesOf(200) },
    );
  }); // prettier-ignore

  it('is that of all bins where they are few', () => {
    assert.equal(robustTop([3, 0, 900]), 900);
    assert.equal(robustTop([]), 0);
  });
});

const anySize = fc.record({ width: fc.integer({ min: 1, max: 230 }), height: fc.integer({ min: 1, max: 70 }) });
const anyArea = fc.record({ width: fc.integer({ min: 40, max: 220 }), height: fc.integer({ min: 6, max: 66 }) });

const anyChoices = fc.record({
  isLog: fc.boolean(),
  scale: fc.constantFrom('robust' as const, 'full' as const, 'same' as const),
  isGated: fc.boolean(),
  isEnlarged: fc.boolean(),
  chamber: fc.nat(63),
  channel: fc.nat(63),
});

/** Detectors of 1, 4, 7 and 64 chambers, with and without physics and reference, live and overdue. */
const anyDetector = fc.record({
  of: fc.constantFrom('sample' as const, 'bare' as const, 'stale' as const),
  chambers: fc.constantFrom(1, 4, 7, 64),
  show: fc.constantFrom('overlay' as const, 'ratio' as const, 'off' as const),
  factor: fc.constantFrom(0, 1, 1, 2 ** 30),
});

function screenOf({
  of,
  chambers,
  show,
  factor,
}: typeof anyDetector extends fc.Arbitrary<infer T> ? T : never): SampleScreen {
  const { state, detector } = { sample, bare, stale }[of];
  const view: DetectorView = { ...detector, reference: detector.reference && { ...detector.reference, show } };
  return { state, detector: manyChambers(view, chambers, factor) };
}

const anyView = fc
  .record({
    page: fc.constantFrom(...pages),
    help: fc.boolean(),
    choices: anyChoices.map((choices) => ({ ...firstChoices, ...choices })),
    frozen: fc.option(
      fc.record({
        atMs: fc.nat(2 ** 31),
        oldestMs: fc.nat(2 ** 31),
        liveMs: fc.nat(2 ** 31),
        messagesSince: fc.nat(),
        step: fc.constantFrom('message' as const, 'minute' as const),
      }),
      { nil: undefined },
    ),
    prompt: fc.option(fc.record({ label: fc.string(), text: fc.string(), keys: fc.string() }), { nil: undefined }),
    nowMs: fc.integer({ min: 0, max: 2 ** 42 }),
    about: fc.string({ unit: 'binary', maxLength: 300 }).map((source) => ({ ...about, source })),
  })
  .map((fields) => viewOf(fields));

/** States of hostile and odd messages: strange names, huge counts, missing keys, any number of chambers. */
const anyState = fc
  .array(
    fc.record({
      id: fc.nat(1000),
      producer: fc.string({ unit: 'binary', maxLength: 20 }),
      orbitCount: fc.nat(60),
      scale: fc.constantFrom(1, 1, 1000, 2 ** 40),
      chambers: fc.integer({ min: 0, max: 9 }),
      schema: fc.constantFrom(1, 2, 2 ** 40),
      receivedMs: fc.integer({ min: 0, max: 2 ** 42 }),
      isBare: fc.boolean(),
      garbage: fc.option(fc.string({ unit: 'binary' })),
    }),
    { maxLength: 6 },
  )
  .map((steps) => {
    const state = emptyState();
    applyMessage(state, sampleMessage(0), { receivedMs: sampleTimeMs(1) });
    for (const { id, producer, orbitCount, scale, chambers, schema, receivedMs, isBare, garbage } of steps) {
      const whole = sampleMessage(id, { producer, orbitCount });
      const hits = Array.from({ length: chambers }, (_, chamber) => chamber * scale);
      const full = { ...whole, schema, hit_count: whole.hit_count * scale, hit_count_chamber: hits };
      const { msg_ID, hit_count, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber } = full;
      const five = { msg_ID, hit_count, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber };
      applyRead(state, readMessage(new TextEncoder().encode(JSON.stringify(isBare ? five : full))), { receivedMs });
      if (garbage !== null) applyRead(state, readMessage(new TextEncoder().encode(garbage)), { receivedMs });
    }
    return state;
  });
