import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressText, RecentRate } from '../../../src/commands/console/progress.js';

describe('progressText', () => {
  it('tells rows and rate where the end is not known', () => {
    const fast = { elapsedMs: 2000, rowsPerSecond: 6_172_839 };
    assert.equal(progressText({ rows: 12_345_678, share: undefined }, fast), '12,345,678 rows, 6.17 M rows/s');
    const none = { elapsedMs: 1500, rowsPerSecond: 0 };
    assert.equal(progressText({ rows: 0, share: 0 }, none), '0 rows, 0 rows/s');
  });

  it('tells small rates in rows per second', () => {
    const texts = [980.4, 99_999, 100_000].map((rowsPerSecond) =>
      progressText({ rows: 21_180, share: undefined }, { elapsedMs: 60_000, rowsPerSecond }),
    );
    assert.deepEqual(texts, ['21,180 rows, 980 rows/s', '21,180 rows, 99,999 rows/s', '21,180 rows, 0.10 M rows/s']);
  });

  it('tells what is left where the share that is done is known', () => {
    const text = progressText({ rows: 3_000_000, share: 0.25 }, { elapsedMs: 3000, rowsPerSecond: 1e6 });
    assert.equal(text, '3,000,000 rows, 1.00 M rows/s, 25 %, 9 s left');
    const over = progressText({ rows: 10, share: 1 }, { elapsedMs: 1000, rowsPerSecond: 10 });
    assert.equal(over, '10 rows, 10 rows/s, 100 %, 0 s left');
  });
});

describe('RecentRate', () => {
  it('is the rate of the last seconds, whatever it was before', () => {
    const rate = new RecentRate();
    for (let s = 1; s <= 20; s++) assert.equal(rate.at(s * 1000, s * 1000), 1000);
    for (let s = 21; s <= 40; s++) rate.at(20_000 + (s - 20) * 50, s * 1000);
    assert.equal(rate.at(21_050, 41_000), 50);
  });

  it('forgets that nothing came for a minute within ten seconds', () => {
    const rate = new RecentRate();
    let last = 0;
    for (let s = 60; s <= 71; s++) last = rate.at((s - 59) * 1000, s * 1000);
    assert.equal(last, 1000);
  });
});
