import type { ComputeSetup } from '../../compute/tasks.js';
import type { Geometry } from '../../domain/geometry.js';
import type { PhysicsMode, PhysicsSettings } from '../../domain/physics-settings.js';
import { wireCodes } from '../../domain/row-code.js';
import { planOf } from '../../pipeline/consume/geometry-hash.js';

/** What a pool must know to count rows of a geometry. */
export function rowSetup(
  geometry: Geometry,
  physics: PhysicsSettings,
  mode: PhysicsMode,
): Pick<ComputeSetup, 'wires' | 'clock' | 'chambers' | 'plan'> {
  return {
    wires: wireCodes(geometry),
    clock: geometry.clock,
    chambers: geometry.chambers.length,
    plan: mode === 'off' ? undefined : planOf(geometry, physics, { isFull: mode === 'full' }),
  };
}
