import { defaultGeometry } from '../domain/geometry.js';
import type { Config } from './read-config.js';

/**
 * Reads the YAML file, whose parser is loaded only then, or returns the defaults without one.
 *
 * @throws DtstreamError `config` with file, line, column and rule
 */
export async function loadConfig(path: string | undefined): Promise<Config> {
  if (path === undefined) return { geometry: defaultGeometry };
  const { readConfig } = await import('./read-config.js');
  return readConfig(path);
}
