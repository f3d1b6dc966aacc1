import type { Physics } from '../../domain/physics-message.js';
import type { RecountedPhysics } from './physics-recount.js';

/** Keys that are no counts: {@link checkPhysics} checks them message by message. */
const notCounted = new Set(['version', 'geometry', 'live_s', 'rate_hz', 'tick_first', 'ticks_bin', 'offset_ns']);
const ofSegments = new Set(['segments', 'drift_chambers']);

/** Counts of physics with their names: `physics.chambers.0.active_slots[5]`. */
export function physicsBins(
  physics: Physics | RecountedPhysics,
  { hasSegments }: { readonly hasSegments: boolean },
): Map<string, number | null> {
  const bins = new Map<string, number | null>();
  const add = (path: string, value: unknown): void => {
    if (typeof value === 'number' || value === null) bins.set(path, value);
    else if (Array.isArray(value))
      value.forEach((inner, index) => add(`${path}[${index}]`, inner)); // prettier-ignore
    else if (typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) {
        if (!notCounted.has(key) && (hasSegments || !ofSegments.has(key))) add(`${path}.${key}`, inner);
      }
    }
  };
  add('physics', { ...physics, chambers: Object.fromEntries(Object.entries(physics.chambers)) });
  return bins;
}
