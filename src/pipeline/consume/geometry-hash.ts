import { createHash } from 'node:crypto';
import { defaultGeometry, type Geometry } from '../../domain/geometry.js';
import { type PhysicsPlan, physicsPlan, physicsText } from '../../domain/physics-plan.js';
import type { PhysicsSettings } from '../../domain/physics-settings.js';

const hashDigits = 12;

/**
 * Tells apart geometries that count a row differently: the first 12 hexadecimal digits of the SHA-256 of the trigger
 * channels and of the wires of each chamber, in order. Positions, offsets and the clock change no count.
 */
export function geometryHash({ triggers, chambers }: Pick<Geometry, 'triggers' | 'chambers'>): string {
  const counted = {
    triggers: triggers
      .map(({ fpga, channel }) => ({ fpga, channel }))
      .sort((a, b) => a.fpga - b.fpga || a.channel - b.channel),
    chambers: chambers.map(({ fpga, channelFirst, channels }) => ({ fpga, channelFirst, channels })),
  };
  return createHash('sha256').update(JSON.stringify(counted)).digest('hex').slice(0, hashDigits);
}

/** Tells apart configurations whose physics must not be added up. */
export function physicsHash(geometry: Geometry, physics: PhysicsSettings): string {
  return createHash('sha256').update(physicsText(geometry, physics)).digest('hex').slice(0, hashDigits);
}

/** What physics of a configuration is counted with. */
export function planOf(geometry: Geometry, physics: PhysicsSettings, of: { readonly isFull: boolean }): PhysicsPlan {
  return physicsPlan(geometry, physics, { ...of, hash: physicsHash(geometry, physics) });
}

/** `the default geometry (0123456789ab)` or `geometry 0123456789ab`. */
export function geometryName(hash: string): string {
  return hash === geometryHash(defaultGeometry) ? `the default geometry (${hash})` : `geometry ${hash}`;
}
