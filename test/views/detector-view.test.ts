import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { DetectorView } from '../../src/views/detector/detector-view.js';
import { fastDriftPicture, sampleDetectorView } from './sample-detector.js';

describe('the view of a detector over a window', () => {
  let view: DetectorView;
  before(async () => {
    view = await sampleDetectorView();
  });

  it('marks no channel whose hits only miss from the tracks of its whole layer', async () => {
    const view = await sampleDetectorView({ quality: fastDriftPicture });
    assert.doesNotMatch(view.chambers[3].occupancy.signs.join(''), /x/);
    assert.equal(view.chambers[2].occupancy.signs[17], 'x');
    const [part] = fastDriftPicture.parts;
    const alone = await sampleDetectorView({ quality: { ...fastDriftPicture, alarms: [part], parts: [] } });
    assert.equal(alone.chambers[3].occupancy.signs[0], 'x');
  });

  it('says which channel is dead, hot or known, in chambers, signs and the list of alarms', () => {
    assert.deepEqual(view.chambers.map(({ verdict }) => [verdict.word, verdict.at]), [['HOT 1', '0:5'], ['known 1', '1:44'], ['DEAD 1', '2:17'], ['ok', undefined]]); // prettier-ignore
    assert.deepEqual(
      view.alarms.map(({ state, objectText, fault, observed }) => [state, objectText, fault, observed]),
      [
        ['NEW', '2:17', 'dead', '0 Hz'],
        ['NEW', '0:5', 'hot', '17.7 Hz'],
        ['GONE', 'chamber 3', 'box short', '371 ns'],
        ['KNOWN', '1:44', 'hot', '8 Hz'],
      ],
    );
    assert.equal(view.chambers[2].occupancy.signs.join('').indexOf('x'), 17);
  });

  it('compares with the reference, scaled by live time', () => {
    const [first, , third, last] = view.chambers;
    assert.equal(first.occupancy.furthest[0].channel, 5);
    assert.deepEqual([third.occupancy.furthest[0].channel, third.occupancy.hits[17]], [17, 0]);
    assert.ok(third.occupancy.furthest[0].sigma < -20);
    // Healthy: two minutes of one detector differ by chance.
    assert.ok((last.occupancy.chi2Ndf ?? 9) < 1.6 && Math.abs(last.toReference ?? 9) < 0.03);
    assert.ok(Math.abs((last.physics?.drift.box?.width_ns ?? 0) - (last.boxReference?.box?.width_ns ?? 9)) < 4);
    assert.ok(Math.abs((view.trigger?.rate?.hz ?? 0) - 142.5) < 6);
  });
});
