// Packages that are not in the bundle are carried as they are: the files that are loaded, and no others.
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join, relative, sep } from 'node:path';
import { outsidePackages } from '../bundle.mjs';

/** blessed loads its parts when they are asked for, and reads terminal descriptions and fonts. */
const wholeFolders = ['node_modules/blessed/lib', 'node_modules/blessed/usr'];
/** Loaded only where it is installed, and nothing here needs it. */
const optional = /^node_modules\/msgpackr-extract\//;

/** Copies them with what they require to `app/node_modules`. */
export function copyCarriedPackages(app) {
  for (const path of carriedFiles()) copy(path, app);
  for (const path of wholeFolders) cpSync(path, join(app, path), { recursive: true });
}

/** Paths from `node_modules/` on, of modules and of their packages' package.json and licence. */
export function carriedFiles() {
  const require = createRequire(join(process.cwd(), 'package.json'));
  const modules = new Set();
  const add = ({ filename, children }) => {
    if (modules.has(filename)) return;
    modules.add(filename);
    children.forEach(add);
  };
  for (const name of outsidePackages) {
    require(name);
    add(require.cache[require.resolve(name)]);
  }
  const paths = [...modules]
    .map((path) => relative('', path).replaceAll(sep, '/'))
    // Native parts are those of the platform that is built for: native-parts.mjs.
    .filter((path) => ['.js', '.cjs'].includes(extname(path)) && !optional.test(path));
  const packages = new Set(paths.map(packageOf));
  return [...new Set([...paths, ...[...packages].flatMap(packageFiles)])].sort();
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
