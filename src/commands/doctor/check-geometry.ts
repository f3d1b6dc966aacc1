import type { Geometry } from '../../domain/geometry.js';
import { geometryHash, geometryName } from '../../pipeline/consume/geometry-hash.js';
import { otherGeometry } from '../../pipeline/consume/check-lanes.js';
import { ForeignCommitError } from '../../pipeline/consume/lane-checkpoint.js';
import type { Transport } from '../../transport/transport.js';
import { type Finding, warn } from './finding.js';

/** Warns when `process` would refuse to continue: the group counts with another geometry than the configured one. */
export async function checkGeometry(
  log: Transport,
  { topic, group, geometry }: { readonly topic: string; readonly group: string; readonly geometry: Geometry },
): Promise<Finding[]> {
  const groups = await log.groups([group]);
  const committed = groups.find((one) => one.group === group && one.topic === topic)?.committed ?? new Map();
  const own = geometryHash(geometry);
  try {
    const other = otherGeometry(own, committed);
    if (other === undefined) return [];
    const text = `group ${group} counts with ${geometryName(other)}, but ${geometryName(own)} is configured`;
    return [warn('geometry', text, 'use its configuration or another --group, or start over with process --reset')];
  } catch (error) {
    if (error instanceof ForeignCommitError) return [];
    throw error;
  }
}
