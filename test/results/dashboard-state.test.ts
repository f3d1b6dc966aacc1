import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { readMessage } from '../../src/results/incoming-message.js';
import { applyMessage, applyRead, emptyState, ledgerOf } from '../../src/results/dashboard-state.js';
import { noteRead, withLook } from '../../src/results/process-lag.js';
import { ageMs, feedNotes, feedStateOf, lagText } from '../../src/tui/panels/frame/feed.js';
import { missingMessages } from '../../src/results/producers.js';
import { sampleMessage, sampleStartMs } from '../tui/sample-messages.js';

const arrival = { receivedMs: sampleStartMs + 100_000 };

function fold(messages: readonly BatchMessage[]) {
  const state = emptyState();
  for (const message of messages) applyMessage(state, message, arrival);
  return state;
}

describe('the state of the dashboard', () => {
  it('sums every kind of count over messages', () => {
    const messages = [sampleMessage(0), sampleMessage(1), sampleMessage(3)];
    const { totals, messages: count } = fold(messages);
    const sum = (pick: (message: BatchMessage) => number) => messages.reduce((all, one) => all + pick(one), 0);
    assert.equal(count, 3);
    assert.equal(
      totals.hits,
      sum(({ hit_count }) => hit_count),
    );
    assert.equal(totals.orbits, 450);
    assert.equal(totals.lateHits, 2);
    for (const chamber of [0, 1, 2, 3]) {
      const { hits, channelHits, activeOrbits } = totals.chambers[chamber];
      assert.equal(
        hits,
        sum(({ hit_count_chamber }) => hit_count_chamber[chamber]),
      );
      assert.equal(
        channelHits.reduce((all, one) => all + one),
        hits,
      );
      const weighted = activeOrbits.reduce((all, orbits, active) => all + orbits * active, 0);
      assert.ok(weighted > 0 && weighted <= hits);
    }
  });

  it('adds lanes up the same in any order, and duplicates not at all', () => {
    const lanes = ['g/0', 'g/1', 'h/0'].flatMap((producer) =>
      [0, 1, 2, 3, 4].map((id) => sampleMessage(id, { producer, orbitCount: 10 })),
    );
    const expected = fold(lanes);
    const orders = fc.shuffledSubarray(lanes, { minLength: lanes.length, maxLength: lanes.length });
    fc.assert(
      fc.property(orders, fc.subarray(lanes), (order, again) => {
        const state = fold([...order, ...again]);
        assert.deepEqual(state.totals, expected.totals);
        assert.deepEqual(ledgerOf(state), ledgerOf(expected));
        assert.equal(state.messages, lanes.length);
        assert.equal(state.duplicates, again.length);
        assert.deepEqual(state.newest, expected.newest);
      }),
      { numRuns: 50 },
    );
  });

  it('begins anew with a group that does, and still leaves out what comes again', () => {
    const anew = (id: number, producer: string) => {
      const message = sampleMessage(id, { producer });
      const later = (text: string): string => new Date(Date.parse(text) + 3_600_000).toISOString();
      const { opened, closed } = message.batch;
      return { ...message, batch: { ...message.batch, opened: later(opened), closed: later(closed) } };
    };
    const before = [0, 1, 2, 3].flatMap((id) => [
      sampleMessage(id, { producer: 'g/0' }),
      sampleMessage(id, { producer: 'g/1' }),
    ]);
    const after = [0, 1].flatMap((id) => [anew(id, 'g/0'), anew(id, 'g/1')]);
    const state = fold([...before, ...after, ...after.slice(1)]);
    const expected = fold(after);
    assert.deepEqual(state.totals, expected.totals);
    assert.deepEqual(ledgerOf(state), ledgerOf(expected));
    assert.deepEqual([state.messages, state.duplicates, state.resets], [4, 3, 1]);
    assert.deepEqual(feedNotes(state).at(-1), 'restarted by --reset');
  });

  it('begins anew with another history, also where the clock was set back, and leaves out what comes again of the old one', () => {
    const hourMs = 3_600_000;
    const of = (id: number, history: string, backMs = 0) => {
      const message = sampleMessage(id, { producer: 'g/0' });
      const earlier = (text: string): string => new Date(Date.parse(text) - backMs).toISOString();
      const { opened, closed } = message.batch;
      return { ...message, history, batch: { ...message.batch, opened: earlier(opened), closed: earlier(closed) } };
    };
    const before = [0, 1, 2].map((id) => of(id, 'a'));
    const after = [0, 1].map((id) => of(id, 'b', hourMs));
    const state = fold([...before, ...after, before[0], before[2], after[1]]);
    assert.deepEqual(state.totals, fold(after).totals);
    assert.deepEqual([state.messages, state.duplicates, state.resets], [2, 3, 1]);
    assert.deepEqual(state.pastHistories, ['a']);
  });

  it('says how many messages of the topic were lost', () => {
    const message = sampleMessage(0, { producer: 'g/0' });
    const lost = {
      0: [[5, 10, 'retention'] as [number, number, string]],
      3: [[0, 2, 'retention'] as [number, number, string]],
    };
    const state = fold([{ ...message, lost }]);
    assert.equal(state.totals.lost, 7);
    assert.deepEqual(feedNotes(state), ['7 messages lost: deleted before process read them']);
  });

  it('says that sums of several groups keep what one had published before it began anew, with a ledger that balances', () => {
    const other = sampleMessage(0, { producer: 'h/0' });
    const again = sampleMessage(0, { producer: 'g/0' });
    const later = new Date(Date.parse(again.batch.closed) + 3_600_000).toISOString();
    const state = fold([other, again, { ...again, batch: { ...again.batch, opened: later, closed: later } }]);
    assert.equal(state.messages, 3);
    assert.equal(ledgerOf(state).carried_out, 3 * again.ledger.carried_out);
    assert.match(feedNotes(state).join('; '), /^a group was reset/);
  });

  it('balances the ledger over a chain that it joined in the middle', () => {
    const ledger = ledgerOf(fold([sampleMessage(5), sampleMessage(6), sampleMessage(7)]));
    const { dropped, rejected } = ledger;
    assert.equal(ledger.carried_in, 12);
    assert.equal(
      ledger.rows_read + ledger.carried_in,
      ledger.hits +
        ledger.scintillator +
        dropped.head +
        dropped.channel +
        rejected.fields +
        rejected.number +
        rejected.range +
        ledger.carried_out,
    );
  });

  it('counts what is missing between the messages of a producer', () => {
    const state = fold([sampleMessage(2), sampleMessage(6), sampleMessage(3), sampleMessage(1, { producer: 'x/0' })]);
    assert.equal(missingMessages(state.producers), 2);
    assert.match(feedNotes(state).join(), /(^|,)2 missing/);
  });

  it('says how many messages before the first one are gone, where all of the topic are read', () => {
    const one = { ...fold([sampleMessage(3), sampleMessage(2)]), isFromStart: true };
    assert.match(feedNotes(one).join(), /^since message 2: 2 older are gone/);
    assert.doesNotMatch(feedNotes({ ...one, isFromStart: false }).join(), /gone/);
    const two = { ...fold([sampleMessage(2), sampleMessage(5, { producer: 'x/0' })]), isFromStart: true };
    assert.match(feedNotes(two).join(), /^of all messages 7 older are gone/);
    assert.doesNotMatch(feedNotes({ ...fold([sampleMessage(0)]), isFromStart: true }).join(), /gone/);
  });

  it('takes messages with the five keys of the contract only, and says what it cannot know', () => {
    const state = emptyState();
    const { msg_ID, hit_count, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber } = sampleMessage(0);
    const bare = { msg_ID, hit_count, hit_count_chamber, tdc_counts_chamber, active_tdc_chamber };
    for (let time = 0; time < 3; time++) {
      applyRead(state, readMessage(encode(bare)), { receivedMs: sampleStartMs + time * 3000 });
    }
    assert.equal(state.totals.hits, 3 * hit_count);
    assert.equal(state.messages, 3);
    assert.deepEqual(
      [...state.totals.chambers[0].activeOrbits],
      sampleMessage(0).active_channels_chamber['0'].map((orbits) => 3 * orbits),
    );
    assert.deepEqual(feedNotes(state), ['3 without a ledger', '3 without a producer: duplicates not detected']);
    assert.equal(state.newest?.closedMs, sampleStartMs + 6000);
  });

  it('says that messages of different geometries are added up', () => {
    const state = emptyState();
    const chambers = [{ fpga: 0, channel_first: 0, channels: 64 }];
    applyMessage(state, { ...sampleMessage(0), chambers }, { receivedMs: sampleStartMs });
    applyMessage(state, sampleMessage(1), { receivedMs: sampleStartMs });
    assert.ok(!feedNotes(state).join().includes('geometries'));
    applyMessage(
      state,
      { ...sampleMessage(2), chambers: [{ ...chambers[0], fpga: 1 }] },
      { receivedMs: sampleStartMs },
    );
    assert.match(feedNotes(state).join(), /^messages of different geometries: channels are those of the boards/);
  });

  it('counts unreadable messages and goes on', () => {
    const state = emptyState();
    const values = ['', 'null', '{', '{"msg_ID":1}', JSON.stringify({ ...sampleMessage(0), hit_count: '\u001b[31m' })];
    for (const value of values)
      assert.equal(applyRead(state, readMessage(new TextEncoder().encode(value)), arrival), undefined);
    assert.equal(applyRead(state, readMessage(Uint8Array.of(0xff, 0xfe)), arrival), undefined);
    assert.equal(state.unreadable, 6);
    assert.equal(state.messages, 0);
    applyMessage(state, sampleMessage(0), arrival);
    assert.equal(state.messages, 1);
  });

  it('is waiting, then live, then stale, and ended when reading is over', () => {
    const state = emptyState();
    const at = (nowMs: number) => feedStateOf(state, nowMs);
    assert.equal(at(0), 'waiting');
    applyMessage(state, sampleMessage(0), { receivedMs: sampleStartMs + 1200 });
    const overdue = sampleStartMs + 61_201;
    assert.equal(at(overdue - 1), 'live', 'three intervals of 20 s');
    assert.equal(at(overdue), 'stale');
    state.lag = [{ records: 0, alive: true, seenMs: overdue - 100 }];
    assert.equal(at(overdue), 'idle', 'process is there and has read everything');
    for (const look of [{ records: 5 }, { records: undefined }, { alive: false }, { seenMs: sampleStartMs }]) {
      state.lag = [{ records: 0, alive: true, seenMs: overdue - 100, ...look }];
      assert.equal(at(overdue), 'stale', JSON.stringify(look));
    }
    assert.equal(ageMs(state, sampleStartMs + 1500), 500);
    state.unread = 3;
    assert.equal(at(overdue), 'catching-up', 'messages of the past are being read');
    state.ended = true;
    assert.equal(at(sampleStartMs + 99_999), 'ended');
  });

  it('is overdue after three intervals of its batches, or after 10 s where it does not say them', () => {
    const overdueS = (intervalMs: number | undefined): number => {
      const message = sampleMessage(0);
      const state = fold([{ ...message, batch: { ...message.batch, interval_ms: intervalMs } }]);
      for (let s = 0; ; s++) if (feedStateOf(state, arrival.receivedMs + s * 1000 + 1) === 'stale') return s;
    };
    assert.deepEqual([200, 1000, 5000, undefined].map(overdueS), [3, 3, 15, 10]);
  });

  it('says how far process is behind, in rows and seconds, and whether that grows', () => {
    const state = emptyState();
    const style = { color: 'none', ascii: false } as const;
    assert.equal(lagText(state, style), undefined);
    const look = (records: number | undefined): void => {
      state.lag = withLook(state.lag, { records, alive: true, seenMs: 0 });
    };
    look(undefined);
    assert.equal(lagText(state, style), 'lag ?');
    // 1,000 rows a second in records of 100.
    for (let s = 0; s < 5; s++)
      noteRead(state.reads, { openedMs: s * 1000, closedMs: (s + 1) * 1000, rows: 1000, records: 10 });
    look(0);
    assert.equal(lagText(state, style), 'lag 0 =');
    // Between two batches of 10 records, nothing is left behind.
    for (const records of [3, 9, 0, 5, 8, 1, 7, 10, 2, 0]) look(records);
    assert.equal(lagText(state, style), 'lag 0 =');
    for (const records of [10, 20, 30, 40, 50]) look(records);
    assert.equal(lagText(state, style), 'lag ≈4.00k rows 4.0 s +');
    for (let times = 0; times < 10; times++) look(50);
    assert.equal(lagText(state, { ...style, ascii: true }), 'lag ~5.00k rows 5.0 s =');
    for (const records of [45, 40, 35, 30, 30]) look(records);
    assert.equal(lagText(state, style), 'lag ≈3.00k rows 3.0 s -');
    // Up to the rows of two batches, it comes and goes with them.
    for (const records of [20, 20, 20, 20, 1, 1, 20, 20]) look(records);
    assert.equal(lagText(state, style), 'lag ≈2.00k rows 2.0 s =');
  });

  it('places a batch with a clock far ahead, or without a readable one, where it arrived', () => {
    for (const closed of ['2099-01-01T00:00:00Z', 'tomorrow', '']) {
      const message = sampleMessage(0);
      const state = fold([{ ...message, batch: { ...message.batch, closed } }]);
      assert.equal(state.newest?.closedMs, arrival.receivedMs);
    }
  });

  it('is plain data: a clone stays as it was while the sums go on', () => {
    const state = fold([sampleMessage(0)]);
    const picture = structuredClone(state);
    applyMessage(state, sampleMessage(1), arrival);
    assert.deepEqual(picture, fold([sampleMessage(0)]));
    assert.notDeepEqual(picture.totals, state.totals);
  });

  it('tells a bounded number of producers apart and sums the others all the same', () => {
    const names = Array.from({ length: 300 }, (_, index) => `p/${index}`);
    const message = sampleMessage(0, { orbitCount: 1 });
    const state = fold(names.map((producer) => ({ ...message, producer })));
    assert.equal(state.producers.size, 256);
    assert.equal(state.totals.hits, 300 * message.hit_count);
    assert.match(feedNotes(state).join(), /duplicates detected for 256 producers only/);
  });
});

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
