import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressText } from '../../src/commands/progress.js';

describe('progressText', () => {
  it('tells rows and rate where the end is not known', () => {
    assert.equal(progressText({ rows: 12_345_678, share: undefined }, 2000), '12,345,678 rows, 6.17 M rows/s');
    assert.equal(progressText({ rows: 0, share: 0 }, 1500), '0 rows, 0.00 M rows/s');
  });

  it('tells what is left where the share that is done is known', () => {
    assert.equal(progressText({ rows: 3_000_000, share: 0.25 }, 3000), '3,000,000 rows, 1.00 M rows/s, 25 %, 9 s left');
    assert.equal(progressText({ rows: 10, share: 1 }, 1000), '10 rows, 0.00 M rows/s, 100 %, 0 s left');
  });
});
