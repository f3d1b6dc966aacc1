import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage, Ledger, SeenHistogram, Summary } from '../../src/domain/batch-message.js';
import { SummarySum } from '../../src/domain/summary.js';

/** One thing that a producer publishes: hits by chamber and channel, the rest of its ledger, and what it leaves open. */
interface Publication {
  readonly producer: string;
  readonly run: number;
  readonly hits: readonly { readonly chamber: number; readonly channel: number; readonly count: number }[];
  readonly others: readonly [number, number, number, number, number, number];
  readonly open: number;
  readonly late: number;
}

const anyPublication: fc.Arbitrary<Publication> = fc.record({
  producer: fc.constantFrom('a/0', 'a/1'),
  run: fc.nat(2),
  hits: fc.array(fc.record({ chamber: fc.nat(1), channel: fc.nat(127), count: fc.integer({ min: 1, max: 1000 }) })),
  others: fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(50)),
  open: fc.nat(30),
  late: fc.nat(3),
});

/** Messages whose ledgers balance and chain, by producer. */
function messagesOf(publications: readonly Publication[], firstId = 0): BatchMessage[] {
  const state = new Map<string, { nextId: number; carried: number }>();
  return publications.map((publication) => {
    const { nextId, carried } = state.get(publication.producer) ?? { nextId: firstId, carried: 7 };
    state.set(publication.producer, { nextId: nextId + 1, carried: publication.open });
    return messageOf(publication, nextId, carried);
  });
}

function messageOf(
  { producer, run, hits, others, open, late }: Publication,
  id: number,
  carriedIn: number,
): BatchMessage {
  const channels = [seenOf(hits, 0), seenOf(hits, 1)];
  const hitCounts = channels.map(({ hist_counts }) => total(hist_counts));
  const [scintillator, head, channel, fields, number, range] = others;
  const published = total(hitCounts) + total(others);
  return {
    msg_ID: id,
    hit_count: total(hitCounts),
    hit_count_chamber: hitCounts,
    tdc_counts_chamber: { 0: channels[0], 1: channels[1] },
    active_tdc_chamber: { 0: { bin_edges: [], hist_counts: [] }, 1: { bin_edges: [], hist_counts: [] } },
    schema: 1,
    run,
    producer,
    lanes: 2,
    batch: { opened: '', closed: '', duration_ms: 0, orbit_first: null, orbit_last: null },
    input: {},
    ledger: {
      rows_read: published + open - carriedIn,
      hits: total(hitCounts),
      scintillator,
      dropped: { head, channel },
      rejected: { fields, number, range },
      carried_in: carriedIn,
      carried_out: open,
    },
    late_hits: 2 * late,
    late_orbits: late,
    orbits: hits.length,
    active_channels_chamber: { 0: [0, hits.length, 1], 1: [0, 0, id] },
    orbit_detail: 'none',
  };
}

function seenOf(hits: Publication['hits'], chamber: number): SeenHistogram {
  const counts = new Map<number, number>();
  for (const hit of hits) {
    if (hit.chamber === chamber) counts.set(hit.channel, (counts.get(hit.channel) ?? 0) + hit.count);
  }
  const seen = [...counts].sort(([a], [b]) => a - b);
  return { bin_edges: seen.map(([value]) => value), hist_counts: seen.map(([, count]) => count) };
}

function summaryOf(messages: readonly BatchMessage[], chambers = 0): Summary {
  const sum = new SummarySum(chambers);
  for (const message of messages) sum.add(message);
  return sum.summary;
}

function ledgerSides(ledger: Ledger): [number, number] {
  const { rows_read, carried_in, hits, scintillator, dropped, rejected, carried_out } = ledger;
  const fates = [...Object.values(dropped), ...Object.values(rejected)];
  return [rows_read + carried_in, hits + scintillator + total(fates) + carried_out];
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

describe('SummarySum', () => {
  it('shows every chamber with nothing in it before anything is added', () => {
    const { hit_count_chamber, tdc_counts_chamber, active_channels_chamber, batches } = summaryOf([], 2);
    assert.deepEqual([hit_count_chamber, batches], [[0, 0], 0]);
    assert.deepEqual(tdc_counts_chamber['1'], { bin_edges: [], hist_counts: [] });
    assert.deepEqual(active_channels_chamber['1'], new Array(65).fill(0));
  });

  it('adds up channel by channel, with the channels ascending', () => {
    const hits = [
      { chamber: 1, channel: 70, count: 3 },
      { chamber: 1, channel: 64, count: 2 },
    ];
    const one: Publication = { producer: 'a/0', run: 0, hits, others: [0, 0, 0, 0, 0, 0], open: 0, late: 1 };
    const other: Publication = { ...one, hits: [{ chamber: 1, channel: 66, count: 1 }, ...hits], run: 1 };
    const summary = summaryOf(messagesOf([one, other]));
    assert.deepEqual(summary.tdc_counts_chamber['1'], { bin_edges: [64, 66, 70], hist_counts: [4, 1, 6] });
    assert.deepEqual([summary.hit_count_chamber, summary.hit_count], [[0, 11], 11]);
    assert.deepEqual([summary.batches, summary.runs, summary.late_hits, summary.late_orbits], [2, 2, 4, 2]);
    assert.deepEqual(summary.active_channels_chamber['0'], [0, 5, 2]);
  });

  describe('by channel of the chamber', () => {
    const hits = [{ chamber: 1, channel: 70, count: 3 }];
    const one: Publication = { producer: 'a/0', run: 0, hits, others: [0, 0, 0, 0, 0, 0], open: 0, late: 0 };
    const chambersFrom = (first: number) =>
      [0, first].map((channel_first) => ({ fpga: 1, channel_first, channels: 64 }));
    const [older, other] = messagesOf([one, one]);

    it('spreads the sums out, also with messages of older versions', () => {
      const summary = summaryOf([older, { ...other, chambers: chambersFrom(64) }]);
      assert.deepEqual(summary.chambers, chambersFrom(64));
      const dense = new Array<number>(64).fill(0);
      assert.deepEqual(summary.channel_hits_chamber, { 0: dense, 1: dense.with(6, 6) });
    });

    it('says nothing where no message does, they differ, or one has hits elsewhere', () => {
      const elsewhere = { ...other, chambers: chambersFrom(71) };
      const different = [{ ...older, chambers: chambersFrom(64) }, elsewhere];
      for (const messages of [[older, other], different, different.toReversed(), [older, elsewhere]]) {
        const { chambers, channel_hits_chamber, tdc_counts_chamber } = summaryOf(messages);
        assert.deepEqual([chambers, channel_hits_chamber], [undefined, undefined]);
        assert.deepEqual(tdc_counts_chamber['1'], { bin_edges: [70], hist_counts: [6] });
      }
    });

    it('shows the chambers before anything is added', () => {
      const { chambers, channel_hits_chamber } = new SummarySum(chambersFrom(64)).summary;
      const dense = new Array<number>(64).fill(0);
      assert.deepEqual([chambers, channel_hits_chamber], [chambersFrom(64), { 0: dense, 1: dense }]);
    });
  });

  it('does not depend on the order in which messages are added', () => {
    const anyOrder = fc
      .array(anyPublication, { maxLength: 12 })
      .chain((publications) => fc.tuple(fc.constant(messagesOf(publications)), fc.array(fc.nat(), { minLength: 12 })));
    fc.assert(
      fc.property(anyOrder, ([messages, ranks]) => {
        const shuffled = messages.map((message, index) => ({ message, rank: ranks[index] }));
        shuffled.sort((a, b) => a.rank - b.rank);
        assert.deepEqual(summaryOf(shuffled.map(({ message }) => message)), summaryOf(messages));
      }),
    );
  });

  it('has a ledger that balances, whichever stretch of the producers’ messages is added', () => {
    fc.assert(
      fc.property(fc.array(anyPublication), fc.nat(1000), (publications, firstId) => {
        const { ledger, hit_count, hit_count_chamber } = summaryOf(messagesOf(publications, firstId));
        const [rowsIn, rowsOut] = ledgerSides(ledger);
        assert.equal(rowsIn, rowsOut);
        assert.deepEqual([hit_count, total(hit_count_chamber)], [ledger.hits, ledger.hits]);
      }),
    );
  });
});
