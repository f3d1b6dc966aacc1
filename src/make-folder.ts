import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it; one that is there stays as it is. Node's own recursive mkdir never returns where
 * the system answers that a part is missing which cannot be made, as below /proc.
 *
 * @throws Error of the system
 */
export function makeFolder(path: string, mode?: number): void {
  const make = (): void => {
    try {
      mkdirSync(path, mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
    }
  };
  try {
    make();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path), mode);
    make();
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
