import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** The scripts that were run, by path: what their compiled code is taken from when the program is built. */
export const scripts = new Map<string, Script>();

/** What a module of CommonJS has around it. */
const names = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * Runs a file of CommonJS as the body of a module, with what V8 compiled it to when the program was built, where that is
 * there, of this very file, and from the same build of node: docs/decisions/0014-start-bundle.md.
 *
 * @param module whose body it is
 * @param file name of the file beside the module
 */
export function runCompiled(module: NodeJS.Module, require: NodeJS.Require, file: string): void {
  const folder = dirname(module.filename);
  const path = join(folder, file);
  if (process.sourceMapsEnabled) {
    // Of a script node does not look for the source map, of a module it does.
    module.exports = require(path) as unknown;
    return;
  }
  const text = textOf(path);
  const script = new Script(text, { filename: path, cachedData: readCompiled(path, text) });
  scripts.set(path, script);
  type Body = (this: unknown, ...args: readonly unknown[]) => void;
  const body = script.runInThisContext() as Body;
  body.call(module.exports, module.exports, require, module, path, folder);
}

/** Keeps the compiled code of a script that was run: only then V8 has compiled the functions that a run needs. */
export function keepCompiled(path: string, script: Script): void {
  const code = script.createCachedData();
  writeFileSync(compiledPathOf(path), Buffer.concat([code, originOf(path, textOf(path), code)]));
}

/** Whether there is compiled code of a file that was made here: by this build of node, at this path, of this text. */
export function isCompiled(path: string): boolean {
  return readCompiled(path, textOf(path)) !== undefined;
}

/** Where the compiled code of a file is. */
export function compiledPathOf(path: string): string {
  return path.replace(/\.js$/, '.cache');
}

function textOf(path: string): string {
  return `(function (${names.join()}) {${readFileSync(path, 'utf8')}\n})`;
}

function readCompiled(path: string, text: string): Buffer | undefined {
  try {
    const kept = readFileSync(compiledPathOf(path));
    const end = kept.lastIndexOf('{"arch":');
    const code = kept.subarray(0, end);
    return end > 0 && kept.subarray(end).equals(originOf(path, text, code)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where compiled code is from. V8 looks only at its own version, its flags and the length of the text; but the code also
 * refers to places in the heap that a build of node begins with, tells the path it was compiled at, and is not checked.
 */
function originOf(path: string, text: string, code: Buffer): Buffer {
  const { arch, config, platform, versions } = process;
  return Buffer.from(JSON.stringify({ arch, config, platform, versions, path, text: crc32(text), code: crc32(code) }));
}
