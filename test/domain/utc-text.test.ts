import assert from 'node:assert/strict';
import { it } from 'node:test';
import { utcOfIso, utcText } from '../../src/domain/utc-text.js';

it('a moment is written by UTC, without fractions of a second', () => {
  assert.equal(utcText(Date.UTC(2026, 4, 1, 12, 0, 4, 999)), '2026-05-01 12:00:04');
  assert.equal(utcOfIso('2026-05-01T12:00:04.999Z'), '2026-05-01 12:00:04');
  assert.equal(utcOfIso('soon'), 'soon');
});
