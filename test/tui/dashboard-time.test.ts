import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { physicsOf } from '../../src/domain/physics-of.js';
import { applyRead, type DashboardState, emptyState } from '../../src/results/dashboard-state.js';
import { History } from '../../src/results/history.js';
import { readMessage } from '../../src/results/incoming-message.js';
import { MessageSum } from '../../src/results/message-sums.js';
import { driftHistogram } from '../../src/results/time-boxes.js';
import { DashboardTime } from '../../src/tui/dashboard-time.js';
import { firstMode } from '../../src/tui/pages/keys.js';
import { activeBands, type Mark } from '../../src/views/detector/detector-view.js';
import { sampleMinute, sampleMinuteMessages, samplePicture } from '../views/sample-detector.js';

const mode = firstMode({ windowS: 10, color: 'none' });
const closedMs = (index: number): number => sampleMinute.fromMs + (index + 1) * sampleMinute.stepMs;

describe('the time of a screen', () => {
  let messages: BatchMessage[];
  before(async () => {
    messages = (await sampleMinuteMessages()).map((message, index) => {
      const [opened, closed] = [closedMs(index - 1), closedMs(index)].map((ms) => new Date(ms).toISOString());
      return { ...message, batch: { ...message.batch, opened, closed } };
    });
  });

  const screen = (more: { marks?: () => Mark[] } = {}) => {
    const state = emptyState();
    const history = new History(activeBands);
    const take = (from: number, to: number): void => {
      for (const message of messages.slice(from, to)) apply(state, message, history);
    };
    const time = new DashboardTime({ state, history, quality: () => samplePicture, ...more });
    return { state, history, time, take };
  };

  it('shows the last messages, with all hits since the start', () => {
    const { time, take } = screen();
    take(0, 40);
    const { detector, frozen } = time.show(mode, closedMs(39) + 300);
    assert.equal(frozen, undefined);
    assert.deepEqual([detector.window.title, detector.window.sums.messages], ['last 10 s', 10]);
    const hits = hitsOf(messages.slice(30, 40), 0);
    assert.equal(detector.chambers[0].hits, hits);
    assert.equal(detector.chambers[0].hitsSinceStart, hitsOf(messages.slice(0, 40), 0));
    assert.equal(detector.chambers[0].active.steps.length, 10);
    assert.equal(detector.trends.all.filter((rate) => rate !== undefined).length, 40);
  });

  it('stands still while collecting goes on, and shows any message before', () => {
    const { state, time, take } = screen();
    take(0, 40);
    time.freeze(closedMs(39) + 300);
    // In columns of 5 s, the newest one goes on beyond the moment that is shown.
    const wide = { ...mode, zoom: 3 };
    const { trends } = time.show(wide, 0).detector;
    const before = time.show(mode, 0).detector;
    take(40, 60);
    const after = time.show(mode, 0);
    assert.equal(after.detector, before);
    assert.deepEqual(after.frozen, {
      atMs: closedMs(39),
      oldestMs: closedMs(0),
      liveMs: 0,
      messagesSince: 20,
      step: 'message',
    });
    assert.equal(state.messages, 60);
    assert.deepEqual(time.show(wide, 0).detector.trends, trends);
    time.move({ step: 'message', direction: -1 });
    time.move({ step: 'message', direction: -1 });
    const earlier = time.show(mode, 0);
    assert.equal(earlier.frozen?.messagesSince, 22);
    assert.deepEqual([earlier.detector.window.title, earlier.detector.chambers[2].hits], ['10 s to it', hitsOf(messages.slice(28, 38), 2)]); // prettier-ignore
    assert.equal(earlier.detector.chambers[2].hitsSinceStart, hitsOf(messages.slice(0, 38), 2));
    time.move('oldest');
    assert.equal(time.show(mode, 0).detector.window.sums.messages, 1);
    time.goLive();
    assert.equal(time.show(mode, closedMs(59)).detector.chambers[0].hits, hitsOf(messages.slice(50, 60), 0));
  });

  it('has the time boxes of the window and since the start', () => {
    const { time, take } = screen();
    take(0, 60);
    const entriesOf = (from: number): number => {
      const sum = new MessageSum();
      for (const message of messages.slice(from, 60)) sum.add(message);
      const counts = physicsOf(sum.sums)?.chambers['1'];
      assert.ok(counts !== undefined);
      return entries(driftHistogram(counts, defaultGeometry).counts);
    };
    const entries = (counts: readonly number[] = []): number => counts.reduce((sum, count) => sum + count, 0);
    const { physics, boxSinceStart } = time.show(mode, closedMs(59)).detector.chambers[1];
    assert.equal(entries(physics?.drift.histogram.counts), entriesOf(50));
    assert.equal(entries(boxSinceStart?.drift.histogram.counts), entriesOf(0));
    const whole = time.show({ ...mode, window: 'start' }, closedMs(59)).detector.chambers[1];
    assert.equal(whole.boxSinceStart, undefined, 'it is the window');
  });

  it('counts from a mark on', () => {
    const mark = { number: 4, atMs: closedMs(44), text: 'gas', by: undefined };
    const { time, take } = screen({ marks: () => [mark] });
    take(0, 60);
    const { detector } = time.show({ ...mode, window: 'mark' }, closedMs(59));
    assert.deepEqual([detector.window.title, detector.window.sums.messages], ['since mark 4', 15]);
    assert.deepEqual(detector.trends.marks.map((one) => one.mark), [mark]); // prettier-ignore
  });

  it('has no rates and no verdicts when no message comes any more, and those of then where it stands still', () => {
    const { time, take } = screen();
    take(0, 60);
    const lateMs = closedMs(59) + 60_000;
    const { detector } = time.show(mode, lateMs);
    assert.deepEqual([detector.isCurrent, detector.chambers[0].hitsPerS, detector.chambers[0].verdict.word], [false, undefined, '?']); // prettier-ignore
    time.freeze(lateMs);
    time.move({ step: 'message', direction: -1 });
    assert.equal(time.show(mode, lateMs).detector.isCurrent, true);
  });

  it('has the states of 8 hours up to the moment that is shown, unknown where nothing judged', () => {
    const { history, time, take } = screen();
    const newest = (): (string | undefined)[] => {
      const { states } = time.show(mode, closedMs(59)).detector;
      return states?.chambers.map((ofChamber) => ofChamber.at(-1)) ?? [];
    };
    const judge = (state: 'ok' | 'bad', count: number): void => {
      const from = history.messagesAfter(-Infinity);
      for (let index = from; index < from + count; index++) {
        take(index, index + 1);
        history.states.note([state, 'ok', 'ok'], closedMs(index));
      }
    };
    take(0, 10);
    assert.deepEqual(newest(), ['unknown', 'unknown', 'unknown', 'unknown']);
    judge('ok', 20);
    assert.deepEqual(newest(), ['ok', 'ok', 'ok', 'unknown']);
    const { states } = time.show(mode, closedMs(59)).detector;
    assert.deepEqual([...new Set(states?.chambers[0].slice(0, -1))], [undefined], 'no message there');
    judge('bad', 10);
    assert.deepEqual(newest(), ['bad', 'ok', 'ok', 'unknown']);
    time.freeze(closedMs(39));
    for (let back = 0; back < 10; back++) time.move({ step: 'message', direction: -1 });
    assert.equal(newest()[0], 'ok', 'it was bad later');
    time.move({ step: 'message', direction: 1 });
    assert.equal(newest()[0], 'bad');
    history.clear();
    take(40, 41);
    time.goLive();
    assert.equal(newest()[0], 'unknown', 'what was before a reset is forgotten');
  });

  it('shows the alarms that stood then', () => {
    const { time, take } = screen();
    take(0, 60);
    assert.equal(time.show(mode, closedMs(59)).detector.alarms.length, 4);
    const [hour] = [Date.parse(messages[0].batch.closed)];
    time.freeze(hour);
    assert.deepEqual(
      time.show(mode, hour).detector.alarms.map(({ objectText }) => objectText),
      ['2:17', '0:5', 'chamber 3', '1:44'],
    );
  });
});

function apply(state: DashboardState, message: BatchMessage, history: History): void {
  const read = readMessage(new TextEncoder().encode(JSON.stringify(message)));
  applyRead(state, read, { receivedMs: Date.parse(message.batch.closed) }, history);
}

function hitsOf(messages: readonly BatchMessage[], chamber: number): number {
  return messages.reduce((sum, { hit_count_chamber: hits }) => sum + hits[chamber], 0);
}
