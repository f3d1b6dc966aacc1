// The program as a few files: what it imports is in them, but for the packages that find files beside themselves.
import { build } from 'esbuild';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carriedPackages } from './carried-packages.mjs';

const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning', legalComments: 'none' };
// Bundled CommonJS asks for node's own modules by `require`.
const requireBanner =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";

const program = {
  ...common,
  entryPoints: [
    { in: 'src/cli.ts', out: 'cli' },
    { in: 'src/compute/worker.ts', out: 'worker' },
  ],
  format: 'esm',
  splitting: true,
  external: carriedPackages,
  banner: { js: requireBanner },
};

/** Writes the program into a folder that looks like the installed package: dist/src/cli.js and worker.js beside it. */
export async function bundleProgram(app) {
  const folder = join(app, 'dist', 'src');
  await build({ ...program, outdir: folder });
  copyFileSync('dist/src/compute/kernel.wasm', join(folder, 'kernel.wasm'));
  checkNeighbours(folder);
  const { name, version, type } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name, version, type }));
  for (const file of ['LICENSE', 'NOTICE']) copyFileSync(file, join(app, file));
  writeFileSync(join(app, 'start.cjs'), "import('./dist/src/cli.js');\n");
}

/** Paths of all files that are bundled. */
export async function programInputs() {
  const { metafile } = await build({ ...program, outdir: 'build/none', write: false, metafile: true });
  return Object.keys(metafile.inputs);
}

/** Writes the entry of the executable, which node runs as CommonJS. */
export function bundleLaunch(outfile) {
  return build({ ...common, entryPoints: ['src/binary/launch.ts'], outfile, format: 'cjs' });
}

/** A file that is named relative to a module must be where the bundled module looks for it. */
function checkNeighbours(folder) {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, path] of text.matchAll(/new URL\("([^"]+)", import\.meta\.url\)/g)) {
      if (existsSync(join(folder, path)) || path === '../../package.json') continue;
      throw new Error(`${path} is named relative to a module, but is not in the bundle: add it to its entry points`);
    }
  }
}
