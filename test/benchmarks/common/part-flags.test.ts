import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { partFlags, runText } from '../../../benchmarks/common/part-flags.js';

describe('the flags of a part of the benchmarks', () => {
  it('are the full measurement when none is given', () => {
    const flags = partFlags('line', 5, []);
    assert.deepEqual(flags, { rounds: 5, scale: 1, page: 'docs/benchmarks.md', command: 'npm run bench:line' });
    assert.match(
      runText(flags),
      /^One run of `npm run bench:line`; every figure is the median of 5 alternating rounds/,
    );
  });

  it('stand in the section where they change its figures', () => {
    const flags = partFlags('line', 5, ['--rounds', '1', '--scale', '0.1', '--page', 'other.md']);
    assert.equal(flags.page, 'other.md');
    assert.match(
      runText(flags),
      /^One run of `npm run bench:line -- --rounds 1 --scale 0.1`; every figure is from one/,
    );
  });

  it('are refused when they are no measurement', () => {
    assert.throws(() => partFlags('line', 5, ['--rounds', '0']), /--rounds must be 1 or more, got 0/);
    assert.throws(() => partFlags('line', 5, ['--scale', '2']), /--scale must be above 0 and at most 1, got 2/);
  });
});
