import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beginsAnew } from '../../src/domain/message-reset.js';

const message = (msg_ID: number, history?: string, opened = '2026-01-01T12:00:00.000Z') => {
  return { msg_ID, history, batch: { opened } };
};
const last = (id: number, history?: string, closed = '2026-01-01T12:00:00.000Z') => ({ id, history, closed });

describe('beginsAnew', () => {
  it('goes by the name of the history, whatever the clock says', () => {
    const hourBefore = '2026-01-01T11:00:00.000Z';
    assert.equal(beginsAnew(message(0, 'b', hourBefore), last(7, 'a')), true);
    assert.equal(beginsAnew(message(3, 'b', hourBefore), last(7, 'a')), true);
    assert.equal(beginsAnew(message(0, 'a'), last(7, 'a', hourBefore)), false);
    assert.equal(beginsAnew(message(8, 'a'), last(7, 'a')), false);
  });

  it('lets a history go on that gets its name on the way, or another one as lanes are shared out anew', () => {
    assert.equal(beginsAnew(message(8, 'a'), last(7)), false);
    assert.equal(beginsAnew(message(8, 'b'), last(7, 'a')), false);
    assert.equal(beginsAnew(message(0, 'a'), last(7)), true);
  });

  it('goes by the times where no history has a name', () => {
    const later = '2026-01-01T12:00:00.001Z';
    assert.equal(beginsAnew(message(0, undefined, later), last(7)), true);
    assert.equal(beginsAnew(message(0), last(7)), false);
    assert.equal(beginsAnew(message(1, undefined, later), last(7)), false);
    assert.equal(beginsAnew(message(0), undefined), false);
  });
});
