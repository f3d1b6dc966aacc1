import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../src/domain/batch-message.js';
import { defaultGeometry as geometry } from '../../src/domain/geometry.js';
import { run591Words } from '../helpers/run591.js';
import { isSettled, splitArbitrary, streamArbitrary } from './arbitraries.js';
import { rowsOfMessage } from './classify.js';
import type { ModelMessage } from './model.js';
import { recount, totalsOf } from './recount.js';
import { directMessages, laneMessages, modelViewOf, rowsOf } from './replay.js';

const anyLane = fc.record({
  geometry: fc.constant(geometry),
  lateness: fc.constantFrom(0, 3, 41, 4096, 2 ** 33),
  waitRows: fc.constantFrom(16, 30, 65_536),
});
const anySplit = splitArbitrary({ idle: true });
const settled = streamArbitrary({ corrupt: false, disorder: 40, settledPartitions: 4, marks: true });
const unmarked = streamArbitrary({ corrupt: false, disorder: 40, settledPartitions: 4 });

const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const lateHits = (messages: readonly ModelMessage[]): number => add(messages.map((message) => message.late_hits));

describe('the messages of a lane', () => {
  it('balance, chain and are numbered in order, whatever the stream', () => {
    fc.assert(
      fc.property(streamArbitrary({ marks: true }), anySplit, anyLane, ({ lines }, split, lane) => {
        let carried = 0;
        const messages = laneMessages(lines, split, lane);
        messages.forEach(({ msg_ID, ledger, hit_count, hit_count_chamber, late_hits, late_orbits }, index) => {
          const fates = add([...Object.values(ledger.dropped), ...Object.values(ledger.rejected)]);
          const out = ledger.hits + ledger.scintillator + fates + ledger.carried_out;
          assert.equal(msg_ID, index);
          assert.equal(ledger.carried_in, carried);
          assert.equal(ledger.rows_read + ledger.carried_in, out);
          assert.equal(hit_count, ledger.hits);
          assert.equal(hit_count, add(hit_count_chamber));
          assert.ok(late_orbits <= late_hits && late_hits <= hit_count);
          carried = ledger.carried_out;
        });
        assert.equal(carried, 0);
        assert.equal(add(messages.map(({ ledger }) => ledger.rows_read)), rowsOf(lines).length);
      }),
    );
  });

  it('count every hit once, whatever the stream', () => {
    fc.assert(
      fc.property(streamArbitrary({ marks: true }), anySplit, anyLane, ({ lines }, split, lane) => {
        const expected = recount(rowsOf(lines), geometry);
        const totals = totalsOf(laneMessages(lines, split, lane), geometry);
        assert.deepEqual([totals.hit_count, totals.channels], [expected.hit_count, expected.channels]);
      }),
    );
  });

  it('agree in themselves about orbits, whatever the stream', () => {
    fc.assert(
      fc.property(streamArbitrary({ marks: true }), anySplit, anyLane, ({ lines }, split, lane) => {
        for (const message of laneMessages(lines, split, lane)) {
          const edges = geometry.chambers.map((_, chamber) => message.active_tdc_chamber[chamber].bin_edges);
          assert.equal(message.orbits === 0, message.orbit_first === null && message.orbit_last === null);
          assert.ok(message.orbits <= add(edges.map((list) => list.length)));
          assert.ok(new Set(edges.flat()).size <= message.orbits);
          edges.forEach((list, chamber) => {
            const { hist_counts } = message.active_tdc_chamber[chamber];
            const distribution = message.active_channels_chamber[chamber];
            assert.deepEqual(
              [...list].sort((a, b) => a - b),
              list,
            );
            assert.deepEqual(
              distribution.map((_, n) => hist_counts.filter((count) => count === n).length),
              distribution,
            );
            assert.equal(distribution[0], 0);
          });
        }
      }),
    );
  });

  it('name each orbit of a run in one message only, however late its hits', () => {
    fc.assert(
      fc.property(settled, anySplit, anyLane, ({ lines }, split, { lateness }) => {
        fc.pre(isSettled(lines, split));
        const named = laneMessages(lines, split, { geometry, lateness }).flatMap((message) => {
          const edges = geometry.chambers.flatMap((_, chamber) => message.active_tdc_chamber[chamber].bin_edges);
          return [...new Set(edges)].map((orbit) => `${message.run}/${orbit}`);
        });
        assert.equal(new Set(named).size, named.length);
      }),
    );
  });

  it('add up to the recount, with nothing late, when every hit comes in less than the lateness', () => {
    fc.assert(
      fc.property(settled, splitArbitrary(), fc.constantFrom(41, 4096, 2 ** 33), ({ lines }, split, lateness) => {
        fc.pre(isSettled(lines, split));
        const messages = laneMessages(lines, split, { geometry, lateness });
        assert.equal(lateHits(messages), 0);
        assert.deepEqual(totalsOf(messages, geometry), recount(rowsOf(lines), geometry));
      }),
    );
  });

  it('add up to the recount whenever nothing is late', () => {
    fc.assert(
      fc.property(settled, anySplit, anyLane, ({ lines }, split, { lateness }) => {
        fc.pre(isSettled(lines, split));
        const messages = laneMessages(lines, split, { geometry, lateness });
        fc.pre(lateHits(messages) === 0);
        assert.deepEqual(totalsOf(messages, geometry), recount(rowsOf(lines), geometry));
      }),
    );
  });

  it('add up to the same for every batch size of direct mode', () => {
    fc.assert(
      fc.property(unmarked, fc.integer({ min: 1, max: 300 }), ({ lines }, batchRows) => {
        const rows = rowsOf(lines);
        const messages = directMessages(rows, { geometry, lateness: 41, batchRows });
        assert.deepEqual(totalsOf(messages, geometry), recount(rows, geometry));
        const full = Math.floor(rows.length / batchRows);
        assert.deepEqual(
          messages.map(({ ledger }) => ledger.rows_read).filter((read) => read > 0),
          [...new Array<number>(full).fill(batchRows), rows.length % batchRows].filter((read) => read > 0),
        );
      }),
    );
  });

  it('are compared with real ones by what both speak of', () => {
    const [message] = directMessages([{ kind: 'scintillator', orbit: 5 }], { geometry, lateness: 0, batchRows: 10 });
    const { orbit_first, orbit_last, ...shared } = message;
    const real: BatchMessage = {
      ...shared,
      schema: 1,
      orbit_detail: 'full',
      batch: { opened: '', closed: '', duration_ms: 0, orbit_first, orbit_last },
      producer: 'dtstream/0',
      lanes: 1,
      input: { 0: [0, 1] },
    };
    assert.deepEqual(modelViewOf(real), message);
  });

  it('add up to the known totals of run 591', (t) => {
    const words = run591Words();
    if (words === undefined) {
      t.skip('the data of run 591 is not here');
      return;
    }
    const rows = rowsOfMessage(words, geometry, 'words');
    const messages = directMessages(rows, { geometry, lateness: 4096, batchRows: 5000 });
    const chambers = [0, 1, 2, 3].map((chamber) => add(messages.map((message) => message.hit_count_chamber[chamber])));
    assert.deepEqual(chambers, [24253, 35907, 60564, 36572]);
    assert.equal(add(messages.map(({ ledger }) => ledger.dropped.channel)), 2320);
    assert.equal(add(messages.map(({ ledger }) => add(Object.values(ledger.rejected)))), 0);
    assert.equal(lateHits(messages), 0);
    assert.deepEqual(totalsOf(messages, geometry), recount(rows, geometry));
  });
});
