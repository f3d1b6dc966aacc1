import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellWidthMm, defaultGeometry, wirePositionMm } from '../../../src/domain/geometry.js';
import { chamberSideMm, detectorOf } from '../../../src/sources/simulator/detector.js';
import { Random } from '../../../src/sources/simulator/random.js';
import { type Track, crossingCells, drawTrack } from '../../../src/sources/simulator/track.js';

const { planes, middleMm } = detectorOf(defaultGeometry);
const vertical = { xMm: 300, yMm: 400, slopeX: 0, slopeY: 0 };

test('muons follow cos² of the zenith angle in intensity, in any azimuth', () => {
  const random = new Random(3, 0);
  const count = 20_000;
  let cosines = 0;
  let below = 0;
  let east = 0;
  for (let index = 0; index < count; index++) {
    const { slopeX, slopeY } = drawTrack(random);
    const cosine = 1 / Math.sqrt(1 + slopeX ** 2 + slopeY ** 2);
    cosines += cosine;
    if (cosine < Math.SQRT1_2) below++;
    if (slopeX > 0) east++;
  }
  // Through a horizontal area the density of c = cosθ is 4 c³: mean 4/5, and c < √½ in a quarter of the cases.
  assert.ok(Math.abs(cosines / count - 0.8) < 0.006, `mean ${cosines / count}`);
  assert.ok(Math.abs(below / count - 0.25) < 0.015, `share ${below / count}`);
  assert.ok(Math.abs(east / count - 0.5) < 0.015, `share ${east / count}`);
});

test('a track through a wire crosses the middle of that wire’s cell', () => {
  for (const plane of planes) {
    const chamber = defaultGeometry.chambers.find(
      ({ fpga, channelFirst }) =>
        plane.firstWire >= fpga * 512 + channelFirst && plane.firstWire < fpga * 512 + channelFirst + 64,
    );
    assert.ok(chamber !== undefined);
    const channelFirst = chamber.fpga * 512 + chamber.channelFirst;
    for (let cell = 0; cell < 16; cell++) {
      const { x, y } = wirePositionMm(chamber, plane.firstWire + 4 * cell - channelFirst);
      const track: Track = chamber.rotated ? { ...vertical, yMm: x } : { ...vertical, xMm: x };
      assert.equal(plane.heightMm, y);
      assert.equal(crossingCells(track, plane, middleMm), cell + 0.5);
    }
  }
});

test('an inclined track crosses each layer where a straight line does, the rotated chamber in the other view', () => {
  const track = { xMm: 300, yMm: 400, slopeX: 0.1, slopeY: -0.2 };
  for (const plane of planes) {
    const rise = plane.heightMm - middleMm;
    const along = plane.rotated ? 400 - 0.2 * rise : 300 + 0.1 * rise;
    const expected = (along - plane.firstWireMm) / cellWidthMm + 0.5;
    assert.ok(Math.abs(crossingCells(track, plane, middleMm) - expected) < 1e-9);
  }
});

test('a track beside a chamber, on any of its four sides, crosses no cell', () => {
  for (const plane of planes) {
    for (const beside of [{ xMm: -1 }, { xMm: chamberSideMm + 1 }, { yMm: -1 }, { yMm: chamberSideMm + 1 }]) {
      assert.ok(crossingCells({ ...vertical, ...beside }, plane, middleMm) < 0);
    }
  }
});
