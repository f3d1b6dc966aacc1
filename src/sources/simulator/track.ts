import { cellWidthMm } from '../../domain/geometry.js';
import { type LayerPlane, chamberSideMm, layerCells } from './detector.js';
import type { Random } from './random.js';

/** A muon's straight line: where it crosses the middle of the telescope, in mm, and its slopes in both views. */
export interface Track {
  readonly xMm: number;
  readonly yMm: number;
  readonly slopeX: number;
  readonly slopeY: number;
}

/**
 * Throws a cosmic muon through the middle of the telescope.
 *
 * The intensity of muons at sea level goes with cos²θ of the zenith angle (Particle Data Group, *Review of Particle
 * Physics*, section Cosmic Rays), so the rate through a horizontal area with cos³θ, and cosθ is the fourth root of a
 * uniform number. The azimuth comes from a random point of the unit disc, without a sine.
 */
export function drawTrack(random: Random): Track {
  const cosine = Math.sqrt(Math.sqrt(random.uniform() + Number.EPSILON));
  let east: number;
  let north: number;
  let squared: number;
  do {
    east = 2 * random.uniform() - 1;
    north = 2 * random.uniform() - 1;
    squared = east * east + north * north;
  } while (squared >= 1 || squared === 0);
  const slope = Math.sqrt(Math.max(0, 1 - cosine * cosine) / squared) / cosine;
  return {
    xMm: random.uniform() * chamberSideMm,
    yMm: random.uniform() * chamberSideMm,
    slopeX: slope * east,
    slopeY: slope * north,
  };
}

/**
 * Where a track crosses a layer, as a number of cells from the left edge of the first one; outside of [0, 16) it misses.
 *
 * The wire is in the middle of its cell, so the drift distance is `|fraction - 0.5|` cells; the drift is taken along the
 * layer, at the height of the wires.
 */
export function crossingCells(track: Track, plane: LayerPlane, middleMm: number): number {
  const rise = plane.heightMm - middleMm;
  const x = track.xMm + track.slopeX * rise;
  const y = track.yMm + track.slopeY * rise;
  const along = plane.rotated ? y : x;
  const across = plane.rotated ? x : y;
  if (across < 0 || across >= chamberSideMm) return -1;
  const cells = (along - plane.firstWireMm) / cellWidthMm + 0.5;
  return cells < layerCells ? cells : -1;
}
