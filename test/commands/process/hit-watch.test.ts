import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HitWatch } from '../../../src/commands/process/no-hits-warning.js';
import { emptyLedger } from '../../../src/domain/summary.js';
import { testConsole } from '../../helpers/program/test-process.js';

/** What a watch says of messages with so many hits and late ones, each followed by a look. */
function saidOf(source: 'topic' | 'input', messages: readonly (readonly [hits: number, late: number])[]): string[][] {
  const { console, process } = testConsole();
  const watch = new HitWatch(console, { lateness: 4096, source });
  const said = messages.map(([hits, late]) => {
    watch.add({ ledger: { ...emptyLedger(), hits }, late_hits: late, late_orbits: late });
    watch.sayOnce();
    return process.saidLines();
  });
  watch.sayLate();
  return [...said, process.saidLines()];
}

/** What a watch says of messages with so many rows, of which some are hits and others break a rule, each followed by a look. */
function saidOfRejected(messages: readonly (readonly [rows: number, hits: number, fields: number])[]): string[][] {
  const { console, process } = testConsole();
  const watch = new HitWatch(console, { lateness: 4096, source: 'topic' });
  return messages.map(([rows, hits, fields]) => {
    const { rejected, ...others } = emptyLedger();
    watch.add({ ledger: { ...others, rows_read: rows, hits, rejected: { ...rejected, fields } }, late_hits: 0, late_orbits: 0 }); // prettier-ignore
    if (fields > 0) {
      const headers = { partition: '3', offset: '7', line: '1' };
      const values = Buffer.from('1,2');
      watch.addRejected([{ partition: 0, headers, values, valueEnds: Uint32Array.of(3) }]);
    }
    watch.sayRejected();
    return process.saidLines();
  });
}

describe('HitWatch', () => {
  const few = /^5 hits of 900 \(0\.6 %\) came late, .*: 5 orbits are counted in part; sort the rows by ORBIT_CNT/;
  const many = /^25 hits of 1,000 \(2\.5 %\) came late, .*; has the orbit counter restarted \(produce --new-run\)/;

  it('warns of the first late hits, once when they are many, and at the end of more', () => {
    const [first, again, now, later, end] = saidOf('topic', [[900, 5], [50, 0], [50, 20], [1000, 900]]); // prettier-ignore
    assert.deepEqual([first.length, again.length, now.length, later.length, end.length], [1, 0, 1, 0, 1]);
    assert.match(first[0], few);
    assert.match(now[0], many);
    assert.match(end[0], /^925 hits of 2,000 \(46 %\)/);
  });

  it('says once what is so from the first, and nothing where no hit is late', () => {
    assert.deepEqual(
      saidOf('topic', [[1000, 25], [9000, 0]]).map(({ length }) => length), // prettier-ignore
      [1, 0, 0],
    );
    assert.match(saidOf('topic', [[1000, 25]])[0][0], many);
    assert.deepEqual(saidOf('topic', [[5000, 0]]), [[], []]);
  });

  it('warns once that more than 1 % of at least 1,000 rows are rejected, with the first of them', () => {
    assert.deepEqual(
      saidOfRejected([
        [999, 900, 99],
        [1, 1, 0],
        [500, 400, 100],
      ]),
      [
        // prettier-ignore
        [],
        [
          '99 of 1,000 rows rejected (99 not six fields); the first rejected row (partition 3, offset 7, line 1): ' +
            '2 fields, must be 6; dtstream rejected lists more',
        ],
        [],
      ],
    );
    assert.deepEqual(saidOfRejected([[10_000, 9900, 100]]), [[]]);
    // Without a hit another warning has it.
    assert.deepEqual(saidOfRejected([[10_000, 0, 9000]]), [[]]);
  });

  it('names no flag of produce for inputs of its own, nor for a share of a few hits', () => {
    assert.match(
      saidOf('input', [[1000, 25]])[0][0],
      /; sort the rows by ORBIT_CNT, raise --lateness, or use --lateness all$/,
    );
    assert.match(saidOf('topic', [[999, 500]])[0][0], /; sort the rows by ORBIT_CNT, or raise --lateness$/);
  });
});
