// Packages that look for files beside themselves are carried as they are: the files that are loaded, and no others.
import { build } from 'esbuild';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { nativePackages } from './native-parts.mjs';

/**
 * Piscina starts its worker file, lmdb, snappy and lz4-napi load their native parts, blessed its widgets, terminal
 * descriptions and fonts.
 */
export const carriedPackages = ['piscina', 'lmdb', 'snappy', 'lz4-napi', 'blessed'];
const entries = [...carriedPackages, './node_modules/piscina/dist/worker.js'];
/** Each is loaded only where it is installed, and nothing here needs it. */
const optional = ['@napi-rs/nice', 'msgpackr-extract', 'term.js', 'pty.js', ...nativePackages];

/** Copies them with what they import to `app/node_modules`. */
export async function copyCarriedPackages(app) {
  for (const path of await loadedFiles()) copy(path, app);
  cpSync('node_modules/blessed/usr', join(app, 'node_modules/blessed/usr'), { recursive: true });
}

/** Paths from `node_modules/` on, of modules and of their packages' package.json and licence. */
export async function loadedFiles() {
  const widgets = readdirSync('node_modules/blessed/lib/widgets').map(
    (name) => `./node_modules/blessed/lib/widgets/${name}`,
  );
  const { metafile } = await build({
    entryPoints: [...entries, ...widgets],
    outdir: 'build/none',
    write: false,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    external: optional,
    logLevel: 'error',
  });
  const modules = Object.keys(metafile.inputs);
  const packages = new Set(modules.map(packageOf));
  return [...new Set([...modules, ...[...packages].flatMap(packageFiles)])].sort();
}

/** `node_modules/@scope/name` of a path inside it. */
export function packageOf(path) {
  return /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)[0];
}

function packageFiles(folder) {
  return readdirSync(folder)
    .filter((name) => name === 'package.json' || /^(licen[cs]e|notice)/i.test(name))
    .map((name) => `${folder}/${name}`);
}

function copy(path, app) {
  const target = join(app, path.replaceAll('/', sep));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(path, target);
}
