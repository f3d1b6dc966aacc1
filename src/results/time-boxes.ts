import type { Summary } from '../domain/batch-message.js';
import type { Geometry } from '../domain/geometry.js';
import type { BoxFit, ChamberPhysics } from '../domain/physics-message.js';
import { physicsOf } from '../domain/physics-of.js';
import { fitBox } from '../physics/box-fit.js';
import type { DriftHistogram } from '../physics/drift-histogram.js';

/** What of a geometry a time box depends on. */
export type BoxGeometry = Pick<Geometry, 'clock' | 'driftVelocityUmNs'>;

/** Digits that are published of a fitted value: programs agree to 0.05 ns, not bit by bit. */
const digits = 6;

/** The summary with the time box of each chamber in its `physics`, fitted over all. */
export function withBoxes(summary: Summary, geometry: BoxGeometry): Summary {
  const physics = physicsOf(summary);
  if (physics === undefined) return summary;
  const chambers = Object.entries(physics.chambers).map(([key, chamber]) => {
    const box = rounded(fitBox(driftHistogram(chamber, geometry), geometry.driftVelocityUmNs));
    return [key, { ...chamber, box }] as const;
  });
  return { ...summary, physics: { ...physics, chambers: Object.fromEntries(chambers) } };
}

/** The drift times that a box is fitted to: after the other chambers where there are such, else after the trigger. */
export function driftHistogram(
  { drift, drift_chambers: byChambers }: Pick<ChamberPhysics, 'drift' | 'drift_chambers'>,
  { clock }: Pick<Geometry, 'clock'>,
): DriftHistogram {
  const { counts, offset_ns: offsetNs, ticks_bin: ticksBin } = byChambers ?? drift;
  return { counts, offsetNs, binNs: (ticksBin * clock.bxNs) / clock.bxTdcCounts };
}

function rounded(box: BoxFit): BoxFit {
  const entries = Object.entries(box) as [string, string | number | null][];
  const short = entries.map(([key, value]) => [
    key,
    typeof value === 'number' ? Number(value.toPrecision(digits)) : value,
  ]);
  return { ...(Object.fromEntries(short) as BoxFit), entries: box.entries };
}
