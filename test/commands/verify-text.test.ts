import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verifyLines } from '../../src/commands/verify-text.js';

describe('verifyLines', () => {
  it('counts one of a thing in the singular, and more of it in the plural', () => {
    const lines = (count: number): string[] =>
      verifyLines({
        ...{ lanes: 1, messages: count, messagesSkipped: count, rows: count, rowsOpen: count },
        ...{ lateHits: count, lateOrbits: count, differences: [], differencesTotal: 0 },
        offsets: new Map([[0, [0, count]]]),
      });
    assert.deepEqual(lines(1), [
      'equal except 1 late orbit over 1 row (offsets 0: 0-1)',
      '1 of them is in orbits that are still open, as the group says',
      '1 hit came after its orbit was published',
      '1 older message cannot be counted anew',
    ]);
    assert.match(lines(2000).join('\n'), /^equal except 2,000 late orbits over 2,000 rows .*\n2,000 of them are in/);
  });
});
