import assert from 'node:assert/strict';
import type { BatchMessage, SeenHistogram } from '../../../src/domain/batch-message.js';

/** Asserts what docs/wire-format.md promises of every message and of consecutive ones of one producer, in order. */
export function assertMessageLaws(messages: readonly BatchMessage[]): void {
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    assertAgrees(message);
    assert.equal(message.msg_ID, before === undefined ? message.msg_ID : before.msg_ID + 1);
    assert.equal(message.ledger.carried_in, before?.ledger.carried_out ?? 0);
    assert.ok(message.run >= (before?.run ?? 0));
  });
}

/** What the numbers of one message have to do with each other. */
function assertAgrees(message: BatchMessage): void {
  const { ledger, hit_count, hit_count_chamber, tdc_counts_chamber, active_channels_chamber } = message;
  const { dropped, rejected } = ledger;
  assert.equal(
    ledger.rows_read + ledger.carried_in,
    ledger.hits +
      ledger.scintillator +
      total(Object.values(dropped)) +
      total(Object.values(rejected)) +
      (ledger.carried_lost ?? 0) +
      ledger.carried_out,
  );
  assert.deepEqual([hit_count, total(hit_count_chamber)], [ledger.hits, ledger.hits]);
  assert.ok(message.late_orbits <= message.late_hits && message.late_hits <= hit_count);
  assert.equal(message.orbits === 0, message.batch.orbit_first === null && message.batch.orbit_last === null);
  hit_count_chamber.forEach((count, chamber) => {
    const channels = tdc_counts_chamber[chamber];
    const orbits = message.active_tdc_chamber[chamber];
    const distribution = active_channels_chamber[chamber];
    assertSeen(channels);
    assertSeen(orbits);
    assert.equal(total(channels.hist_counts), count);
    assertSpread(message, chamber);
    assert.ok(distribution[0] === 0 && total(distribution) <= message.orbits);
    if (message.orbit_detail !== 'full') {
      assert.deepEqual(orbits.bin_edges, []);
      return;
    }
    const listed = distribution.map((_, active) => orbits.hist_counts.filter((counts) => counts === active).length);
    assert.deepEqual(listed, distribution);
  });
}

/** The dense counts are those by channel of the board, at their place in the chamber. */
function assertSpread({ chambers, channel_hits_chamber, tdc_counts_chamber }: BatchMessage, chamber: number): void {
  const place = chambers?.[chamber];
  const dense = channel_hits_chamber?.[chamber];
  assert.ok(place !== undefined && dense !== undefined);
  const seen = [...dense.keys()].filter((channel) => dense[channel] > 0);
  assert.deepEqual(tdc_counts_chamber[chamber], {
    bin_edges: seen.map((channel) => place.channel_first + channel),
    hist_counts: seen.map((channel) => dense[channel]),
  });
  assert.equal(dense.length, place.channels);
}

/** Values ascending without repetition, a positive count for each. */
function assertSeen({ bin_edges, hist_counts }: SeenHistogram): void {
  assert.equal(bin_edges.length, hist_counts.length);
  assert.ok(bin_edges.every((value, index) => index === 0 || value > bin_edges[index - 1]));
  assert.ok(hist_counts.every((count) => count > 0));
}

/**
 * The active channels of every orbit of all messages, as `run orbit chamber count` lines in order.
 *
 * @throws AssertionError when an orbit of a chamber stands in two messages
 */
export function activeOrbits(messages: readonly BatchMessage[]): string[] {
  const seen = new Map<string, number>();
  for (const { run, active_tdc_chamber } of messages) {
    for (const [chamber, { bin_edges, hist_counts }] of Object.entries(active_tdc_chamber)) {
      bin_edges.forEach((orbit, index) => {
        const key = `${run} ${orbit} ${chamber}`;
        assert.ok(!seen.has(key), `orbit ${orbit} of run ${run} and chamber ${chamber} is in two messages`);
        seen.set(key, hist_counts[index]);
      });
    }
  }
  return [...seen].map(([key, count]) => `${key} ${count}`).sort();
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
