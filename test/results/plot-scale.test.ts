import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { plotScale } from '../../src/results/plot-scale.js';

describe('plotScale', () => {
  it('cuts few bins, and only those above all ordinary ones', () => {
    const bin = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1e6 }));
    fc.assert(
      fc.property(fc.array(bin, { maxLength: 120, size: 'max' }), (bins) => {
        const seen = bins.filter((value) => value > 0).sort((a, b) => a - b);
        const { top, max } = plotScale(bins);
        assert.equal(max, Math.max(0, ...bins));
        const cut = seen.filter((value) => value > top);
        assert.ok(cut.length <= seen.length / 20);
        if (cut.length === 0) assert.equal(top, max);
        for (const value of cut) assert.ok(value > 1.25 * seen[Math.ceil(0.95 * seen.length) - 1]);
      }),
    );
    assert.deepEqual(plotScale([1, 1, 900]), { top: 900, max: 900 });
  });

  it('keeps the other channels high beside a hot one: it takes at most a fifth of their height', () => {
    const channels = Array.from({ length: 64 }, (_, channel) => 200 + ((channel * 37) % 80));
    const calm = plotScale(channels).top;
    const hot = channels.map((hits, channel) => (channel === 37 ? 12 * hits : hits));
    assert.ok(plotScale(hot).top <= 1.25 * calm);
    assert.equal(plotScale(hot).max, 12 * channels[37]);
  });
});
