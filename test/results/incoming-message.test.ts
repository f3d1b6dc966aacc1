import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readMessage } from '../../src/results/incoming-message.js';
import { sampleMessage } from '../tui/sample-messages.js';

function read(value: unknown) {
  return readMessage(new TextEncoder().encode(JSON.stringify(value)));
}

function reasonOf(value: unknown): string {
  const result = read(value);
  return 'unreadable' in result ? result.unreadable : 'readable';
}

describe('reading a message', () => {
  it('gives a message of ours back as it is', () => {
    const { active_tdc_chamber: lists, ...message } = sampleMessage(4, { orbitCount: 3 });
    const result = read({ ...message, active_tdc_chamber: lists });
    assert.ok('message' in result);
    assert.deepEqual(result.message, message);
  });

  it('drops unknown keys', () => {
    const result = read({ ...sampleMessage(0), mood: 'good', nested: { deep: [1] } });
    assert.ok('message' in result && !('mood' in result.message) && !('nested' in result.message));
  });

  it('takes a newer schema whose other keys have changed shape', () => {
    const result = read({
      ...sampleMessage(0),
      schema: 7,
      ledger: [1, 2],
      producer: { group: 'g' },
      batch: 5,
      run: 'x',
    });
    assert.ok('message' in result);
    const { schema, ledger, producer, batch, run, hit_count } = result.message;
    assert.deepEqual(
      { schema, ledger, producer, batch, run },
      { schema: 7, ledger: undefined, producer: undefined, batch: undefined, run: undefined },
    );
    assert.equal(hit_count, sampleMessage(0).hit_count);
  });

  it('refuses what breaks the contract, with the rule', () => {
    const message = sampleMessage(0);
    assert.match(reasonOf({ ...message, hit_count: -1 }), /^hit_count: /);
    assert.match(reasonOf({ ...message, hit_count: 1.5 }), /^hit_count: /);
    assert.match(reasonOf({ ...message, hit_count_chamber: { '0': 1 } }), /^hit_count_chamber: /);
    assert.match(reasonOf({ ...message, hit_count_chamber: new Array(65).fill(0) }), /^hit_count_chamber: /);
    assert.match(reasonOf({ ...message, tdc_counts_chamber: undefined }), /^tdc_counts_chamber: /);
    const histograms = (histogram: object) => ({ ...message, tdc_counts_chamber: { '0': histogram } });
    assert.match(
      reasonOf(histograms({ bin_edges: [1, 2], hist_counts: [1] })),
      /must have the same length, got 2 and 1$/,
    );
    assert.match(reasonOf(histograms({ bin_edges: [512], hist_counts: [1] })), /below 512, got 512$/);
    assert.match(
      reasonOf({ ...message, active_tdc_chamber: { '64': { bin_edges: [], hist_counts: [] } } }),
      /^active_tdc/,
    );
    assert.match(
      reasonOf({ ...message, active_tdc_chamber: JSON.parse('{"__proto__":{"bin_edges":[]}}') as unknown }),
      /./,
    );
  });

  it('never throws, and its reasons are safe to print', () => {
    const hostile = fc.oneof(
      fc.uint8Array(),
      fc.json().map((json) => new TextEncoder().encode(json)),
      fc
        .record({ key: fc.string({ unit: 'binary' }), value: fc.jsonValue() })
        .map(({ key, value }) =>
          new TextEncoder().encode(JSON.stringify({ ...sampleMessage(0), tdc_counts_chamber: { [key]: value } })),
        ),
    );
    fc.assert(
      fc.property(hostile, (value) => {
        const result = readMessage(value);
        if ('unreadable' in result) assert.match(result.unreadable, /^[\x20-\x7a|~\u00c0-\u024f\u0391-\u044f]{1,120}$/);
      }),
    );
  });
});
