import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import { PublishedMessage } from '../../../src/pipeline/batch/published-message.js';
import { sampleMessage } from '../../tui/sample-messages.js';

const orbit = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(0, 9, 10, 99, 100, 999_999_999, 1_000_000_000, 2 ** 32 - 1),
);
const entry = fc.record({ orbit, channels: fc.integer({ min: 1, max: 64 }) });
/** By chamber, each orbit once, ascending. */
const lists = fc.array(fc.uniqueArray(entry, { selector: (one) => one.orbit, maxLength: 40 }), { maxLength: 5 });

describe('a message with packed lists', () => {
  it('is written as JSON.stringify writes it, whatever its lists and names', () => {
    fc.assert(
      fc.property(lists, fc.string(), (chambers, producer) => {
        const sorted = chambers.map((chamber) => [...chamber].sort((a, b) => a.orbit - b.orbit));
        const packed = sorted.map((chamber) => Float64Array.from(chamber, (one) => one.orbit * 128 + one.channels));
        const empty = Object.fromEntries(chambers.map((_, key) => [String(key), { bin_edges: [], hist_counts: [] }]));
        const head: BatchMessage = { ...sampleMessage(3), producer, active_tdc_chamber: empty };
        const published = new PublishedMessage(head, packed);
        const expected = Object.fromEntries(
          sorted.map((chamber, key) => [
            String(key),
            { bin_edges: chamber.map((one) => one.orbit), hist_counts: chamber.map(({ channels }) => channels) },
          ]),
        );
        assert.equal(published.bytes.toString(), JSON.stringify({ ...head, active_tdc_chamber: expected }));
        assert.deepEqual(published.message, { ...head, active_tdc_chamber: expected });
      }),
    );
  });
});
