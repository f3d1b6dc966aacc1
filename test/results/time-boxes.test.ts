import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { driftHistogram, withBoxes } from '../../src/results/time-boxes.js';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { SummarySum } from '../../src/domain/summary.js';
import { parseSummary } from '../helpers/assert/wire-schema.js';
import { physicsSummary } from './physics-summary.js';

const noTimes = {
  ...{ rise_ns: null, rise_err: null, fall_ns: null, fall_err: null, width_ns: null, width_err: null },
};
const noFit = {
  ...noTimes,
  ...{ sigma_rise: null, sigma_fall: null, deviance: null, ndf: null, v_eff_um_ns: null, t_trig_ns: null },
};

describe('the time boxes of a summary', () => {
  it('are fitted to the drift times after the chambers, where there are such, else after the trigger', async () => {
    const summary = await physicsSummary();
    const { physics } = withBoxes(summary, defaultGeometry);
    assert.ok(physics !== undefined && physics !== null);
    const { box, drift } = physics.chambers[1];
    assert.ok(box !== undefined);
    const { width_ns: widthNs, width_err: errorNs } = box;
    assert.ok(widthNs !== null && errorNs !== null);
    assert.equal(box.entries, drift.counts.reduce((total, count) => total + count, 0)); // prettier-ignore
    // The simulator's drift time of half a cell.
    assert.ok(Math.abs(widthNs - 390.3) < 4 * errorNs, JSON.stringify(box));
    parseSummary(JSON.stringify(withBoxes(summary, defaultGeometry)));
    const byChambers = { ...drift, offset_ns: drift.offset_ns + 12 };
    const moved = { ...physics, chambers: { 1: { ...physics.chambers[1], drift_chambers: byChambers } } };
    const movedBox = withBoxes({ ...summary, physics: moved }, defaultGeometry).physics?.chambers[1].box;
    assert.ok(Math.abs((movedBox?.rise_ns ?? NaN) - (box.rise_ns ?? NaN) - 12) < 0.001, JSON.stringify(movedBox));
  });

  it('have nulls where there is no fit, and are absent without physics', async () => {
    const summary = await physicsSummary();
    assert.ok(summary.physics !== undefined && summary.physics !== null);
    const { drift } = summary.physics.chambers[0];
    const few = { ...drift, counts: drift.counts.map((_, bin) => (bin === 7 ? 999 : 0)) };
    const chambers = { 0: { ...summary.physics.chambers[0], drift: few } };
    const { physics } = withBoxes({ ...summary, physics: { ...summary.physics, chambers } }, defaultGeometry);
    assert.deepEqual(physics?.chambers[0].box, { status: 'few', entries: 999, ...noFit });
    const nothing = new SummarySum(4).summary;
    assert.equal(withBoxes(nothing, defaultGeometry), nothing);
  });

  it('are drawn in bins of whole ticks', () => {
    const drift = { tick_first: 0, ticks_bin: 6, offset_ns: 1.5, under: 0, over: 0, counts: [3] };
    assert.deepEqual(driftHistogram({ drift }, defaultGeometry), { counts: [3], offsetNs: 1.5, binNs: 5 });
  });
});
