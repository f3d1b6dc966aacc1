import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LossWatch } from '../../../src/commands/process/loss-watch.js';
import { testConsole } from '../../helpers/program/test-process.js';

describe('LossWatch', () => {
  it('says the first hole of a partition at once, those after it together, and the rest at the end', () => {
    const { console, process } = testConsole();
    let nowMs = 0;
    const watch = new LossWatch(console, 'raw', () => nowMs);
    watch.add({ partition: 0, from: 5, to: 6 });
    watch.add({ partition: 1, from: 0, to: 1000 });
    for (const from of [10, 20]) watch.add({ partition: 0, from, to: from + 2 });
    assert.deepEqual(process.saidLines(), [
      '1 message of raw/0 was deleted before it was read (offsets 5 to 5); missing from all results',
      '1,000 messages of raw/1 were deleted before they were read (offsets 0 to 999); missing from all results',
    ]);
    nowMs = 10_000;
    watch.add({ partition: 0, from: 30, to: 31 });
    assert.match(process.saidLines().join(), /^5 messages of raw\/0 were .* \(offsets 10 to 30\)/);
    watch.add({ partition: 0, from: 40, to: 41 });
    assert.deepEqual(process.saidLines(), []);
    watch.end();
    assert.equal(process.saidLines().length, 1);
  });
});
