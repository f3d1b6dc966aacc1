import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { History, type HistoryWindow } from '../../src/results/history.js';
import { readMessage } from '../../src/results/incoming-message.js';
import { MessageSum, type MessageSums } from '../../src/results/message-sums.js';
import { activeBands } from '../../src/views/detector/detector-view.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { sampleMinuteMessages } from '../views/sample-detector.js';

const startMs = Date.UTC(2026, 10, 29, 14, 51);
const spanMs = 10 * 60_000;
const messagesMax = 10;

describe('a history', () => {
  let samples: BatchMessage[];
  before(async () => {
    samples = await sampleMinuteMessages();
  });

  /** Messages of lanes, each closed at a moment of its own. */
  const anyMessages = fc
    .uniqueArray(fc.integer({ min: 1, max: spanMs }), { minLength: 1, maxLength: 60 })
    .chain((closed) =>
      fc.tuple(
        ...closed.map((at) => fc.record({ at: fc.constant(at), sample: fc.nat(59), lane: fc.nat(1), hasPhysics: fc.integer({ min: 0, max: 9 }) })), // prettier-ignore
      ),
    );
  const messageOf = (
    { at, sample, lane, hasPhysics }: { at: number; sample: number; lane: number; hasPhysics: number },
    id: number,
  ): BatchMessage => {
    const { physics, batch, ...message } = samples[sample];
    const [opened, closed] = [at - 1000, at].map((ms) => new Date(startMs + ms).toISOString());
    return {
      ...{ ...message, msg_ID: id, lanes: 2, producer: `dtstream/${lane}`, batch: { ...batch, opened, closed } },
      // One of ten comes from another version of process.
      ...(hasPhysics > 0 && { physics }),
    };
  };

  it('sums up exactly the messages of a window, in any order and lanes, also where minutes took over', () => {
    const anyWindow = fc.record({
      kind: fc.constantFrom('batch' as const, 'last' as const, 'mark' as const, 'start' as const),
      seconds: fc.constantFrom(10, 60, 300),
      sinceMs: fc.integer({ min: 0, max: spanMs }),
      stepsBack: fc.array(fc.constantFrom('message' as const, 'minute' as const), { maxLength: 14 }),
    });
    fc.assert(
      fc.property(anyMessages, fc.array(anyWindow, { maxLength: 4 }), (sown, windows) => {
        const messages = sown.map(messageOf);
        const history = new History(activeBands, { messagesMax });
        for (const { sinceMs } of windows) history.cut(startMs + sinceMs);
        for (const message of messages) add(history, message);
        for (const { stepsBack, sinceMs, ...window } of windows) {
          let end: HistoryWindow['end'];
          for (const step of stepsBack) {
            const place = end ?? history.newest();
            if (place !== undefined) end = history.beside(place, { step, direction: -1 });
          }
          const whole = { ...window, end, sinceMs: startMs + sinceMs };
          const cuts = windows.map((one) => startMs + one.sinceMs + 1);
          const expected = sumOf(messagesOf(messages, whole, cuts));
          assert.deepEqual(rounded(history.windowSums(whole)), rounded(expected));
        }
        assert.deepEqual(rounded(history.sinceStart()), rounded(sumOf(messages)));
      }),
      { numRuns: casesOf(60) },
    );
  });

  it('knows how many messages of each minute it keeps, also where marks cut it and old ones are given up', () => {
    const keptMs = 4 * 60_000;
    const anyCuts = fc.array(fc.integer({ min: 0, max: spanMs }), { maxLength: 3 });
    fc.assert(
      fc.property(anyMessages, anyCuts, (sown, cuts) => {
        const history = new History(activeBands, { messagesMax, keptMs });
        for (const cut of cuts) history.cut(startMs + cut);
        for (const message of sown.map(messageOf)) add(history, message);
        const all = history.parts({ kind: 'start', seconds: 0, sinceMs: 0, end: undefined });
        for (let minute = startMs; minute <= startMs + spanMs; minute += 60_000) {
          const kept = all.filter(({ firstMs }) => firstMs >= minute && firstMs < minute + 60_000);
          const expected = kept.reduce((sum, { messages }) => sum + messages, 0);
          assert.equal(history.minuteMessages(minute), expected);
        }
      }),
      { numRuns: casesOf(60) },
    );
  });
});

function add(history: History, message: BatchMessage): void {
  const read = readMessage(new TextEncoder().encode(JSON.stringify(message)));
  assert.ok('message' in read);
  const [openedMs, closedMs] = [message.batch.opened, message.batch.closed].map((time) => Date.parse(time));
  history.add(read.message, { openedMs, closedMs });
}

/** Messages of a window by their times alone: all, and the rest of a minute in which it begins or ends. */
function messagesOf(messages: readonly BatchMessage[], window: HistoryWindow, cuts: readonly number[]): BatchMessage[] {
  const byTime = [...messages].sort((one, other) => closedMs(one) - closedMs(other));
  const whole = byTime.slice(-messagesMax);
  const minuteOf = (message: BatchMessage): number => {
    const atMs = closedMs(message);
    return Math.max(Math.floor(atMs / 60_000) * 60_000, ...cuts.filter((cut) => cut <= atMs));
  };
  const endMs = window.end?.atMs ?? Infinity;
  const lastMs = window.end?.atMs ?? closedMs(byTime[byTime.length - 1]);
  const steps = new Map<unknown, BatchMessage[]>();
  for (const message of byTime) {
    const step = whole.includes(message) ? message : minuteOf(message);
    steps.set(step, [...(steps.get(step) ?? []), message]);
  }
  const upTo = [...steps.values()].filter(([first]) => closedMs(first) <= endMs);
  if (window.kind === 'start') return upTo.flat();
  if (window.kind === 'batch') return upTo.at(-1) ?? [];
  const afterMs = window.kind === 'mark' ? window.sinceMs : lastMs - 1000 * window.seconds;
  return upTo.filter((step) => closedMs(step[step.length - 1]) > afterMs).flat();
}

function closedMs({ batch }: BatchMessage): number {
  return Date.parse(batch.closed);
}

function sumOf(messages: readonly BatchMessage[]): MessageSums {
  const sum = new MessageSum();
  for (const message of [...messages].sort((one, other) => closedMs(one) - closedMs(other))) sum.add(message);
  return sum.sums;
}

/** Live time is a sum of fractions: equal to a nanosecond. */
function rounded({ liveS, physics, ...sums }: MessageSums) {
  const digits = (value: number | null | undefined): string | undefined => value?.toFixed(6);
  return {
    ...{ ...sums, liveS: digits(liveS) },
    physics: physics && {
      ...physics,
      live_s: digits(physics.live_s),
      trigger: { ...physics.trigger, rate_hz: digits(physics.trigger.rate_hz) },
    },
  };
}
