import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { barText, durationText } from '../../../src/commands/bench/progress.js';

describe('the progress of a bench', () => {
  it('is a bar with what is done and what is left', () => {
    assert.equal(barText(0, 4, 60_000, 'first'), `[${'░'.repeat(24)}] 0/4 runs, 1 min 0 s left: first`);
    assert.equal(barText(2.5, 4, 500, 'third'), `[${'█'.repeat(15)}${'░'.repeat(9)}] 2/4 runs, 1 s left: third`);
    assert.equal(barText(0, 0, 0, ''), `[${'█'.repeat(24)}] 0/0 runs, 0 s left: `);
  });

  it('says durations in two units at most', () => {
    assert.deepEqual([1, 59_000, 61_000, 3_725_000].map(durationText), ['1 s', '59 s', '1 min 1 s', '1 h 2 min']);
  });
});
