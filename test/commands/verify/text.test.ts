import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingText, verifyJson, verifyLines } from '../../../src/commands/verify/text.js';

describe('verifyLines', () => {
  it('counts one of a thing in the singular, and more of it in the plural', () => {
    const lines = (count: number): string[] =>
      verifyLines({
        ...{ lanes: 1, messages: count, messagesSkipped: count, rows: count, rowsOpen: count },
        ...{ hits: 200 * count, lateHits: count, lateOrbits: count, differences: [], differencesTotal: 0 },
        messagesGone: count,
        offsets: new Map([[0, [0, count]]]),
        incomplete: { lost: [], unread: [], undecided: [], carriedLost: 0 },
      });
    assert.deepEqual(lines(1), [
      'equal except 1 late orbit over 1 row (offsets 0: 0-1)',
      '1 of them is in an open orbit, not yet published',
      '1 hit came after its orbit was published',
      '1 older message is gone from the results (retention)',
      '1 older message not checked: of rows that are deleted, or from before a reset',
    ]);
    assert.match(lines(2000).join('\n'), /^equal except 2,000 late orbits over 2,000 rows .*\n2,000 of them are in/);
  });

  it('lists what the group has not counted, by partition', () => {
    const report = {
      ...{ lanes: 1, messages: 2, messagesSkipped: 0, messagesGone: 0, rows: 10, rowsOpen: 0 },
      ...{ hits: 10, lateHits: 0, lateOrbits: 0 },
      ...{ differences: [], differencesTotal: 0, offsets: new Map([[0, [5, 15] as const]]) },
      incomplete: {
        lost: [
          { partition: 0, records: 7 },
          { partition: 0, offsets: [3, 5] as const, records: 2 },
        ],
        unread: [{ partition: 1, offsets: [0, 4] as const, records: 1 }],
        undecided: [{ partition: 2, offsets: [40, 42] as const, records: 2 }],
        carriedLost: 3,
      },
    };
    assert.deepEqual(verifyLines(report), [
      'equal over 10 rows (offsets 0: 5-15)',
      '  lost: partition 0, in deleted messages: 7 messages',
      '  lost: partition 0, offsets 3-5: 2 messages',
      '  unread: partition 1, offsets 0-4: 1 message',
      '  behind an open transaction: partition 2, offsets 40-42: 2 messages',
      '  lost: 3 rows of open orbits, deleted before the orbit was closed',
    ]);
    assert.equal(
      missingText(report),
      'equal, but not complete: 9 messages lost, 1 message unread, 2 messages behind an open ' +
        'transaction, 3 rows of open orbits lost',
    );
    const said: Record<string, unknown> = { ...verifyJson({ group: 'g', topic: 't' }, report) };
    assert.deepEqual(
      [said.result, said.lost, said.carried_lost],
      [
        'incomplete',
        [
          { partition: 0, offsets: null, messages: 7 },
          { partition: 0, offsets: [3, 5], messages: 2 },
        ],
        3,
      ],
    );
  });

  it('is no success when more than one hit in a hundred came late, and names what it may be', () => {
    const report = (lateHits: number) => ({
      ...{ lanes: 1, messages: 2, messagesSkipped: 0, messagesGone: 0 },
      ...{ rows: 1000, rowsOpen: 0, hits: 1000, lateHits, lateOrbits: 7 },
      ...{ differences: [], differencesTotal: 0, offsets: new Map([[0, [0, 1000] as const]]) },
      incomplete: { lost: [], unread: [], undecided: [], carriedLost: 0 },
    });
    assert.equal(missingText(report(10)), undefined);
    assert.match(
      missingText(report(11)) ?? '',
      /^equal, but 11 hits of 1,000 \(1\.1 %\) came late: 7 orbits are counted in part; has the orbit .*--new-run/,
    );
    const resultOf = (lateHits: number): unknown =>
      (({ ...verifyJson({ group: 'g', topic: 't' }, report(lateHits)) }) as Record<string, unknown>).result;
    assert.deepEqual([resultOf(10), resultOf(11)], ['equal', 'late']);
    const unread = { ...report(11).incomplete, unread: [{ partition: 0, offsets: [0, 4] as const, records: 4 }] };
    assert.match(
      missingText({ ...report(11), incomplete: unread }) ?? '',
      /^equal, but not complete: 4 messages unread; 11 hits/,
    );
  });
});
