import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parts, partsToRun } from '../../../benchmarks/all/parts.js';

describe('all benchmarks', () => {
  it('are run in order when nothing else is said', () => {
    assert.deepEqual(partsToRun([]), { parts, passedOn: [] });
  });

  it('can be run without some, and with flags for each', () => {
    assert.deepEqual(partsToRun(['--without', 'kafka,peers', '--rounds', '1', '--page', 'build/page.md']), {
      parts: ['direct', 'layouts', 'line', 'watch', 'study'],
      passedOn: ['--rounds', '1', '--page', 'build/page.md'],
    });
  });

  it('refuse a part or a flag that is not known before anything is run', () => {
    assert.throws(() => partsToRun(['--without', 'spark']), /--without must name direct, layouts, line, .*, got spark/);
    assert.throws(() => partsToRun(['--rounds', 'many']), /--rounds must be 1 or more, got many/);
    assert.throws(() => partsToRun(['--fast']), /Unknown option '--fast'/);
  });
});
