import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Summary } from '../../src/domain/batch-message.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { SummarySum } from '../../src/domain/summary.js';
import { withBoxes } from '../../src/results/time-boxes.js';
import { channelsView } from '../../src/views/channels-view.js';
import { physicsView } from '../../src/views/physics-view.js';
import { summaryView } from '../../src/views/summary-view.js';
import { physicsSummary } from '../results/physics-summary.js';

describe('the view of a summary', () => {
  let summary: Summary;
  let physics: NonNullable<Summary['physics']>;
  before(async () => {
    summary = withBoxes(await physicsSummary(), defaultGeometry);
    assert.ok(summary.physics !== undefined && summary.physics !== null);
    physics = summary.physics;
  });

  it('has rates per live second and efficiencies that the simulator was given', () => {
    const view = summaryView(summary, defaultGeometry).physics;
    assert.ok(view?.trigger?.rate !== undefined);
    assert.ok(Math.abs(view.live.seconds - physics.live_s) < 1e-6);
    assert.deepEqual(view.trigger.rows, [{ name: '1:128', rows: summary.ledger.scintillator }]);
    // 150 muons per second, of which the scintillator sees 95 %.
    assert.ok(Math.abs(view.trigger.rate.hz - 142.5) < 4 * view.trigger.rate.sigmaHz);
    assert.deepEqual(view.chambers.map(({ hits }) => hits), summary.hit_count_chamber); // prettier-ignore
    for (const { chamber, hits, hitRate, drift, segments } of view.chambers) {
      assert.ok(hitRate !== undefined && segments !== undefined);
      assert.ok(Math.abs(hitRate.hz * view.live.seconds - hits) < 1e-6);
      assert.equal(drift.box, physics.chambers[chamber].box);
      for (const [layer, { efficiency, residual }] of segments.layers.entries()) {
        if (chamber === 2 && layer === 2) continue;
        // With the known bias of up to 0.8 %; a layer of a chamber has at least 500 probes.
        assert.ok(efficiency !== undefined && Math.abs(efficiency.share - 0.966) < 0.025, `${chamber} ${layer}`);
        assert.ok(residual !== undefined && residual.rmsUm > 50 && residual.rmsUm < 200);
      }
      assert.equal(segments.four + segments.three, segments.slopes.reduce((sum, count) => sum + count, 0)); // prettier-ignore
    }
  });

  it('names the dead channel by hits and by probes, and the hot one', () => {
    const { byHits, byProbes } = summaryView(summary, defaultGeometry).channels;
    assert.deepEqual(byHits.dead.map(({ chamber, channel }) => [chamber, channel]), [[2, 17]]); // prettier-ignore
    assert.deepEqual([byHits.hot[0].chamber, byHits.hot[0].channel], [0, 5]);
    assert.deepEqual(byHits.notJudged, []);
    assert.deepEqual(byProbes?.dead.map(({ chamber, channel }) => [chamber, channel]), [[2, 17]]); // prettier-ignore
    assert.deepEqual(byProbes?.weak, []);
  });

  it('has nothing instead of zeros where nothing was counted', async () => {
    const counts = summaryView(await physicsSummary({ isFull: false }), defaultGeometry);
    assert.ok(counts.physics?.chambers.every(({ segments, noise }) => segments === undefined && noise !== undefined));
    assert.equal(counts.channels.byProbes, undefined);
    const off = summaryView(new SummarySum(4).summary, defaultGeometry);
    assert.equal(off.physics, undefined);
    const all = [0, 1, 2, 3];
    assert.deepEqual(off.channels.byHits.notJudged, all.map((chamber) => ({ chamber, layers: all }))); // prettier-ignore
    const without = summaryView(summary, { ...defaultGeometry, triggers: [] }).physics;
    assert.equal(without?.trigger, undefined);
    const slots = { ...physics.slots, live: 0, lit: 0 };
    const dark = physicsView({ ...summary, physics: { ...physics, slots } }, defaultGeometry);
    assert.equal(dark.trigger?.rate, undefined);
    assert.ok(dark.chambers.every(({ hitRate, noise }) => hitRate === undefined && noise === undefined));
  });

  it('counts the live time of lanes once', () => {
    const doubled = { ...physics.slots, live: 2 * physics.slots.live };
    const one = physicsView({ ...summary, physics }, defaultGeometry);
    const two = physicsView({ ...summary, physics: { ...physics, slots: doubled } }, defaultGeometry, 2);
    assert.equal(two.live.seconds, one.live.seconds);
    assert.deepEqual(two.trigger, one.trigger);
    assert.deepEqual(two.chambers, one.chambers);
  });

  it('judges no channel that its chamber does not have, and says which layers have too few hits', () => {
    const hits = Float64Array.from({ length: 32 }, (_, channel) => (channel % 4 === 2 ? 0 : 50));
    const { byHits } = channelsView([hits], [undefined]);
    assert.deepEqual(byHits, { hot: [], dead: [], low: [], notJudged: [{ chamber: 0, layers: [1] }] });
    const chambers = summary.chambers?.map((chamber) => ({ ...chamber, channels: 32 }));
    assert.ok(chambers !== undefined);
    const half = summaryView({ ...summary, chambers }, defaultGeometry).channels.byHits;
    assert.ok([...half.hot, ...half.dead].every(({ channel }) => channel < 32));
  });
});
