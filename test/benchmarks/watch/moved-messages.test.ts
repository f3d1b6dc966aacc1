import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { movedMessage, type MovedPlace, placeBefore } from '../../../benchmarks/watch/moved-messages.js';
import { type BatchMessage, batchMessageSchema } from '../../../src/domain/batch-message.js';
import { emptyState, applyMessage, ledgerOf } from '../../../src/results/dashboard-state.js';
import { missingMessages } from '../../../src/results/producers.js';
import { readMessage } from '../../../src/results/incoming-message.js';
import { sampleMessage } from '../../tui/sample-messages.js';

const startMs = Date.UTC(2026, 0, 1);
const history = 'moved';
const slotsMax = 2 ** 26;

/** A message of ten slots, live for a second of the detector. */
function messageOf(id: number, slotFirst: number): BatchMessage {
  const message = sampleMessage(id);
  const slots = { live: 10, lit: 10, first: slotFirst, last: (slotFirst + 9) % slotsMax, gaps: 0, gap_slots: 0 };
  const trigger = { rows: [30], orbits: 30, multiple: 0, border: 0, rate_hz: 30 };
  return { ...message, physics: { version: 1, geometry: 'test', slots, live_s: 1, trigger, chambers: {} } };
}

/** Two messages of which the run is made, three times. */
function moveRun(place: (first: BatchMessage) => MovedPlace): BatchMessage[] {
  const list = [messageOf(3, 100), messageOf(4, 110)];
  const moved: BatchMessage[] = [];
  let next = place(list[0]);
  for (let i = 0; i < 6; i++) {
    const step = movedMessage(list[i % 2], next, history);
    moved.push(step.message);
    ({ next } = step);
  }
  return moved;
}

describe('moved messages', () => {
  it('are one run: numbers, moments, slots and rows without a gap, in the form of the wire', () => {
    const moved = moveRun((first) => placeBefore(first, startMs));
    assert.deepEqual(
      moved.map(({ msg_ID: id }) => id),
      [0, 1, 2, 3, 4, 5],
    );
    for (const [index, message] of moved.entries()) {
      assert.doesNotThrow(() => batchMessageSchema.parse(message));
      assert.equal(Date.parse(message.batch.opened), startMs + index * 1000);
      assert.equal(Date.parse(message.batch.closed), startMs + (index + 1) * 1000);
      assert.equal(message.physics?.slots.first, 100 + index * 10);
      assert.equal(message.history, history);
      if (index > 0) assert.equal(message.input['0'][0], moved[index - 1].input['0'][1]);
    }
  });

  it('have the same hits, and every row of them is accounted for', () => {
    const moved = moveRun((first) => placeBefore(first, startMs));
    const state = { ...emptyState(), isFromStart: true };
    for (const message of moved) {
      const { rows_read: read, carried_in: carriedIn, ...went } = message.ledger;
      const { dropped, rejected, hits, scintillator, carried_out: carriedOut } = went;
      const sum = hits + scintillator + dropped.head + dropped.channel + rejected.fields + carriedOut;
      assert.equal(read + carriedIn, sum + missingBefore(message));
      const incoming = readMessage(Buffer.from(JSON.stringify(message)));
      assert.ok('message' in incoming);
      applyMessage(state, incoming.message, { receivedMs: startMs + 60_000 });
    }
    assert.equal(state.messages, 6);
    assert.equal(missingMessages(state.producers), 0);
    const hits = moved.reduce((all, message) => all + message.hit_count, 0);
    assert.equal(state.totals.hits, hits);
    assert.equal(ledgerOf(state).hits, hits);
  });

  it('list the same orbits, moved by whole slots, in ascending order also where the counter turns', () => {
    const original = messageOf(3, 100);
    const [first] = moveRun((message) => ({ ...placeBefore(message, startMs), slot: 130 }));
    const listed = original.active_tdc_chamber['0'];
    assert.deepEqual(
      first.active_tdc_chamber['0'].bin_edges,
      listed.bin_edges.map((orbit) => orbit + 30 * 64),
    );
    // So far that the counter turns in the middle of the list.
    const middle = listed.bin_edges[Math.floor(listed.bin_edges.length / 2)];
    const slot = (100 + Math.ceil((2 ** 32 - middle) / 64)) % slotsMax;
    const [turned] = moveRun((message) => ({ ...placeBefore(message, startMs), slot }));
    const { bin_edges: orbits, hist_counts: counts } = turned.active_tdc_chamber['0'];
    assert.ok(orbits[0] < 1e6 && (orbits.at(-1) ?? 0) > 4e9, `${orbits[0]} to ${orbits.at(-1)}`);
    assert.deepEqual(
      orbits,
      orbits.toSorted((one, other) => one - other),
    );
    assert.deepEqual([...counts].sort(), [...listed.hist_counts].sort());
  });

  it('are refused where nothing tells which slots they have', () => {
    assert.throws(() => placeBefore(sampleMessage(7), startMs), /message 7 must have lit slots/);
  });
});

/** Rows by which the ledger of the sample that a message was made of is open. */
function missingBefore({ msg_ID: id }: BatchMessage): number {
  const { ledger } = messageOf(3 + (id % 2), 0);
  const { rows_read: read, carried_in: carriedIn, hits, scintillator, dropped, carried_out: carriedOut } = ledger;
  return read + carriedIn - (hits + scintillator + dropped.head + dropped.channel + carriedOut);
}
