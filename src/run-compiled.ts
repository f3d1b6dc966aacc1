import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** The scripts that were run, by path: what their compiled code is taken from when the program is built. */
export const scripts = new Map<string, Script>();

/** What a module of CommonJS has around it. */
const names = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * Runs a file of CommonJS as the body of a module, with what V8 compiled it to when the program was built, where that is
 * there and from the same build of node: docs/decisions/0014-start-bundle.md.
 *
 * @param module whose body it is
 * @param file name of the file beside the module
 */
export function runCompiled(module: NodeJS.Module, require: NodeJS.Require, file: string): void {
  const folder = dirname(module.filename);
  const path = join(folder, file);
  const text = `(function (${names.join()}) {${readFileSync(path, 'utf8')}\n})`;
  const script = new Script(text, { filename: path, cachedData: readCompiled(path) });
  scripts.set(path, script);
  type Body = (this: unknown, ...args: readonly unknown[]) => void;
  const body = script.runInThisContext() as Body;
  body.call(module.exports, module.exports, require, module, path, folder);
}

/** Keeps the compiled code of a script that was run. */
export function keepCompiled(path: string, script: Script): void {
  // Only after a run V8 has compiled the functions that it needs.
  writeFileSync(compiledPathOf(path), Buffer.concat([script.createCachedData(), nodeBuild()]));
}

/** Where the compiled code of a file is. */
export function compiledPathOf(path: string): string {
  return path.replace(/\.js$/, '.cache');
}

function readCompiled(path: string): Buffer | undefined {
  const build = nodeBuild();
  try {
    const kept = readFileSync(compiledPathOf(path));
    const end = kept.length - build.length;
    return kept.subarray(end).equals(build) ? kept.subarray(0, end) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What distinguishes builds of node. V8 looks only at its own version and flags, while compiled code also refers to
 * places in the heap that a build begins with.
 */
function nodeBuild(): Buffer {
  const { arch, config, platform, versions } = process;
  return Buffer.from(JSON.stringify({ arch, config, platform, versions }));
}
