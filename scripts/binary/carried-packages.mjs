// Packages that look for files beside themselves are carried as they are: the files that are loaded, and no others.
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fetchPackage } from './node-program.mjs';

/** Piscina starts its worker file, lmdb loads its native part, blessed its widgets, terminal descriptions and fonts. */
export const carriedPackages = ['piscina', 'lmdb', 'blessed'];
const entries = ['piscina', './node_modules/piscina/dist/worker.js', 'lmdb', 'blessed'];
/** Each is loaded only where it is installed, and nothing here needs it. */
const optional = ['@napi-rs/nice', 'msgpackr-extract', 'term.js', 'pty.js', '*.node'];

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

/** Copies lmdb's native part for a platform: the file that its loader picks there. */
export function copyNativeStore(app, platform, work) {
  const name = `@lmdb/lmdb-${platform.replace(/^win-/, 'win32-')}`;
  const { optionalDependencies } = JSON.parse(readFileSync('node_modules/lmdb/package.json', 'utf8'));
  const installed = join('node_modules', name);
  const folder = existsSync(installed) ? installed : fetchPackage(name, optionalDependencies[name], work);
  const natives = readdirSync(folder).filter((file) => file.endsWith('.node') && !file.includes('musl'));
  const own = natives.filter((file) => file.includes(`abi${process.versions.modules}.`));
  const used = own.length > 0 ? own : natives.filter((file) => file.includes('napi'));
  if (used.length === 0) throw new Error(`${name} has nothing for node ${process.version}: ${natives.join(' ')}`);
  for (const file of ['package.json', 'index.js', ...used]) {
    if (existsSync(join(folder, file))) cpSync(join(folder, file), join(app, 'node_modules', name, file));
  }
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
