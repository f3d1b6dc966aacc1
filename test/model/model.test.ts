import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultGeometry as geometry } from '../../src/domain/geometry.js';
import type { Row } from './classify.js';
import { ModelLane, type ModelMessage } from './model.js';

const near = 2 ** 20;
const waitRows = 65_536;
const wrap = 2 ** 32;
const hit = (orbit: number, channel = 0, chamber = 0): Row => ({ kind: 'hit', chamber, channel, orbit });
const hits = (first: number, count = 16): Row[] => Array.from({ length: count }, (_, index) => hit(first + index));
const scintillator = (orbit: number): Row => ({ kind: 'scintillator', orbit });
const laneOf = (lateness: number, partitions = [0]): ModelLane =>
  new ModelLane({ geometry, lateness, partitions, slotOrbits: 1 });

/** The only message of a cut or flush. */
function only(messages: readonly ModelMessage[]): ModelMessage {
  assert.equal(messages.length, 1);
  return messages[0];
}

/** Raw orbits that messages published on time with a hit in chamber 0, by message. */
const orbitsOf = (messages: readonly ModelMessage[]): number[][] =>
  messages.map((message) => message.active_tdc_chamber[0].bin_edges);

describe('ModelLane', () => {
  it('counts hits by chamber and board channel, distinct channels by orbit, and every row in its ledger', () => {
    const lane = laneOf(0);
    lane.read(0, [
      ...[hit(10, 3), hit(10, 3), hit(10, 5), hit(11, 3), hit(10, 63, 1), hit(11, 0, 3)],
      ...[scintillator(10), scintillator(12)],
      { kind: 'dropped', reason: 'head' },
      { kind: 'dropped', reason: 'channel' },
      { kind: 'rejected', reason: 'range' },
      { kind: 'rejected', reason: 'range' },
    ]);
    const distribution = (counts: Record<number, number>): number[] =>
      Array.from({ length: 65 }, (_, index) => counts[index] ?? 0);
    const none = { bin_edges: [], hist_counts: [] };
    assert.deepEqual(lane.flush(), [
      {
        msg_ID: 0,
        run: 0,
        hit_count: 6,
        hit_count_chamber: [4, 1, 0, 1],
        tdc_counts_chamber: {
          0: { bin_edges: [3, 5], hist_counts: [3, 1] },
          1: { bin_edges: [127], hist_counts: [1] },
          2: none,
          3: { bin_edges: [64], hist_counts: [1] },
        },
        active_tdc_chamber: {
          0: { bin_edges: [10, 11], hist_counts: [2, 1] },
          1: { bin_edges: [10], hist_counts: [1] },
          2: none,
          3: { bin_edges: [11], hist_counts: [1] },
        },
        active_channels_chamber: {
          0: distribution({ 1: 1, 2: 1 }),
          1: distribution({ 1: 1 }),
          2: distribution({}),
          3: distribution({ 1: 1 }),
        },
        ledger: {
          rows_read: 12,
          hits: 6,
          scintillator: 2,
          dropped: { head: 1, channel: 1 },
          rejected: { fields: 0, number: 0, range: 2 },
          carried_in: 0,
          carried_out: 0,
        },
        late_hits: 0,
        late_orbits: 0,
        orbits: 2,
        orbit_first: 10,
        orbit_last: 11,
      },
    ]);
  });

  it('publishes orbits at or below the watermark and carries hits and scintillator rows above it', () => {
    const lane = laneOf(5);
    lane.read(0, [hit(20), hit(14), scintillator(15), hit(15), hit(16), scintillator(16)]);
    const first = only(lane.cut());
    assert.deepEqual(orbitsOf([first]), [[14, 15]]);
    assert.deepEqual([first.ledger.hits, first.ledger.scintillator, first.ledger.carried_out], [2, 1, 3]);
    lane.read(0, [hit(21, 1)]);
    const second = only(lane.cut());
    assert.deepEqual(orbitsOf([second]), [[16]]);
    assert.deepEqual([second.msg_ID, second.ledger.carried_in, second.ledger.carried_out], [1, 3, 2]);
    const last = only(lane.flush());
    assert.deepEqual(orbitsOf([last]), [[20, 21]]);
    assert.deepEqual([last.ledger.rows_read, last.ledger.carried_in, last.ledger.carried_out], [0, 2, 0]);
  });

  it('counts a hit of a closed orbit as late and leaves what was published of that orbit alone', () => {
    const lane = laneOf(0);
    lane.read(0, [hit(20)]);
    lane.cut();
    lane.read(0, [hit(20, 7), hit(19, 1), hit(19, 2), scintillator(18), hit(21)]);
    const message = only(lane.cut());
    assert.deepEqual([message.hit_count, message.late_hits, message.late_orbits], [4, 3, 2]);
    assert.deepEqual([message.ledger.hits, message.ledger.scintillator], [4, 1]);
    assert.deepEqual([message.orbits, message.orbit_first, message.orbit_last], [1, 21, 21]);
    assert.deepEqual(orbitsOf([message]), [[21]]);
    assert.deepEqual(message.tdc_counts_chamber[0].bin_edges, [0, 1, 2, 7]);
    assert.equal(message.active_channels_chamber[0][1], 1);
  });

  it('judges lateness by the watermark of the batch before, not by rows of the same batch', () => {
    const lane = laneOf(0);
    lane.read(0, [hit(20), hit(30), hit(5)]);
    const message = only(lane.cut());
    assert.deepEqual([message.late_hits, message.orbits], [0, 3]);
  });

  it('says nothing when nothing was read and nothing is published', () => {
    const lane = laneOf(0);
    assert.deepEqual(lane.cut(), []);
    lane.read(0, []);
    assert.deepEqual(lane.cut(), []);
    lane.read(0, [{ kind: 'rejected', reason: 'fields' }]);
    const message = only(lane.cut());
    assert.deepEqual([message.msg_ID, message.run, message.orbit_first, message.orbits], [0, 0, null, 0]);
    assert.deepEqual(lane.flush(), []);
  });

  it('lets the partition that is furthest behind set the watermark', () => {
    const lane = laneOf(0, [0, 1]);
    lane.read(0, [hit(10), hit(50)]);
    assert.deepEqual(orbitsOf(lane.cut()), [[]]);
    lane.read(1, [hit(20)]);
    assert.deepEqual(orbitsOf(lane.cut()), [[10, 20]]);
    lane.read(1, [hit(60)]);
    assert.deepEqual(orbitsOf(lane.cut()), [[50]]);
  });

  it('never takes the watermark back', () => {
    const lane = laneOf(0, [0, 1]);
    lane.read(0, [hit(50)]);
    lane.idle(1, true);
    assert.deepEqual(orbitsOf(lane.cut()), [[50]]);
    lane.read(1, [hit(40)]);
    assert.equal(only(lane.cut()).late_hits, 1);
    lane.read(0, [hit(45)]);
    assert.equal(only(lane.cut()).late_hits, 1);
  });

  it('is not held back by an empty partition, nor by an idle one until it is read again', () => {
    const lane = laneOf(0, [0, 1, 2]);
    lane.empty(1);
    lane.read(0, [hit(10)]);
    assert.deepEqual(orbitsOf(lane.cut()), [[]]);
    lane.idle(2, true);
    assert.deepEqual(orbitsOf(lane.cut()), [[10]]);
    lane.read(1, [hit(11)]);
    lane.read(0, [hit(15)]);
    lane.read(2, []);
    assert.deepEqual(orbitsOf(lane.cut()), [[]]);
    lane.idle(2, true);
    assert.deepEqual(orbitsOf(lane.cut()), [[11]]);
  });

  it('keeps to the lateness of the partition furthest ahead when none is active', () => {
    const lane = laneOf(10, [0, 1, 2]);
    lane.read(0, [hit(100)]);
    lane.read(1, [hit(85), hit(90), hit(91)]);
    lane.empty(2);
    lane.idle(0, true);
    lane.idle(1, true);
    assert.deepEqual(orbitsOf(lane.cut()), [[85, 90]]);
    const unread = laneOf(0);
    unread.idle(0, true);
    assert.deepEqual(unread.cut(), []);
  });

  it('does not move the watermark at a cut without a message', () => {
    const lane = laneOf(10, [0, 1]);
    lane.read(0, [hit(55)]);
    lane.read(1, [hit(50)]);
    assert.equal(only(lane.cut()).ledger.carried_out, 2);
    lane.idle(1, true);
    assert.deepEqual(lane.cut(), []);
    lane.read(1, [hit(43)]);
    assert.equal(only(lane.cut()).late_hits, 0);
    assert.equal(only(lane.flush()).orbit_first, 43);
  });

  it('carries a waiting row until the flush, which publishes it as the orbit it claims', () => {
    const lane = laneOf(0);
    lane.read(0, [hit(10), hit(10 + 2 ** 30), hit(11)]);
    const first = only(lane.cut());
    assert.deepEqual([orbitsOf([first]), first.ledger.carried_out], [[[10, 11]], 1]);
    const last = only(lane.flush());
    assert.deepEqual([orbitsOf([last]), last.ledger.carried_in, last.late_hits], [[[10 + 2 ** 30]], 1, 0]);
  });

  it('counts a row late that claims a closed orbit', () => {
    const lane = laneOf(0);
    lane.read(0, [hit(2 ** 30), hit(5)]);
    lane.cut();
    const last = only(lane.flush());
    assert.deepEqual([last.hit_count, last.late_hits, last.orbits, last.orbit_first], [1, 1, 0, null]);
  });

  it('releases a row that has waited for 65,536 others in the middle of the stream', () => {
    const lane = laneOf(0);
    lane.read(0, [hit(2 ** 30), hit(5)]);
    lane.cut();
    lane.read(0, hits(2 ** 30, waitRows));
    const message = only(lane.cut());
    assert.deepEqual([message.late_hits, message.late_orbits, message.ledger.carried_out], [2, 2, 0]);
    assert.deepEqual(lane.flush(), []);
  });

  it('lists orbits by number but names the first and last by time across a wrap', () => {
    const lane = laneOf(0);
    lane.read(0, [hit(wrap - 1), hit(0), hit(wrap - 1, 1)]);
    const message = only(lane.flush());
    assert.deepEqual(message.active_tdc_chamber[0], { bin_edges: [0, wrap - 1], hist_counts: [1, 2] });
    assert.deepEqual([message.orbit_first, message.orbit_last, message.orbits], [wrap - 1, 0, 2]);
  });

  it('closes a whole run when a new one begins and publishes one message a run, the first with the rows read', () => {
    const lane = laneOf(4);
    lane.read(0, [hit(9 * near), hit(9 * near + 8)]);
    lane.cut();
    lane.read(0, [...hits(100), scintillator(101), { kind: 'dropped', reason: 'head' }]);
    const messages = lane.cut();
    assert.deepEqual(
      messages.map(({ run, msg_ID }) => [run, msg_ID]),
      [
        [0, 1],
        [1, 2],
      ],
    );
    assert.deepEqual(orbitsOf(messages), [
      [9 * near + 8],
      [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111],
    ]);
    const ledgers = messages.map(({ ledger }) => [
      ledger.rows_read,
      ledger.carried_in,
      ledger.hits,
      ledger.carried_out,
    ]);
    assert.deepEqual(ledgers, [
      [18, 1, 1, 17],
      [0, 17, 12, 4],
    ]);
    assert.deepEqual(
      messages.map(({ ledger }) => ledger.dropped.head),
      [1, 0],
    );
    assert.deepEqual(
      messages.map(({ ledger }) => ledger.scintillator),
      [0, 1],
    );
  });

  it('closes the run before even when the lateness is longer than a run', () => {
    const lane = laneOf(2 ** 50);
    lane.read(0, [hit(9 * near), ...hits(0)]);
    const [message, ...others] = lane.cut();
    assert.deepEqual([message.run, orbitsOf([message]), others.length], [0, [[9 * near]], 0]);
    assert.equal(only(lane.flush()).run, 1);
  });

  it('keeps a run open while another partition is still in it, and one raw orbit of two runs apart', () => {
    const lane = laneOf(0, [0, 1]);
    lane.read(0, [hit(9 * near, 1), ...hits(0)]);
    lane.read(1, [hit(9 * near, 2)]);
    const first = only(lane.cut());
    assert.deepEqual([first.run, first.active_tdc_chamber[0].hist_counts], [0, [2]]);
    lane.read(0, hits(9 * near, 1).concat(hits(16, 16)));
    lane.read(1, [hit(9 * near, 3), ...hits(0, 17)]);
    const messages = lane.cut();
    assert.deepEqual(
      messages.map((message) => [message.run, message.late_hits, message.orbits]),
      [
        [0, 1, 0],
        [1, 0, 17],
      ],
    );
    assert.deepEqual(
      lane.flush().map((message) => [message.run, message.late_hits, message.orbits]),
      [[1, 1, 15]],
    );
  });

  it('gives a message without a published row the run of the watermark', () => {
    const lane = laneOf(0);
    lane.read(0, [hit(9 * near), ...hits(0)]);
    lane.cut();
    lane.read(0, [{ kind: 'rejected', reason: 'fields' }]);
    assert.equal(only(lane.cut()).run, 1);
  });

  it('says a hole in the message after the rows before it, and one that stands alone in its own', () => {
    const lane = laneOf(0, [0, 1]);
    lane.read(0, [hit(10)]);
    lane.read(1, [hit(10)]);
    const before = only(lane.lose(0, 1, 4));
    assert.deepEqual([before.hit_count, before.lost], [2, undefined]);
    assert.deepEqual(lane.lose(1, 1, 2), []);
    const { ledger, lost } = only(lane.cut());
    assert.deepEqual([ledger.rows_read, lost], [0, { 0: [[1, 4, 'retention']], 1: [[1, 2, 'retention']] }]);
    assert.deepEqual(lane.flush(), []);
  });
});
