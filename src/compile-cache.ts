import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { cacheFolder, isPrivateFolder } from './cache-folder.js';
import { makeFolder } from './make-folder.js';

/** Of node 22.8 and later. */
type EnableCompileCache = (folder: string) => unknown;

/**
 * Lets node keep the compiled code of modules that it loads from now on, in a folder of this user alone, for code is run
 * from there. Without such a folder, or with an older node, modules are compiled at every start:
 * docs/decisions/0014-start-bundle.md.
 */
export function keepCompiledCode(
  env: NodeJS.ProcessEnv,
  enable = (nodeModule as { readonly enableCompileCache?: EnableCompileCache }).enableCompileCache,
): void {
  const cache = cacheFolder(env, process.platform);
  if (enable === undefined || cache === undefined) return;
  const folder = join(cache, 'compiled');
  try {
    makeFolder(folder, 0o700);
    if (isPrivateFolder(cache) && isPrivateFolder(folder)) enable(folder);
  } catch {
    // The program runs without it, only starts more slowly.
  }
}
