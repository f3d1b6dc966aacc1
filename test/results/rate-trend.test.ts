import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RateTrend } from '../../src/results/rate-trend.js';
import { sampleMessage, sampleStartMs } from '../tui/sample-messages.js';

const minute = Math.ceil(sampleStartMs / 300_000) * 300_000;

describe('rates over time', () => {
  const add = (trend: RateTrend, openedMs: number, closedMs: number, hits: number): void => {
    const message = { ...sampleMessage(0), hit_count: hits, hit_count_chamber: [hits / 4, (3 * hits) / 4] };
    trend.add({ openedMs: minute + openedMs, closedMs: minute + closedMs }, message, undefined);
  };

  it('are those of each column of the clock, a message being spread over its time', () => {
    const trend = new RateTrend();
    add(trend, 0, 2000, 200);
    add(trend, 2500, 3500, 300);
    const { all, chambers, endMs } = trend.columns(1, 6, minute + 3500);
    assert.deepEqual(all, [undefined, undefined, 100, 100, 300, 300]);
    assert.deepEqual(chambers[1].slice(2), [75, 75, 225, 225]);
    assert.equal(endMs, minute + 4000);
    assert.deepEqual(trend.columns(5, 2, minute + 3500).all, [undefined, 500 / 3]);
    assert.deepEqual(trend.columns(60, 1, minute + 3500).all, [500 / 3]);
  });

  it('reach back a day in minutes and 80 minutes in seconds', () => {
    const trend = new RateTrend();
    for (let at = 0; at < 24 * 60; at++) add(trend, at * 60_000, (at + 1) * 60_000 - 1, 60_000);
    const last = minute + 24 * 3600_000 - 1;
    assert.equal(trend.columns(300, 288, last).all.filter((rate) => rate !== undefined).length, 288);
    assert.equal(trend.columns(20, 240, last).all.filter((rate) => rate !== undefined).length, 240);
    assert.equal(trend.columns(1, 240, last).all[0] !== undefined, true);
  });

  it('keep the highest backlog of a column, and over the second between two looks', () => {
    const trend = new RateTrend();
    add(trend, 0, 5000, 100);
    trend.noteLag(30, minute + 1000);
    trend.noteLag(2720, minute + 1500);
    trend.noteLag(0, minute + 4000);
    assert.deepEqual(trend.columns(1, 5, minute + 4999).lag, [undefined, 2720, 2720, undefined, 0]);
    assert.deepEqual(trend.columns(5, 1, minute + 4999).lag, [2720]);
  });
});
