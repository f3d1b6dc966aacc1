import { defaultGeometry, type Geometry } from '../../domain/geometry.js';
import { type PhysicsPlan, physicsPlan } from '../../domain/physics-plan.js';
import { defaultPhysics, type PhysicsSettings } from '../../domain/physics-settings.js';
import { physicsHash } from '../../pipeline/consume/geometry-hash.js';

/** What histograms of a configuration are like; default: that of the telescope. */
export function planOf({
  geometry = defaultGeometry,
  physics = defaultPhysics,
}: {
  readonly geometry?: Geometry;
  readonly physics?: PhysicsSettings;
}): PhysicsPlan {
  return physicsPlan(geometry, physics, { isFull: true, hash: physicsHash(geometry, physics) });
}
