import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { channelStepS, ChannelSteps } from '../../src/results/channel-steps.js';
import { channelWindows } from '../../src/results/channel-window.js';
import { History } from '../../src/results/history.js';
import { MessageSum } from '../../src/results/message-sums.js';
import { activeBands } from '../../src/views/detector/detector-view.js';
import { casesOf } from '../helpers/random/cases-of.js';
import { sampleMinuteMessages } from '../views/sample-detector.js';

const startMs = Date.UTC(2026, 10, 29, 14);
const minuteMs = 60_000;
const stepMs = 1000 * channelStepS;
const steps = 12;

describe('ChannelSteps', () => {
  let samples: BatchMessage[];
  before(async () => {
    samples = await sampleMinuteMessages();
  });

  const closedOf = ({ batch }: BatchMessage): number => Date.parse(batch.closed);
  const messageAt = (atMs: number, id: number): BatchMessage => {
    const sample = samples[id % samples.length];
    const [opened, closed] = [atMs - 1000, atMs].map((ms) => new Date(startMs + ms).toISOString());
    const ledger = { ...sample.ledger, rejected: { fields: id % 3, number: id % 2, range: 0 } };
    const late = { late_hits: id % 5, late_orbits: id % 5 };
    return { ...sample, ...late, ledger, msg_ID: id, batch: { ...sample.batch, opened, closed } };
  };
  const add = (history: History, message: BatchMessage): void => {
    history.add(message, { openedMs: closedOf(message) - 1000, closedMs: closedOf(message) });
  };

  it('has the hits of the whole minutes of each step, as a recount of the messages, also of late ones', () => {
    const anyTimes = fc.uniqueArray(fc.integer({ min: 1, max: 40 * minuteMs }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(anyTimes, anyTimes, fc.integer({ min: 0, max: 45 * minuteMs }), (first, second, at) => {
        const history = new History(activeBands, { messagesMax: 10 });
        const known = new ChannelSteps(history);
        const messages: BatchMessage[] = [];
        for (const times of [first, second]) {
          for (const atMs of times) {
            const message = messageAt(atMs, messages.length);
            messages.push(message);
            add(history, message);
          }
          const atMs = startMs + at;
          // A few steps at a time.
          for (let call = 0; call < steps; call++) known.upTo(atMs, steps);
          const last = Math.floor(atMs / stepMs) * stepMs;
          const untilMs = Math.floor(atMs / minuteMs) * minuteMs;
          const counted = Array.from({ length: steps }, (_, index) => {
            const fromMs = last - (steps - 1 - index) * stepMs;
            const of = messages.filter((message) => {
              const closedMs = closedOf(message);
              return closedMs >= fromMs && closedMs < Math.min(fromMs + stepMs, untilMs);
            });
            return of.length === 0 ? undefined : hitsOf(of);
          });
          const found = known.upTo(atMs, steps);
          assert.deepEqual(
            found.map((step) => step?.hits.map((hits) => [...hits])),
            counted.map((step) => step?.hits),
          );
          assert.deepEqual(
            found.map((step) => step && [step.rejected, step.lateHits]),
            counted.map((step) => step?.lost),
          );
          found.forEach((step, index) =>
            assert.ok(Math.abs((step?.seconds ?? 0) - (counted[index]?.seconds ?? 0)) < 1e-6),
          );
        }
      }),
      { numRuns: casesOf(40) },
    );
  });

  it('sums a few steps at a time, the newest first, and each once', () => {
    const history = new History(activeBands, { messagesMax: 10 });
    for (let minute = 0; minute < 60; minute++) add(history, messageAt(minute * minuteMs + 500, minute));
    const known = new ChannelSteps(history);
    const atMs = startMs + 60 * minuteMs;
    const made = (): number[] =>
      known.upTo(atMs, steps + 1).flatMap((step, index) => (step === undefined ? [] : [index]));
    assert.deepEqual(made(), [8, 9, 10, 11]);
    assert.deepEqual(made(), [4, 5, 6, 7, 8, 9, 10, 11]);
    for (let call = 0; call < 3; call++) made();
    const before = known.upTo(atMs, steps + 1);
    assert.ok(known.upTo(atMs, steps + 1).every((step, index) => step === before[index]));
  });
});

function hitsOf(messages: readonly BatchMessage[]) {
  const sum = new MessageSum();
  for (const message of messages) sum.add(message);
  const { totals, liveS = 0 } = sum.sums;
  const { fields, number } = totals.ledger.rejected;
  const hits = channelWindows(totals).map((counts) => [...counts]);
  return { hits, seconds: liveS, lost: [fields + number, totals.lateHits] };
}
