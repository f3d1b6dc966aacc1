import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Ledger } from '../../src/domain/batch-message.js';
import type { Warning } from '../../src/quality/events.js';
import { warningSchema } from '../../src/quality/events.js';
import type { QualityReference } from '../../src/quality/quality-reference.js';
import { type LookCounts, Warnings } from '../../src/quality/warnings.js';
import { type LaneMessage, laneMessage, slotS } from './lane-message.js';

const shown = (found: readonly Warning[]): string[] => {
  for (const warning of found) warningSchema.parse(warning);
  return found.map(
    ({ test, state, chamber, text }) => `${state} ${test}${chamber === undefined ? '' : ` ${chamber}`}: ${text}`,
  );
};

function look(counts: Partial<LookCounts> = {}, chamber: Partial<LookCounts['chambers'][number]> = {}): LookCounts {
  const quiet = { hits: 5000, repeats: 0, duplicates: 0, bursts: 0, active: [0, 4000, 1000] };
  const chambers = [quiet, { ...quiet, ...chamber }];
  return { rowsRead: 10_000, rejected: { fields: 0, number: 0, range: 0 }, droppedChannel: 0, chambers, ...counts };
}

/** What the same look, several times, tells. */
const looks = (warnings: Warnings, times: number, of: LookCounts): string[] =>
  Array.from({ length: times }, () => shown(warnings.look(of))).flat();
const message = (warnings: Warnings, of: LaneMessage): string[] =>
  shown(warnings.message({ message: laneMessage(of), lanes: of.lanes ?? 1 }));

describe('Warnings of messages', () => {
  it('tell a gap once, whatever the number of lanes that see it, with its length and place', () => {
    const warnings = new Warnings();
    const gap = { live: 176, gaps: 1, gap_slots: 36_837 };
    assert.deepEqual(message(warnings, { lane: 0, lanes: 2, last: 10 }), []);
    const of = laneMessage({ lane: 0, lanes: 2, id: 1, last: 40_000, slots: gap });
    const [found] = warnings.message({ message: of, lanes: 2 });
    assert.deepEqual(found, {
      event: 'warning',
      test: 'orbit_gap',
      state: 'WARNING',
      since: '2026-05-01T12:00:01.000Z',
      since_orbit: 40_000 * 64,
      since_s: 176 * slotS,
      observed: (36_837 * (176 * slotS)) / 176,
      expected: null,
      text: 'no orbit for 210 s: a gap of 36837 slots, not live time',
    });
    assert.deepEqual(message(warnings, { lane: 1, lanes: 2, id: 1, last: 40_001, slots: gap }), []);
    assert.equal(message(warnings, { lane: 1, lanes: 2, id: 2, last: 90_001, slots: gap }).length, 1);
  });

  it('tell a new run once, and count its live time from 0', () => {
    const warnings = new Warnings();
    const run = (lane: number, run: number, last: number) => warnings.message({ message: laneMessage({ lane, lanes: 2, run, last }), lanes: 2 }); // prettier-ignore
    assert.deepEqual([run(0, 3, 10), run(1, 3, 11)].flat(), []);
    assert.deepEqual(shown(run(0, 4, 1)), ['WARNING new_run: run 4 has begun']);
    assert.deepEqual(run(1, 4, 2), []);
    const [next] = run(0, 5, 1);
    assert.equal(next.since_s, 88 * slotS);
  });

  it('tell late hits once, until ten looks had none', () => {
    const warnings = new Warnings();
    const text = 'WARNING late_hits: 7 hits came after the orbit was published; --lateness of process may be too small';
    assert.deepEqual(message(warnings, { last: 1, lateHits: 7 }), [text]);
    assert.deepEqual(looks(warnings, 10, look()), []);
    assert.deepEqual(message(warnings, { last: 2, lateHits: 1 }), []);
    assert.deepEqual(looks(warnings, 10, look()), []);
    assert.deepEqual(looks(warnings, 5, look()), ['ENDED late_hits: no late hits any more']);
    assert.equal(message(warnings, { last: 3, lateHits: 1 }).length, 1);
  });

  it('tell rows without a hit after 3 s, but not while rows wait for their orbit, nor while none come', () => {
    const warnings = new Warnings();
    const at = (closedS: number, ledger: Partial<Ledger>) => message(warnings, { last: null, closedS, ledger });
    assert.deepEqual(at(1, { rows_read: 100, carried_in: 0, carried_out: 100 }), [], 'a slow start');
    assert.deepEqual(at(5, { rows_read: 100, carried_in: 100, carried_out: 200 }), []);
    assert.deepEqual(at(6, { rows_read: 9, carried_in: 200, carried_out: 200 }), []);
    assert.deepEqual(at(100, {}), [], 'no rows: the feed is away');
    assert.deepEqual(at(101, { rows_read: 9, carried_in: 200, hits: 100, carried_out: 101 }), [], 'a hit');
    for (const closedS of [102, 103]) assert.deepEqual(at(closedS, { rows_read: 9 }), []);
    assert.deepEqual(at(104, { rows_read: 9 }), [
      'WARNING no_data: rows came for 3.0 s without a hit or a trigger: is the detector off?',
    ]);
    assert.deepEqual(at(105, { rows_read: 9 }), []);
    assert.deepEqual(at(106, { rows_read: 9, hits: 1 }), ['ENDED no_data: hits come again']);
  });

  it('tell a silent lane until its next message', () => {
    const warnings = new Warnings();
    message(warnings, { lane: 0, lanes: 2, last: 10 });
    const text = 'WARNING lane_silent: g/1 has published nothing for 10 s while other lanes did';
    assert.deepEqual(shown(warnings.laneSilent('g/1', 10)), [text]);
    assert.deepEqual(warnings.laneSilent('g/1', 11), []);
    assert.deepEqual(message(warnings, { lane: 0, lanes: 2, last: 20 }), []);
    assert.deepEqual(message(warnings, { lane: 1, lanes: 2, last: 30 }), ['ENDED lane_silent: g/1 publishes again']);
    assert.equal(warnings.laneSilent('g/1', 10).length, 1);
  });
});

describe('Warnings of looks', () => {
  const shares: readonly (readonly [string, LookCounts, LookCounts, string])[] = [
    ['duplicates', look({}, { duplicates: 51 }), look({}, { duplicates: 24 }), '1.02 % of the hits of chamber 1 are duplicates, limit 1 %'],
    ['bursts', look({}, { bursts: 6 }), look({}, { bursts: 2 }), '0.12 % of the orbits of chamber 1 are bursts, limit 0.1 %'],
    [
      'corrupt_rows',
      look({ rejected: { fields: 9, number: 0, range: 3 }, droppedChannel: 9 }),
      look({ rejected: { fields: 4, number: 0, range: 0 } }),
      '0.12 % of the rows are rejected (fields 9, range 3), limit 0.1 %',
    ],
    [
      'corrupt_rows',
      look({ rejected: { fields: 9, number: 0, range: 0 }, droppedChannel: 12 }),
      look({ droppedChannel: 4 }),
      '0.12 % of the rows are of no channel, limit 0.1 %',
    ],
  ]; // prettier-ignore
  for (const [test, above, low, text] of shares) {
    it(`tell ${test} over ten looks, and their end when they were below half the limit for ten`, () => {
      const warnings = new Warnings();
      assert.deepEqual(looks(warnings, 9, above), []);
      assert.match(
        looks(warnings, 1, above).join('\n'),
        new RegExp(`^WARNING ${test}( 1)?: ${text.replace(/[().]/g, '\\$&')}$`),
      );
      assert.deepEqual(looks(warnings, 50, above), []);
      const ended = looks(warnings, 40, low);
      assert.equal(ended.length, 1);
      assert.match(ended[0], new RegExp(`^ENDED ${test}`));
    });
  }

  it('tell nothing of a torn record of 40 rows', () => {
    const warnings = new Warnings();
    assert.deepEqual(looks(warnings, 20, look({ rowsRead: 100 })), []);
    looks(warnings, 1, look({ rowsRead: 100, rejected: { fields: 40, number: 0, range: 0 } }));
    assert.deepEqual(looks(warnings, 20, look({ rowsRead: 100 })), []);
  });

  it('take what is usual from the reference, and tell repeats with one only', () => {
    const unused = { activeSlots: [], activeOrbits: [], single: [], gated: [], matched: 0, inTime: 0, notLearned: [] };
    const drift = { tick_first: 0, ticks_bin: 1, offset_ns: 0, under: 0, over: 0, counts: [] };
    const chamber = { ...unused, drift, active: [0, 1000], hits: 1000, repeats: 100, bursts: 2 };
    const reference: QualityReference = {
      geometry: '0123456789ab',
      name: 'test',
      slots: 176,
      liveS: 1,
      triggerOrbits: 0,
      rowsRead: 1000,
      corrupt: 10,
      orbits: null,
      chambers: [chamber, chamber],
    };
    const usual = look({ droppedChannel: 200 }, { bursts: 90, repeats: 1900 });
    assert.deepEqual(looks(new Warnings(reference), 20, usual), []);
    assert.equal(looks(new Warnings(), 20, usual).length, 2);
    const more = look({ droppedChannel: 400 }, { bursts: 110, repeats: 2100 });
    assert.deepEqual(looks(new Warnings(reference), 20, more).map((line) => line.replace(/:.*/, '')), [
      'WARNING corrupt_rows',
      'WARNING bursts 1',
      'WARNING repeats 1',
    ]); // prettier-ignore
  });

  it('tell rejected rows where rows of no channel are usual, unless the reference does not tell them apart', () => {
    const reference = {
      geometry: '',
      name: 'test',
      slots: 176,
      liveS: 1,
      triggerOrbits: 0,
      orbits: null,
      chambers: [],
    };
    const usual = { ...reference, rowsRead: 1000, corrupt: 15 };
    const broken = look({ rejected: { fields: 20, number: 0, range: 0 }, droppedChannel: 150 });
    assert.deepEqual(looks(new Warnings({ ...usual, rejected: 0 }), 20, broken), [
      'WARNING corrupt_rows: 0.2 % of the rows are rejected (fields 20), limit 0.1 %',
    ]);
    assert.deepEqual(looks(new Warnings(usual), 20, broken), []);
  });

  it('begin and end in turn, each within the looks of the share', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(150)), { maxLength: 20 }), (parts) => {
        const warnings = new Warnings();
        const states = parts.flatMap(([times, duplicates]) =>
          looks(warnings, times, look({}, { duplicates })).map((line) => line.split(' ')[0]),
        );
        assert.deepEqual(
          states,
          states.map((_, at) => (at % 2 === 0 ? 'WARNING' : 'ENDED')),
        );
      }),
    );
  });
});
