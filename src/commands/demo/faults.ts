import type { Geometry } from '../../domain/geometry.js';
import { DtstreamError } from '../../errors.js';
import { parseFaults } from '../../sources/faults/parse.js';

/** A dead channel, then times of a chamber that move by a bunch crossing: both are over after a minute and a half. */
const faults = 'dead:1:37@20-45,t0:2:+25@55-80';

/** What goes wrong in a demo, for `produce --fault`; undefined where the geometry has no such channel or chamber. */
export function demoFaults(geometry: Geometry): string | undefined {
  try {
    parseFaults(faults, geometry);
    return faults;
  } catch (error) {
    if (!(error instanceof DtstreamError)) throw error;
    return undefined;
  }
}
