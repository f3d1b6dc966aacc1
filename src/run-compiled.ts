import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** The scripts that were run, by path: what their compiled code is taken from when the program is built. */
export const scripts = new Map<string, Script>();

/** What a module of CommonJS has around it. */
const names = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * Runs a file of CommonJS as the body of a module, with what V8 compiled it to when the program was built, where that is
 * there and from the same build of V8: docs/decisions/0014-start-bundle.md.
 *
 * @param module whose body it is
 * @param file name of the file beside the module
 */
export function runCompiled(module: NodeJS.Module, require: NodeJS.Require, file: string): void {
  const folder = dirname(module.filename);
  const path = join(folder, file);
  const cachedData = readIfThere(compiledPathOf(path));
  // V8 looks at whether it can use the data, and compiles from the text where it can't.
  const text = `(function (${names.join()}) {${readFileSync(path, 'utf8')}\n})`;
  const script = new Script(text, { filename: path, cachedData });
  scripts.set(path, script);
  type Body = (this: unknown, ...args: readonly unknown[]) => void;
  const body = script.runInThisContext() as Body;
  body.call(module.exports, module.exports, require, module, path, folder);
}

/** Where the compiled code of a file is. */
export function compiledPathOf(path: string): string {
  return path.replace(/\.js$/, '.cache');
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
