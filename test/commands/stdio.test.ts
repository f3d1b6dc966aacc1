import assert from 'node:assert/strict';
import { it } from 'node:test';
import { redirectSaid, say } from '../../src/commands/stdio.js';
import { stateSink } from '../../src/commands/watch-state.js';
import { emptyState } from '../../src/tui/dashboard-state.js';
import { feedNotes } from '../../src/tui/feed.js';

it('what is said while a screen is drawn becomes a note on it, until the log is read again', (t) => {
  const state = emptyState();
  const write = t.mock.method(process.stderr, 'write', () => true);
  redirectSaid((text) => (state.said = text));
  say('cannot read x: no broker answers\x1b[2J; trying again for 60 s', 'warn');
  redirectSaid(undefined);
  assert.equal(write.mock.callCount(), 0);
  assert.match(feedNotes(state)[0], /^cannot read x: no broker answers.*; trying again for 60 s$/);
  assert.ok(!feedNotes(state)[0].includes('\x1b'));
  stateSink(state).progress({ unread: 0, lostRecords: 0 });
  assert.ok(!feedNotes(state).join().includes('broker'));
  say('back');
  assert.deepEqual(write.mock.calls[0].arguments, ['dtstream: back\n']);
});
