import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  deletedText,
  finalText,
  LinePace,
  produceProgressText,
  shareOf,
  stallText,
  stopText,
} from '../../../src/commands/produce/progress.js';
import type { ProduceStatus } from '../../../src/pipeline/produce/produce.js';

function statusOf(status: Partial<ProduceStatus>): ProduceStatus {
  return {
    rows: 0,
    startMs: undefined,
    elapsedMs: 0,
    behindMs: 0,
    appendingMs: 0,
    inputIdleMs: 0,
    debtGivenUpMs: 0,
    inputWaitMs: 0,
    detector: undefined,
    deletedUnread: 0,
    progress: { sources: 0, bytesDone: 0 },
    ...status,
  };
}

describe('what produce says', () => {
  test('at the end is what was achieved of what was asked for', () => {
    const status = statusOf({ rows: 10_001, elapsedMs: 10_004 });
    const asked = { pace: 1000, rowsBefore: 0 };
    assert.equal(finalText(status, asked, false), '10,001 rows in 10.0 s: achieved 999.6 of 1,000 rows/s requested (99.96 %)');
    assert.equal(finalText(status, { pace: Infinity, rowsBefore: 0 }, false), '10,001 rows in 10.0 s: achieved 999.7 rows/s');
    const disturbed = statusOf({ rows: 1, elapsedMs: 0, debtGivenUpMs: 5000, inputWaitMs: 90_000 });
    assert.equal(
      finalText(disturbed, { pace: 1000, rowsBefore: 1234 }, true),
      'stopped after 1 row in 0.0 s, 1,234 rows were written before, 90.0 s without input, 5.0 s of the schedule skipped after long stops',
    );
  }); // prettier-ignore

  test('on the way is the rate of late, and what is left where the end is known', () => {
    const status = statusOf({ rows: 30_000, elapsedMs: 10_000 });
    const before = { rows: 25_000, elapsedMs: 5000 };
    const share = (rows: number): number => rows / 90_000;
    assert.equal(produceProgressText(status, before, { rowsBefore: 0, share }), '30,000 rows, 1,000 rows/s, 33 %, 20 s left');
    assert.equal(produceProgressText(status, before, { rowsBefore: 30_000, share }), '30,000 rows, 1,000 rows/s, 66 %, 10 s left');
    const idle = statusOf({ rows: 5, inputIdleMs: 1000 });
    assert.equal(produceProgressText(idle, before, { rowsBefore: 0, share: () => undefined }), '5 rows, waiting for input');
  }); // prettier-ignore

  test('of messages that nobody has read is how many are gone', () => {
    const status = statusOf({ rows: 2, elapsedMs: 1, deletedUnread: 1 });
    assert.match(finalText(status, { pace: Infinity, rowsBefore: 0 }, false), /rows\/s, 1 message deleted unread$/);
    assert.match(
      deletedText(268_733, 'data_raw'),
      /^268,733 messages of data_raw deleted: the topic is full and no group/,
    );
  });

  test('of an input that gives nothing is said ever more seldom, up to once an hour, until rows come', () => {
    const pace = new LinePace(0);
    const said: number[] = [];
    for (let second = 1; second <= 20_000; second++) if (pace.isDue(second * 1000, true)) said.push(second);
    assert.deepEqual(said.slice(0, 4), [5, 15, 35, 75]);
    assert.deepEqual(said.slice(-3).map((at, index) => at - said[said.length - 4 + index]), [3600, 3600, 3600]);
    assert.equal(said.length, 14);
    const again = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((second) => pace.isDue(20_000_000 + second * 1000, false));
    assert.equal(again.at(-1), (again.at(-2) ?? -Infinity) + 5);
  }); // prettier-ignore

  test('of a stall is who is to blame', () => {
    const asked = { pace: 1000, brokers: undefined };
    assert.equal(stallText(statusOf({ behindMs: 900, appendingMs: 900 }), asked), undefined);
    const late = statusOf({ rows: 8000, elapsedMs: 10_000, behindMs: 2000 });
    assert.equal(stallText(late, asked), 'cannot keep up: 2.0 s behind, 800 of 1,000 rows/s requested');
    const full = statusOf({ appendingMs: 3000, behindMs: 3000 });
    assert.equal(stallText(full, asked), 'the log has accepted no rows for 3.0 s; is it full?');
    const away = 'Kafka k1:9092 has accepted no rows for 3.0 s; is it down?';
    assert.equal(stallText(full, { ...asked, brokers: 'k1:9092' }), away);
  });

  test('knows its share by rows or by bytes, not of what has no end', () => {
    const files = [60, 40].map((bytesTotal) => ({ kind: 'file', name: 'run.csv', bytesTotal }) as const);
    const flags = { loop: false, follow: false };
    assert.equal(shareOf({ ...flags, limit: 50 }, files)(10, { sources: 0, bytesDone: 60 }), 0.2);
    assert.equal(shareOf(flags, files)(10, { sources: 1, bytesDone: 20 }), 0.8);
    const progress = { sources: 0, bytesDone: 30 };
    assert.equal(shareOf({ ...flags, loop: true }, files)(10, progress), undefined);
    assert.equal(shareOf(flags, [...files, { kind: 'stdin', name: 'stdin', bytesTotal: undefined }])(10, progress), undefined);
    assert.equal(shareOf(flags, [])(10, progress), undefined);
  }); // prettier-ignore

  test('of a stop is what it waits for, and with Kafka for how long at most', () => {
    assert.equal(
      stopText(undefined, 20_000),
      'stopping once the log has accepted the rows already read; a second signal quits immediately',
    );
    assert.equal(
      stopText('b:9092', 20_000),
      'stopping once Kafka b:9092 has accepted the rows already read, at most 20 s; a second signal quits immediately',
    );
  });
});
