// What the single executable carries: the program as npm has it, and the packages that are not in its bundle.
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../bundle.mjs';
import { copyCarriedPackages } from './carried-packages.mjs';

/** Writes everything but native parts into a folder that looks like the installed package. */
export function writeApp(app) {
  cpSync('dist/bin', join(app, 'dist', 'bin'), { recursive: true, filter: (path) => !path.endsWith('.map') });
  copyCarriedPackages(app);
  const { name, version, type } = JSON.parse(readFileSync('package.json', 'utf8'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name, version, type }));
  for (const file of ['LICENSE', 'NOTICE']) copyFileSync(file, join(app, file));
}

/** Writes the entry of the executable, which node runs as CommonJS, into a folder. */
export async function bundleLaunch(folder) {
  await bundle({ entries: { launch: 'src/binary/launch.ts' }, folder });
  return join(folder, 'launch.js');
}
