import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ResumeState, decodeResumeState, encodeResumeState } from '../../../src/pipeline/produce/resume-state.js';

const state: ResumeState = {
  rows: 1234,
  last: { index: 1, id: '/data/b.csv', before: 'ab12', format: 'csv', rows: 34, offset: 680, crc: 0xdeadbeef },
  pass: 2,
  passOffset: 4_000_000_000,
  clock: { first: 5, last: 77, streakFirst: 0, streakLast: 0, streakRows: 0 },
  partition: 3,
};

describe('resume state', () => {
  it('comes back as it was stored', () => {
    assert.deepEqual(decodeResumeState(encodeResumeState(state)), state);
    const { index, id, before, format, rows, crc } = state.last;
    const last = { index, id, before, format, rows, crc };
    const young: ResumeState = { ...state, last, clock: { streakFirst: 1, streakLast: 2, streakRows: 3 } };
    assert.deepEqual(decodeResumeState(encodeResumeState(young)), young);
  });

  it('is refused when it is damaged or of another version', () => {
    const text = encodeResumeState(state);
    for (const other of [
      '',
      '{}',
      text.slice(1),
      text.replace('"version":1', '"version":2'),
      text.replace('34', '-34'),
    ]) {
      assert.throws(() => decodeResumeState(other), { code: 'input', message: /^cannot resume the input: / }, other);
    }
  });
});
