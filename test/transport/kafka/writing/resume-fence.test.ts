import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ResumeFence } from '../../../../src/transport/kafka/writing/resume-fence.js';

const taken = { code: 'fenced', message: 'cannot write run.csv to raw: another produce is writing this input; only one may do so' }; // prettier-ignore

describe('the fence of an input', () => {
  it('lets pass what is stored as it was found or left, and nothing else', () => {
    const [one, other] = [new ResumeFence(), new ResumeFence()];
    const found = { offset: 0, metadata: 'row 5' };
    for (const fence of [one, other]) {
      fence.found('run.csv', found);
      fence.check('raw', 'run.csv', found, 0);
    }
    one.committed('run.csv', 'row 6');
    const stored = { offset: one.mark, metadata: 'row 6' };
    one.check('raw', 'run.csv', stored, 0);
    assert.throws(() => other.check('raw', 'run.csv', stored, 0), taken);
    // Both have come equally far.
    other.committed('run.csv', 'row 6');
    assert.throws(() => other.check('raw', 'run.csv', stored, 0), taken);
  });

  it('sees one that began an input of which nothing was stored, but not that brokers have forgotten it', () => {
    const fence = new ResumeFence();
    fence.found('run.csv', undefined);
    fence.check('raw', 'run.csv', undefined, 0);
    assert.throws(() => fence.check('raw', 'run.csv', { offset: 7, metadata: 'row 1' }, 0), taken);
  });

  it('is looked at with the first append and once a second, and not by who does not go on', () => {
    const fence = new ResumeFence();
    assert.equal(fence.isDue('run.csv', 0), false);
    fence.committed('run.csv', 'row 1');
    assert.equal(fence.isDue('run.csv', 0), false);
    fence.found('run.csv', undefined);
    assert.equal(fence.isDue('run.csv', 0), true);
    fence.check('raw', 'run.csv', undefined, 0);
    assert.deepEqual([fence.isDue('run.csv', 999), fence.isDue('run.csv', 1000)], [false, true]);
  });
});
