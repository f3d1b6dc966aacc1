import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readMessage } from '../../../src/results/incoming-message.js';
import { applyMessage, applyRead, emptyState } from '../../../src/results/dashboard-state.js';
import { screenOf } from '../screen-of.js';
import type { Style } from '../../../src/tui/draw/style.js';
import { pages, viewOf } from '../../../src/tui/pages/view.js';
import { assertGolden, displayWidth, withoutColor } from '../golden.js';
import { sampleMessage } from '../sample-messages.js';
import { sampleAbout as about, sampleState, sampleTimeMs } from '../sample-state.js';
import { casesOf } from '../../helpers/random/cases-of.js';

const count = 30;
const nowMs = sampleTimeMs(count);
const color: Style = { color: '16', ascii: false };
const ascii: Style = { color: 'none', ascii: true };
const sizes = [
  { width: 60, height: 15 },
  { width: 80, height: 24 },
  { width: 120, height: 40 },
  { width: 200, height: 60 },
];

describe('the screen as text', () => {
  for (const page of ['overview', 'occupancy', 'activity'] as const) {
    for (const { width, height } of sizes) {
      it(`draws ${page} at ${width}x${height} as committed`, () => {
        const view = viewOf({ page, nowMs });
        for (const [name, style] of Object.entries({ color, ascii })) {
          const lines = screenOf(sampleState(count), view, { width, height, style });
          assertGolden(`${page}-${width}x${height}-${name}`, `${lines.join('\n')}\n`);
        }
      });
    }
  }

  it('draws help, waiting, stale, frozen and troubled feeds as committed', () => {
    const size = { width: 80, height: 24, style: { color: 'none', ascii: false } } as const;
    const frame = (state = sampleState(3), view: Parameters<typeof viewOf>[0] = { nowMs: sampleTimeMs(3) }) =>
      screenOf(state, viewOf(view), size).join('\n');
    const troubled = sampleState(3);
    const arrival = { receivedMs: sampleTimeMs(3) };
    applyMessage(troubled, sampleMessage(2), arrival);
    applyMessage(troubled, { ...sampleMessage(7), schema: 2 }, arrival);
    applyRead(troubled, readMessage(new TextEncoder().encode('{"msg_ID": -1}')), arrival);
    troubled.unread = 1234;
    const frames = [
      frame(undefined, { nowMs: sampleTimeMs(3), help: true }),
      frame(emptyState(), { nowMs, about: { ...about, source: 'topic data_clean of embedded log .dtstream' } }),
      frame(undefined, { nowMs: sampleTimeMs(90) }),
      frame(undefined, {
        nowMs: sampleTimeMs(3),
        frozen: { messagesSince: 12, atMs: sampleTimeMs(3), oldestMs: sampleTimeMs(0), step: 'message' },
      }),
      frame(troubled, { nowMs: sampleTimeMs(3), page: 'occupancy' }),
    ];
    assertGolden('states-80x24', `${frames.join(`\n${'='.repeat(80)}\n`)}\n`);
  });

  it('cuts a second of catching up, and marks another history and missing messages', () => {
    const state = emptyState();
    for (let id = 0; id < 40; id++) {
      if (id >= 24 && id < 27) continue;
      const message = sampleMessage(id, { orbitCount: id === 12 ? 4000 : 80 + (id % 7) });
      applyMessage(state, { ...message, history: id < 33 ? 'a' : 'b' }, { receivedMs: sampleTimeMs(id + 1) });
    }
    const frames = [color, ascii].map((style) =>
      screenOf(state, viewOf({ nowMs: sampleTimeMs(40) }), { width: 80, height: 24, style }).join('\n'),
    );
    assertGolden('trend-80x24', `${frames.join(`\n${'='.repeat(80)}\n`)}\n`);
  });

  it('says why it waits, and what was deleted before it was read, in text that is safe', () => {
    const state = emptyState();
    state.waitingReason = 'cannot open \x1b[31m{red-fg}log: there is no log yet';
    const surface = { width: 80, height: 24, style: ascii };
    const lines = screenOf(
      state,
      viewOf({ nowMs, about: { ...about, source: 'data_clean of embedded log log' } }),
      surface,
    );
    assert.deepEqual(
      lines.map((line) => line.trim()).filter((line) => /data_clean|cannot/.test(line)),
      ['of data_clean of embedded log log', 'cannot open ?[31m(red-fg)log: there is no log yet'],
    );
    const away = sampleState(count);
    away.waitingReason = 'cannot read data_clean: no broker answers';
    assert.match(screenOf(away, viewOf({ nowMs }), surface).at(-1) ?? '', /^cannot read data_clean: no broker/);
    const late = sampleState(count);
    late.lostRecords = 1234;
    assert.match(screenOf(late, viewOf({ nowMs }), surface).at(-1) ?? '', /^1,234 deleted before they were read, /);
  });

  it('says in one line that the terminal is too small', () => {
    const surface = { width: 59, height: 15, style: color };
    const lines = screenOf(sampleState(1), viewOf({ nowMs }), surface).filter((line) => line !== '');
    assert.deepEqual(lines, ['terminal too small: 59x15, needs 60x15']);
  });

  it('keeps to the size, to one column per character and to SGR sequences, whatever the messages say', () => {
    fc.assert(
      fc.property(anyState, anyView, anySize, fc.boolean(), fc.boolean(), (state, view, size, isAscii, isColor) => {
        const style: Style = { color: isColor ? '16' : 'none', ascii: isAscii };
        const lines = screenOf(state, view, { ...size, style });
        assert.equal(lines.length, size.height);
        for (const line of lines) assert.ok(displayWidth(line) <= size.width, `${displayWidth(line)} columns: ${line}`);
        const text = isColor ? withoutColor(lines.join('\n')) : lines.join('\n');
        assert.match(text, isAscii ? /^[\x20-\x7e\n]*$/ : /^[\x20-\x7e\n\u00a1-\u024f\u0391-\u044f\u2013-\u28ff]*$/);
      }),
      { numRuns: casesOf(150) },
    );
  });

  it('shows ledger and feed on every page and at every size', () => {
    for (const page of pages) {
      for (const size of sizes) {
        const lines = screenOf(sampleState(count), viewOf({ page, nowMs }), { ...size, style: ascii });
        assert.match(lines[0], /LIVE {2}0\.3 s old/);
        assert.match(lines.at(-2) ?? '', /^(rows )?[\d,.k]+ = hits [\d,.k]+ .*open 12$/);
      }
    }
  });

  it('says how many chambers found no room', () => {
    const state = emptyState();
    const message = sampleMessage(0);
    const chambers = Array.from({ length: 64 }, (_, chamber) => chamber);
    applyMessage(state, { ...message, hit_count_chamber: chambers }, { receivedMs: nowMs });
    const text = screenOf(state, viewOf({ nowMs, page: 'occupancy' }), { width: 80, height: 24, style: ascii });
    assert.match(text.join('\n'), /more chambers need a larger terminal/);
  });
});

const anySize = fc.record({ width: fc.integer({ min: 1, max: 230 }), height: fc.integer({ min: 1, max: 70 }) });

const anyView = fc
  .record({
    page: fc.constantFrom(...pages),
    help: fc.boolean(),
    frozen: fc.option(
      fc.record({ messagesSince: fc.nat(), atMs: fc.nat(), oldestMs: fc.nat(), step: fc.constant('message' as const) }),
      { nil: undefined },
    ),
    nowMs: fc.integer({ min: 0, max: 2 ** 42 }),
    about: fc.string({ unit: 'binary', maxLength: 300 }).map((source) => ({ ...about, source })),
    channelFirst: fc.array(fc.integer({ min: 0, max: 448 }), { maxLength: 4 }),
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
    for (const { id, producer, orbitCount, scale, chambers, schema, receivedMs, isBare, garbage } of steps) {
      const whole = sampleMessage(id, { producer, orbitCount });
      const hits = Array.from({ length: chambers }, (_, chamber) => chamber * scale);
      const full = { ...whole, schema, hit_count: whole.hit_count * scale, hit_count_chamber: hits };
      const { msg_ID, hit_count, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber } = full;
      const bare = { msg_ID, hit_count, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber };
      applyRead(state, readMessage(new TextEncoder().encode(JSON.stringify(isBare ? bare : full))), { receivedMs });
      if (garbage !== null) applyRead(state, readMessage(new TextEncoder().encode(garbage)), { receivedMs });
    }
    return state;
  });
