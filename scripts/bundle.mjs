// The program as it ships, as a few files of CommonJS: docs/decisions/0014-start-bundle.md.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * They look for files beside themselves and stay outside: lmdb, snappy and lz4-napi load their native parts, blessed
 * its widgets, terminal descriptions and fonts.
 */
export const outsidePackages = ['lmdb', 'snappy', 'lz4-napi', 'blessed'];
/** piscina loads the last one for threads of another priority, where it is installed. */
const outsideProgram = [...outsidePackages, '@napi-rs/nice'];

const program = resolve('src/commands/program.ts');
/**
 * Direct mode is two files with all that they import: until its threads are started, and what is loaded while they
 * start. Other commands need most of both. The rest is divided by the commands that need it.
 */
const groups = [
  { name: 'program', test: /[\\/]commands[\\/](program|process[\\/](command|direct-start))\.ts$/ },
  { name: 'direct', test: /[\\/]commands[\\/]process[\\/]direct\.ts$/ },
];

/** A thread shares no module with the main thread: its entry and piscina's are files of their own. */
const parts = [
  { entries: { cli: 'src/cli.ts' }, outside: [program], paths: { [program]: './program.js' } },
  { entries: { program }, codeSplitting: { groups } },
  { entries: { thread: 'src/compute/thread.ts' } },
  { entries: { worker: 'node_modules/piscina/dist/worker.js' } },
];

/** commander asks for it at once, for commands that are programs of their own, which dtstream has none of: 2 ms. */
const childProcess = 'node:child_process';
const lateChildProcess = '\0late-child-process';
const loadLate = {
  name: 'load-late',
  resolveId: (source, importer) =>
    source === childProcess && /[\\/]node_modules[\\/]commander[\\/]/.test(importer ?? '')
      ? lateChildProcess
      : undefined,
  load: (id) =>
    id === lateChildProcess ? `exports.spawn = (...args) => require('${childProcess}').spawn(...args);` : undefined,
};

/**
 * blessed-contrib's line chart needs one function of lodash, and two kinds of gl-matrix by way of its canvas: of both,
 * only these come along, 45 kB of 290 with the chart.
 */
const partsOfPackages = {
  lodash: `exports.max = require('lodash/max.js');`,
  'gl-matrix': `
    exports.mat2d = require('gl-matrix/lib/gl-matrix/mat2d.js');
    exports.vec2 = require('gl-matrix/lib/gl-matrix/vec2.js');`,
};
const partPrefix = '\0part-of-';
const loadParts = {
  name: 'load-parts',
  resolveId: (source, importer) =>
    source in partsOfPackages && /[\\/]node_modules[\\/](blessed-contrib|drawille-canvas)/.test(importer ?? '')
      ? partPrefix + source
      : undefined,
  load: (id) => (id.startsWith(partPrefix) ? partsOfPackages[id.slice(partPrefix.length)] : undefined),
  // Its canvas writes escape as an octal number, which no module in strict mode may. As long, so the source map holds.
  transform: (code, id) =>
    /[\\/]node_modules[\\/]drawille-/.test(id)
      ? { code: code.replaceAll(String.raw`\033`, String.raw`\x1b`), map: null }
      : undefined,
};

/** Writes the program into a folder that is two below the one with package.json, as `dist/src` is. */
export async function bundleProgram(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  for (const part of parts) await bundle({ ...part, folder });
  copyFileSync('dist/src/compute/kernel.wasm', join(folder, 'kernel.wasm'));
  checkNeighbours(folder);
}

/** Paths of all files whose code is in the program. */
export async function programInputs() {
  const inputs = await Promise.all(parts.map((part) => bundle(part)));
  return [...new Set(inputs.flat())];
}

/**
 * Bundles entries with what they import. Names and lines stay, so that a stack can be read, and a comment names the
 * source file above the lines of each: `bench --find-limit` goes by it.
 *
 * @returns paths of the modules; without a folder nothing is written
 */
export async function bundle({ entries, outside = outsideProgram, paths = {}, codeSplitting = false, folder }) {
  const build = await rolldown({
    input: entries,
    platform: 'node',
    external: outside,
    plugins: [loadLate, loadParts],
    // A file for an entry alone, which only hands on what another file has, would be loaded for nothing.
    preserveEntrySignatures: 'allow-extension',
    // hdr-histogram-js asks for node's zlib in that way.
    checks: { eval: false },
  });
  const options = {
    dir: folder,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting,
    dynamicImportInCjs: false,
    paths,
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  };
  const { output } = await (folder === undefined ? build.generate(options) : build.write(options));
  await build.close();
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  return modules.filter((id) => existsSync(id)).map((id) => relative('', id).replaceAll(sep, '/'));
}

/** A file that is named relative to a module must be where the bundled module looks for it. */
function checkNeighbours(folder) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, path] of text.matchAll(/(?:new URL\(|__dirname, )["']([^"']+)["']/g)) {
      if (!existsSync(join(folder, path))) throw new Error(`${file} looks for ${path}, which is not in the bundle`);
    }
  }
}
