import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What a test that needs the real data says where it is absent. */
export const run591Absent = 'the real data of run 591 is not at hand';

/** The .dat file of real run 591, or undefined where it is not at hand; it lies beside the project, never in it. */
export function run591Path(): string | undefined {
  const path = fileURLToPath(new URL('../../../../shared/data/run591/data_000000.dat', import.meta.url));
  return existsSync(path) ? path : undefined;
}

/** The words of real run 591, or undefined where they are not at hand. */
export function run591Words(): Uint8Array | undefined {
  const path = run591Path();
  return path === undefined ? undefined : readFileSync(path);
}
