import { existsSync, readFileSync } from 'node:fs';

/** The words of real run 591, or undefined where they are not at hand; they lie beside the project, never in it. */
export function run591Words(): Uint8Array | undefined {
  const path = new URL('../../../../shared/data/run591/data_000000.dat', import.meta.url);
  return existsSync(path) ? readFileSync(path) : undefined;
}
