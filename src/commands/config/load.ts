import { defaultGeometry, type Geometry } from '../../domain/geometry.js';
import { defaultPhysics, type PhysicsSettings } from '../../domain/physics-settings.js';
import { defaultQuality, type QualitySettings } from '../../quality/quality-settings.js';
import type { KafkaConfig } from './kafka-section.js';
import type { Settings } from './read-settings.js';

/** The sections of a configuration file other than flags; missing ones have their defaults. */
export interface Config {
  readonly geometry: Geometry;
  readonly physics: PhysicsSettings;
  readonly quality: QualitySettings;
  /** Whether the geometry was configured, and is not the default. */
  readonly hasOwnGeometry: boolean;
  readonly kafka?: KafkaConfig;
}

/** Files that were read, by path: what changes in one meanwhile must not be used in one part of a program only. */
const settingsRead = new Map<string, Promise<Settings>>();

/**
 * Reads the YAML file, whose parser is loaded only then, or returns the defaults without one.
 *
 * @throws DtstreamError `config` with file, line, column and rule
 */
export async function loadConfig(path: string | undefined): Promise<Config> {
  const defaults = { geometry: defaultGeometry, physics: defaultPhysics, quality: defaultQuality };
  if (path === undefined) return { ...defaults, hasOwnGeometry: false };
  const { geometry, physics, quality, kafka } = (await loadSettings(path)).values;
  return {
    geometry: geometry ?? defaultGeometry,
    physics: physics ?? defaultPhysics,
    quality: quality ?? defaultQuality,
    hasOwnGeometry: geometry !== undefined,
    ...(kafka === undefined ? {} : { kafka }),
  };
}

/** Files are read again from now on. */
export function forgetSettings(): void {
  settingsRead.clear();
}

/** The whole file, read once. @throws DtstreamError `config` with file, line, column and rule */
export function loadSettings(path: string): Promise<Settings> {
  const known = settingsRead.get(path);
  if (known !== undefined) return known;
  const read = import('./read-settings.js').then(({ readSettings }) => readSettings(path));
  settingsRead.set(path, read);
  return read;
}
