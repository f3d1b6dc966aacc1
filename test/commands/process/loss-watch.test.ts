import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { LossWatch } from '../../../src/commands/process/loss-watch.js';
import { redirectSaid } from '../../../src/commands/console/stdio.js';

/** What is said until the test ends. */
function heard(context: TestContext): string[] {
  const said: string[] = [];
  redirectSaid((text) => said.push(text));
  context.after(() => redirectSaid(undefined));
  return said;
}

describe('LossWatch', () => {
  it('says the first hole of a partition at once, those after it together, and the rest at the end', (context) => {
    const said = heard(context);
    let nowMs = 0;
    const watch = new LossWatch('raw', () => nowMs);
    watch.add({ partition: 0, from: 5, to: 6 });
    watch.add({ partition: 1, from: 0, to: 1000 });
    for (const from of [10, 20]) watch.add({ partition: 0, from, to: from + 2 });
    assert.deepEqual(said.splice(0), [
      '1 message of raw/0 was deleted before it was read (offsets 5 to 5); missing from all results',
      '1,000 messages of raw/1 were deleted before they were read (offsets 0 to 999); missing from all results',
    ]);
    nowMs = 10_000;
    watch.add({ partition: 0, from: 30, to: 31 });
    assert.match(said.splice(0).join(), /^5 messages of raw\/0 were .* \(offsets 10 to 30\)/);
    watch.add({ partition: 0, from: 40, to: 41 });
    assert.deepEqual(said, []);
    watch.end();
    assert.equal(said.length, 1);
  });
});
